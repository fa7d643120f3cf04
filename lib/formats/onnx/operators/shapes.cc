// Constants, shapes, and operators that vanish.
#include <algorithm>
#include <array>

#include "base/macros.h"
#include "formats/onnx/fold_parts.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

Status LowerIdentity(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  lowering.DefineAlias(node, 0, node.inputs[0]);
  return {};
}

// What folding makes of it; it comes here where it could not.
Status LowerFoldable(Lowering& lowering, const Node& node) {
  return lowering.Refuse(
      node,
      "its result is not known before the model runs, or too large to be kept; "
      "the runtime's shapes are fixed");
}

// A shape that the model computes is taken as the file declares it.
Status LowerConstantOfShape(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  Constant value = Constant::Of({1}, std::vector<float>{0.0F});
  if (const auto* given = node.Find<Constant>("value")) value = *given;
  const std::optional<Shape> shape = DeclaredShape(lowering, node, 0);
  const bool known = lowering.ConstantOf(node.inputs[0]) == nullptr && shape &&
                     CountOf(*shape) && Elements(value.shape) == 1;
  if (!known ||
      !lowering.TakeFoldingBytes(Elements(*shape) *
                                 static_cast<int64_t>(WidthOf(value.type)))) {
    return LowerFoldable(lowering, node);
  }
  lowering.DefineConstant(
      node, 0, Walk(value, *shape, 0, std::vector<int64_t>(shape->size(), 0)));
  return {};
}

// In inference, nothing is dropped.
Status LowerDropout(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 3));
  if (const ValueId id = Lowering::Input(node, 2); id != kNoValue) {
    const Constant* training = lowering.ConstantOf(id);
    const bool inference = training != nullptr &&
                           Elements(training->shape) == 1 &&
                           training->AsInt64()[0] == 0;
    TINYML_ONNX_REQUIRE(lowering, node, inference,
                        "the runtime has no random numbers for training");
  }
  const ValueId input = node.inputs[0];
  lowering.DefineAlias(node, 0, input);
  const bool has_mask = node.outputs.size() > 1 && node.outputs[1] != kNoValue;
  if (!has_mask) return {};
  const Shape& shape = lowering.ShapeOf(input);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes(Elements(shape) * int64_t{sizeof(int64_t)}),
      "its mask is too large to be kept");
  lowering.DefineConstant(
      node, 1,
      Constant::OfType(
          TensorType::kBool, shape,
          std::vector<int64_t>(static_cast<size_t>(Elements(shape)), 1)));
  return {};
}

// --- If

std::shared_ptr<Graph> BodyOf(const Node& node, std::string_view key) {
  const auto* body = node.Find<std::shared_ptr<Graph>>(key);
  return body == nullptr ? nullptr : *body;
}

Result<std::vector<Lowered>> LowerBranch(Lowering& lowering, const Node& node,
                                         std::string_view key) {
  const std::shared_ptr<Graph> body = BodyOf(node, key);
  TINYML_ONNX_REQUIRE(lowering, node, body != nullptr,
                      "it has no " + std::string(key));
  TINYML_ASSIGN_OR_RETURN(std::vector<Lowered> outputs,
                          lowering.LowerBody(*body));
  TINYML_ONNX_REQUIRE(
      lowering, node, outputs.size() == node.outputs.size(),
      "its " + std::string(key) + " has another number of results");
  for (const Lowered& output : outputs) {
    TINYML_ONNX_REQUIRE(
        lowering, node, output.defined,
        "its " + std::string(key) + " gives a result that is not supported");
  }
  return outputs;
}

// Both branches are computed, and one result is taken: the runtime's IF needs
// subgraphs of their own, and may have the same memory for both.
Status Select(Lowering& lowering, const Node& node, TensorIndex condition,
              size_t i, const Lowered& yes, const Lowered& no) {
  TINYML_ONNX_REQUIRE(
      lowering, node, yes.shape == no.shape && yes.type == no.type,
      "its branches give " + ShapeText(yes.shape) + " and " +
          ShapeText(no.shape) +
          " or other types; the runtime's shapes are fixed, so the condition "
          "must be known");
  TINYML_ONNX_REQUIRE(lowering, node, yes.type != TensorType::kUInt8,
                      "the runtime's SELECT_V2 has no code for uint8");
  const Layout layout = yes.constant ? no.layout : yes.layout;
  constexpr size_t kMaxRank = 5;
  TINYML_ONNX_REQUIRE(lowering, node, layout.size() <= kMaxRank,
                      "SELECT_V2 broadcasts over 5 dimensions");
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return {};
  const ValueId id = node.outputs[i];
  lowering.DefineAs(node, i, yes);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex x, lowering.Get(id, layout));
  lowering.DefineAs(node, i, no);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex y, lowering.Get(id, layout));
  Lowered result;
  result.defined = true;
  result.type = yes.type;
  result.shape = yes.shape;
  result.layout = layout;
  result.tensor = Formula(lowering, node).Choose(condition, x, y);
  lowering.DefineAs(node, i, std::move(result));
  return {};
}

Status LowerIf(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const ValueId id = node.inputs[0];
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(id) == TensorType::kBool &&
                          Elements(lowering.ShapeOf(id)) == 1,
                      "its condition must be one bool");
  if (const Constant* condition = lowering.ConstantOf(id)) {
    const bool taken = condition->AsInt64()[0] != 0;
    TINYML_ASSIGN_OR_RETURN(
        std::vector<Lowered> outputs,
        LowerBranch(lowering, node, taken ? "then_branch" : "else_branch"));
    for (size_t i = 0; i < outputs.size(); ++i) {
      lowering.DefineAs(node, i, std::move(outputs[i]));
    }
    return {};
  }
  TINYML_ASSIGN_OR_RETURN(TensorIndex condition, lowering.Get(id));
  if (!lowering.ShapeOf(id).empty()) {
    condition =
        lowering.EmitReshape(condition, {}, lowering.OutputName(node, 0));
  }
  // Both, that an error names what is at fault in both.
  auto then_branch = LowerBranch(lowering, node, "then_branch");
  auto else_branch = LowerBranch(lowering, node, "else_branch");
  TINYML_ASSIGN_OR_RETURN(const std::vector<Lowered> yes,
                          std::move(then_branch));
  TINYML_ASSIGN_OR_RETURN(const std::vector<Lowered> no,
                          std::move(else_branch));
  for (size_t i = 0; i < yes.size(); ++i) {
    TINYML_RETURN_IF_ERROR(Select(lowering, node, condition, i, yes[i], no[i]));
  }
  return {};
}

Status RefuseLoop(Lowering& lowering, const Node& node) {
  return lowering.Refuse(
      node,
      "loops are not supported: the runtime's WHILE needs shapes that do not "
      "change, which ONNX's loops do not promise; export the model unrolled");
}

// --- EyeLike

Status LowerEyeLike(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const Shape& shape = lowering.ShapeOf(node.inputs[0]);
  const auto type = node.Has("dtype")
                        ? OnnxType(node.Int("dtype", 0))
                        : std::optional(lowering.TypeOf(node.inputs[0]));
  TINYML_ONNX_REQUIRE(
      lowering, node, shape.size() == 2 && type.has_value(),
      "it needs two dimensions and a type that the runtime has");
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes(Elements(shape) * int64_t{sizeof(int64_t)}),
      "it is too large to be kept");
  std::vector<int64_t> values(static_cast<size_t>(Elements(shape)), 0);
  const int64_t k = node.Int("k", 0);
  for (int64_t row = 0; row < shape[0]; ++row) {
    int64_t column = 0;
    if (__builtin_add_overflow(row, k, &column)) break;
    if (column < 0 || column >= shape[1]) continue;
    values[row * shape[1] + column] = 1;
  }
  lowering.DefineConstant(node, 0, Constant::OfType(*type, shape, values));
  return {};
}

}  // namespace

std::span<const OnnxOperator> ShapeOperators() {
  static constexpr std::string_view kKnown =
      "what it depends on must be known before the model runs";
  static constexpr OnnxOperator kOperators[] = {
      {"Constant", LowerFoldable, "nothing", "numbers"},
      {"ConstantOfShape", LowerConstantOfShape, "nothing", kKnown},
      {"Dropout", LowerDropout, "nothing", "inference"},
      {"EyeLike", LowerEyeLike, "nothing", ""},
      {"Identity", LowerIdentity, "nothing", ""},
      {"If", LowerIf, "the branch taken; SELECT_V2 of both if not known",
       "results of the same shape unless the condition is known"},
      {"Loop", RefuseLoop, "", "always refused"},
      {"NonZero", LowerFoldable, "nothing", kKnown},
      {"Range", LowerFoldable, "nothing", kKnown},
      {"Scan", RefuseLoop, "", "always refused"},
      {"Shape", LowerFoldable, "nothing", ""},
      {"Size", LowerFoldable, "nothing", ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
