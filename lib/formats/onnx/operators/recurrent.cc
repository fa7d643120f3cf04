#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

std::span<const OnnxOperator> RecurrentOperators() { return {}; }

}  // namespace tinyml::onnx_import
