// Quantized operators as what they stand for: DequantizeLinear, the float
// operator, QuantizeLinear. Integer operators come of that again where the
// runtime has them (transform/passes.h, AbsorbQuantization).
#ifndef TINYML_FORMATS_ONNX_EXPAND_QUANTIZED_H_
#define TINYML_FORMATS_ONNX_EXPAND_QUANTIZED_H_

#include "formats/onnx/graph.h"

namespace tinyml::onnx_import {

// Replaces QLinearConv and its kind, ConvInteger and MatMulInteger in `graph`,
// and movement of values whose scale is known, but nothing in bodies of control
// flow. Nodes that are malformed, or whose bias has a scale that is not
// constant, stay; their lowering refuses them.
void ExpandQuantized(Graph& graph);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_EXPAND_QUANTIZED_H_
