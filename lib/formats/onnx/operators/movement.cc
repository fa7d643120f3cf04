// Operators that move elements or rename axes.
#include <algorithm>

#include "base/macros.h"
#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {
namespace {

// Renames axes; nothing is moved until somebody needs them in place.
Status LowerTranspose(Lowering& lowering, const Node& node) {
  const size_t rank = lowering.RankOf(node.inputs[0]);
  const std::vector<int64_t> given = node.Ints("perm");
  std::vector<int> axes(given.begin(), given.end());
  if (given.empty()) {
    axes = Canonical(rank);
    std::reverse(axes.begin(), axes.end());
  }
  std::vector<int> sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  TINYML_ONNX_REQUIRE(
      lowering, node, sorted == Canonical(rank),
      "perm is no order of the " + std::to_string(rank) + " axes of its input");
  lowering.DefineTransposed(node, 0, node.inputs[0], axes);
  return {};
}

}  // namespace

std::span<const OnnxOperator> MovementOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Transpose", LowerTranspose, "nothing, or TRANSPOSE", ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
