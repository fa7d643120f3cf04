// Comparisons, logic, choices, bits and conversions.
#include <algorithm>
#include <array>
#include <limits>

#include "base/macros.h"
#include "formats/onnx/operators/elementwise.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;
using Types = std::vector<TensorType>;

// --- Comparisons: those of int8 go by its scale.

template <Op kCode>
Status LowerComparison(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  TINYML_ONNX_REQUIRE(lowering, node, lowering.TypeOf(node.inputs[1]) == type,
                      "its inputs differ in type");
  constexpr std::array kTypes = {TensorType::kFloat32, TensorType::kInt32};
  auto computed = ComputedIn(type, kTypes);
  if (kCode == Op::kEqual && type == TensorType::kBool) computed = type;
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's kernel has no code for " + TensorTypeName(type));
  TINYML_ASSIGN_OR_RETURN(
      const Aligned operands,
      Align(lowering, node, node.inputs, Types{*computed, *computed}));
  return Finish(lowering, node, operands,
                Formula(lowering, node)
                    .Compare(kCode, operands.tensors[0], operands.tensors[1]),
                TensorType::kBool);
}

template <Op kCode>
Status LowerLogic(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  for (const ValueId id : node.inputs) {
    TINYML_ONNX_REQUIRE(
        lowering, node, lowering.TypeOf(id) == TensorType::kBool,
        "it needs bool, not " + TensorTypeName(lowering.TypeOf(id)));
  }
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Align(lowering, node, node.inputs,
                                Types{TensorType::kBool, TensorType::kBool}));
  return Finish(lowering, node, operands,
                Formula(lowering, node)
                    .Compare(kCode, operands.tensors[0], operands.tensors[1]),
                TensorType::kBool);
}

Status LowerNot(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  TINYML_ONNX_REQUIRE(
      lowering, node, lowering.TypeOf(node.inputs[0]) == TensorType::kBool,
      "it needs bool, not " + TensorTypeName(lowering.TypeOf(node.inputs[0])));
  TINYML_ASSIGN_OR_RETURN(const Aligned x, Align(lowering, node, node.inputs,
                                                 Types{TensorType::kBool}));
  return Finish(lowering, node, x,
                Formula(lowering, node).Unary(Op::kLogicalNot, x.tensors[0]),
                TensorType::kBool);
}

Result<Aligned> OneFloat(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(node.inputs[0]) == TensorType::kFloat32,
                      "it needs floats");
  return Align(lowering, node, node.inputs, Types{TensorType::kFloat32});
}

// A number is one that equals itself.
Status LowerIsNaN(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const Aligned x, OneFloat(lowering, node));
  return Finish(lowering, node, x,
                Formula(lowering, node)
                    .Compare(Op::kNotEqual, x.tensors[0], x.tensors[0]),
                TensorType::kBool);
}

Status LowerIsInf(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const Aligned x, OneFloat(lowering, node));
  const bool positive = node.Int("detect_positive", 1) != 0;
  const bool negative = node.Int("detect_negative", 1) != 0;
  TINYML_ONNX_REQUIRE(lowering, node, positive || negative,
                      "it looks for neither infinity");
  Formula f(lowering, node);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const TensorIndex value =
      positive && negative ? f.Unary(Op::kAbs, x.tensors[0]) : x.tensors[0];
  return Finish(lowering, node, x,
                f.Compare(Op::kEqual, value, positive ? kInfinity : -kInfinity),
                TensorType::kBool);
}

// --- Where

Status LowerWhere(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 3, 3));
  const TensorType type = lowering.TypeOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(node.inputs[0]) == TensorType::kBool &&
                          lowering.TypeOf(node.inputs[2]) == type,
                      "it needs a bool and two values of one type");
  constexpr std::array kTypes = {TensorType::kFloat32, TensorType::kInt8,
                                 TensorType::kInt16, TensorType::kInt32,
                                 TensorType::kBool};
  const auto computed = ComputedIn(type, kTypes);
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's kernel has no code for " + TensorTypeName(type));
  // SELECT_V2 broadcasts over 5 dimensions.
  constexpr size_t kMaxRank = 5;
  TINYML_ASSIGN_OR_RETURN(
      const Aligned operands,
      Align(lowering, node, node.inputs,
            Types{TensorType::kBool, *computed, *computed}, kMaxRank));
  return Finish(lowering, node, operands,
                Formula(lowering, node)
                    .Choose(operands.tensors[0], operands.tensors[1],
                            operands.tensors[2]),
                type);
}

// --- Cast

Status CastTo(Lowering& lowering, const Node& node, TensorType to) {
  const ValueId input = node.inputs[0];
  const TensorType from = lowering.TypeOf(input);
  if (from == to) {
    lowering.DefineAlias(node, 0, input);
    return {};
  }
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  TINYML_ASSIGN_OR_RETURN(tensor,
                          Convert(lowering, node, tensor, TensorTypeFor(to),
                                  lowering.OutputName(node, 0)));
  lowering.Define(node, 0, to, lowering.ShapeOf(input), tensor, layout);
  return {};
}

Status LowerCast(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const auto to = OnnxType(node.Int("to", 0));
  TINYML_ONNX_REQUIRE(lowering, node, to.has_value(),
                      "the runtime's CAST does not know the type");
  return CastTo(lowering, node, *to);
}

Status LowerCastLike(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  return CastTo(lowering, node, lowering.TypeOf(node.inputs[1]));
}

// --- BitShift

// By constants, as a product or a quotient with powers of 2.
Status LowerBitShift(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  const ValueId x = node.inputs[0];
  const TensorType type = lowering.TypeOf(x);
  const int bits = TensorTypeBits(type);
  const std::string direction = node.String("direction", "");
  const bool left = direction == "LEFT";
  TINYML_ONNX_REQUIRE(lowering, node, left || direction == "RIGHT",
                      "its direction is unknown to ONNX");
  TINYML_ONNX_REQUIRE(
      lowering, node,
      type == TensorType::kUInt8 || TensorTypeFor(type) == TensorType::kInt32,
      "it shifts " + TensorTypeName(type));
  const Constant* by = lowering.ConstantOf(node.inputs[1]);
  const Shape shape = lowering.ShapeOf(x);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      by != nullptr && (by->shape == shape || Elements(by->shape) == 1) &&
          by->shape.size() <= shape.size(),
      "the bits that it shifts by must be constant, one number or one for each "
      "element");
  // The runtime holds the wider types as int32.
  const int most = std::min(bits, 31) - 1;
  std::vector<int64_t> factors = by->AsInt64();
  for (int64_t& factor : factors) {
    TINYML_ONNX_REQUIRE(lowering, node, factor >= 0 && factor <= most,
                        "it shifts by " + std::to_string(factor) + " bits");
    factor = int64_t{1} << factor;
  }
  const std::array ids = {x};
  constexpr std::array kTypes = {TensorType::kInt32};
  TINYML_ASSIGN_OR_RETURN(const Aligned operand,
                          Align(lowering, node, ids, kTypes));
  Formula f(lowering, node);
  Constant factor = Constant::OfType(TensorType::kInt32, by->shape, factors);
  factor = by->shape == shape
               ? Transposed(factor, operand.layout)
               : Constant::OfType(TensorType::kInt32, {}, {factors[0]});
  const TensorIndex power = lowering.NewConstant(factor, f.name() + "/power");
  TensorIndex result =
      f.Binary(left ? Op::kMul : Op::kDiv, operand.tensors[0], power);
  constexpr int kNarrow = 16;
  if (left && bits <= kNarrow) {  // What is shifted out is gone.
    const auto range = static_cast<double>(int64_t{1} << bits);
    const TensorIndex lost = f.Binary(Op::kDiv, result, range);
    result = f.Binary(Op::kSub, result, f.Mul(lost, range));
  }
  return Finish(lowering, node, operand, result, type);
}

}  // namespace

std::span<const OnnxOperator> ChoiceOperators() {
  static constexpr std::string_view kCasts =
      "no strings; float16 and double are float32; uint8 through "
      "QUANTIZE and DEQUANTIZE, which saturate";
  static constexpr OnnxOperator kOperators[] = {
      {"And", LowerLogic<Op::kLogicalAnd>, "LOGICAL_AND", ""},
      {"BitShift", LowerBitShift, "MUL, DIV, SUB",
       "by constants; the wider types are held in 32 bits with a sign"},
      {"Cast", LowerCast, "CAST; NOT_EQUAL to bool; nothing to the same type",
       kCasts},
      {"CastLike", LowerCastLike, "as Cast", kCasts},
      {"Equal", LowerComparison<Op::kEqual>, "EQUAL", ""},
      {"Greater", LowerComparison<Op::kGreater>, "GREATER", ""},
      {"GreaterOrEqual", LowerComparison<Op::kGreaterEqual>, "GREATER_EQUAL",
       ""},
      {"IsInf", LowerIsInf, "ABS, EQUAL", ""},
      {"IsNaN", LowerIsNaN, "NOT_EQUAL", ""},
      {"Less", LowerComparison<Op::kLess>, "LESS", ""},
      {"LessOrEqual", LowerComparison<Op::kLessEqual>, "LESS_EQUAL", ""},
      {"Not", LowerNot, "LOGICAL_NOT", ""},
      {"Or", LowerLogic<Op::kLogicalOr>, "LOGICAL_OR", ""},
      {"Where", LowerWhere,
       "SELECT_V2; CAST, SUB, MUL, ADD for int32; logic for bool",
       "not for more than 5 dimensions that repeat differently"},
      {"Xor", LowerLogic<Op::kNotEqual>, "NOT_EQUAL", ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
