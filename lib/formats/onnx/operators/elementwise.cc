// Operators that work element by element, in whatever order their operands lie.
#include <algorithm>
#include <array>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "ops/broadcast.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// The shape that both operands are repeated to, in ONNX's order.
Result<Shape> BroadcastShape(const Lowering& lowering, const Node& node,
                             std::span<const ValueId> ids) {
  std::vector<std::vector<int32_t>> shapes;
  for (const ValueId id : ids) {
    const Shape& shape = lowering.ShapeOf(id);
    shapes.emplace_back(shape.begin(), shape.end());
  }
  const auto dims = ops::Broadcast::OutputShape(shapes);
  TINYML_ONNX_REQUIRE(lowering, node, dims.has_value(),
                      "its operands do not broadcast");
  return Shape(dims->begin(), dims->end());
}

template <Op kCode>
Status LowerUnary(Lowering& lowering, const Node& node) {
  const ValueId input = node.inputs[0];
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  lowering.Define(
      node, 0, lowering.TypeOf(input), lowering.ShapeOf(input),
      lowering.EmitUnary(kCode, tensor, lowering.OutputName(node, 0)), layout);
  return {};
}

template <Op kCode>
Status LowerBinary(Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node, node.inputs.size() == 2,
                      "it needs two inputs");
  TINYML_ASSIGN_OR_RETURN(Shape shape,
                          BroadcastShape(lowering, node, node.inputs));
  const Layout layout = lowering.CommonLayout(node.inputs, shape.size());
  TINYML_ASSIGN_OR_RETURN(const TensorIndex a,
                          lowering.GetBroadcast(node.inputs[0], layout));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex b,
                          lowering.GetBroadcast(node.inputs[1], layout));
  const TensorIndex output =
      lowering.EmitBinary(kCode, a, b, lowering.OutputName(node, 0));
  lowering.Define(node, 0, lowering.TypeOf(node.inputs[0]), std::move(shape),
                  output, layout);
  return {};
}

}  // namespace

std::span<const OnnxOperator> ElementwiseOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Add", LowerBinary<Op::kAdd>, "ADD", ""},
      {"Relu", LowerUnary<Op::kRelu>, "RELU", ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
