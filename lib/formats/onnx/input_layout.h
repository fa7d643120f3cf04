// Which order of its axes a graph input should have for the operators that it
// flows into.
#ifndef TINYML_FORMATS_ONNX_INPUT_LAYOUT_H_
#define TINYML_FORMATS_ONNX_INPUT_LAYOUT_H_

#include <cstddef>

#include "formats/onnx/graph.h"
#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// Follows `input`, of `rank` dimensions, through operators that keep its axes
// (element-wise ones) or rename them (Transpose) to the first one that wants
// channels last: convolution, pooling, normalisation, resizing. Returns the
// order that gives them that without a TRANSPOSE, or ONNX's own if there is no
// such operator.
Layout PreferredLayout(const Graph& graph, ValueId input, size_t rank);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_INPUT_LAYOUT_H_
