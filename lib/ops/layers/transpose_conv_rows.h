// The int8 transposed convolution of CMSIS-NN that works through a buffer of
// rows.
#ifndef TINYML_OPS_LAYERS_TRANSPOSE_CONV_ROWS_H_
#define TINYML_OPS_LAYERS_TRANSPOSE_CONV_ROWS_H_

#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"

namespace tinyml::ops {

// Whether arm_transpose_conv_wrapper_s8 takes that path; otherwise the results
// are those of the reference kernels. Source: CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/arm_transpose_conv_wrapper_s8.c.
bool IsTransposeConvByRows(const ConvGeometry& geometry);

// Warns where CMSIS-NN goes out of bounds.
Result<Invocation> MakeTransposeConvByRows(OpContext& op,
                                           const LayerOperands& operands,
                                           const ConvGeometry& geometry,
                                           Requantization quantization);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_TRANSPOSE_CONV_ROWS_H_
