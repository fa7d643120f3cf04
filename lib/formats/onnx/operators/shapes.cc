// Constants, shapes, and operators that vanish.
#include "base/macros.h"
#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {
namespace {

Status LowerIdentity(Lowering& lowering, const Node& node) {
  lowering.DefineAlias(node, 0, node.inputs[0]);
  return {};
}

}  // namespace

std::span<const OnnxOperator> ShapeOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Identity", LowerIdentity, "nothing", ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
