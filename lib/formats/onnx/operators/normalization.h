// Lowerings of NormalizationOperators() that have files of their own.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_NORMALIZATION_H_
#define TINYML_FORMATS_ONNX_OPERATORS_NORMALIZATION_H_

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// normalization_softmax.cc
Status LowerSoftmax(Lowering& lowering, const Node& node);
Status LowerLogSoftmax(Lowering& lowering, const Node& node);
Status LowerHardmax(Lowering& lowering, const Node& node);
Status LowerLpNormalization(Lowering& lowering, const Node& node);
Status LowerLrn(Lowering& lowering, const Node& node);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_NORMALIZATION_H_
