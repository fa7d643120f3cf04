// Computing nodes whose inputs are all known: the shape arithmetic that
// exporters leave in a graph, and constants on their way to an operator.
#ifndef TINYML_FORMATS_ONNX_FOLD_H_
#define TINYML_FORMATS_ONNX_FOLD_H_

#include "formats/onnx/lowering.h"
#include "tinyml/status.h"

namespace tinyml::onnx_import {

// If every input of `node` is constant and the operator is one of those that
// are computed here, defines its outputs as constants and returns true. Shape
// and Size need only the shape of their input. Returns false if the node is to
// be lowered; fails where its inputs make no sense.
Result<bool> Fold(Lowering& lowering, const Node& node);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_FOLD_H_
