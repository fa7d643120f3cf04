#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

std::span<const OnnxOperator> QuantizationOperators() { return {}; }

}  // namespace tinyml::onnx_import
