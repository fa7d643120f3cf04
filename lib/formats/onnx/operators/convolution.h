// Lowerings of ConvolutionOperators() that have files of their own.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_CONVOLUTION_H_
#define TINYML_FORMATS_ONNX_OPERATORS_CONVOLUTION_H_

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// convolution_transpose.cc
Status LowerConvTranspose(Lowering& lowering, const Node& node);

// convolution_pool.cc
Status LowerMaxPool(Lowering& lowering, const Node& node);
Status LowerAveragePool(Lowering& lowering, const Node& node);
Status LowerGlobalAveragePool(Lowering& lowering, const Node& node);
Status LowerGlobalMaxPool(Lowering& lowering, const Node& node);

// A filter, of ONNX's order O, I, (H,) W, as a tensor of four axes in the order
// `layout`, which counts a height.
Result<TensorIndex> GetFilter(Lowering& lowering, ValueId id,
                              const Layout& layout);
// The bias, or `channels` zeros where there is none: not all kernels do
// without.
Result<TensorIndex> GetBias(Lowering& lowering, const Node& node, ValueId id,
                            int64_t channels);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_CONVOLUTION_H_
