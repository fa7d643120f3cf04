// Arithmetic of one, two or more operands, in whatever order they lie.
#include "formats/onnx/operators/elementwise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/macros.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;
using Types = std::vector<TensorType>;

constexpr std::array kFloat = {TensorType::kFloat32};
// What ADD, SUB, MUL and DIV compute with; int8 and int16 are only for
// quantized numbers there.
constexpr std::array kNumbers = {TensorType::kFloat32, TensorType::kInt32};
// MAXIMUM and MINIMUM do not look at scales.
constexpr std::array kOrdered = {TensorType::kFloat32, TensorType::kInt8,
                                 TensorType::kInt16, TensorType::kInt32};

// The operands of an operator whose inputs and result have one type, which is
// among `types` or fits exactly into one of them.
Result<Aligned> Operands(Lowering& lowering, const Node& node,
                         std::span<const ValueId> ids,
                         std::span<const TensorType> types) {
  const TensorType type = lowering.TypeOf(ids[0]);
  for (const ValueId id : ids) {
    TINYML_ONNX_REQUIRE(lowering, node, lowering.TypeOf(id) == type,
                        "its inputs differ in type");
  }
  const auto computed = ComputedIn(type, types);
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's kernel has no code for " + TensorTypeName(type));
  return Align(lowering, node, ids, Types(ids.size(), *computed));
}

// Sums, differences and products of uint8 wrap, which conversions to and from
// int32 would not.
Status RequireNoWrap(const Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(node.inputs[0]) != TensorType::kUInt8,
                      "the runtime has no arithmetic for uint8");
  return {};
}

template <Op kCode>
Status LowerBinary(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  if (kCode != Op::kDiv) TINYML_RETURN_IF_ERROR(RequireNoWrap(lowering, node));
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Operands(lowering, node, node.inputs, kNumbers));
  Formula f(lowering, node);
  TensorIndex result =
      f.Binary(kCode, operands.tensors[0], operands.tensors[1]);
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  // Quotients of what has no int32 are cut off, as integers are.
  if (type == TensorType::kUInt8) result = f.Unary(Op::kFloor, result);
  return Finish(lowering, node, operands, result, type);
}

// Max, Min and Sum of any number of inputs, from the left.
Result<TensorIndex> Accumulate(Lowering& lowering, const Node& node, Op code,
                               const Aligned& operands) {
  const auto& tensors = operands.tensors;
  Formula f(lowering, node);
  const auto& first = lowering.tensor(tensors[0]);
  const bool same =
      std::all_of(tensors.begin(), tensors.end(), [&](TensorIndex tensor) {
        return lowering.tensor(tensor).shape == first.shape;
      });
  if (code == Op::kAdd && tensors.size() > 2 && same &&
      operands.type == TensorType::kFloat32) {
    const TensorIndex output = lowering.NewTensor(
        operands.type, {first.shape.begin(), first.shape.end()},
        lowering.OutputName(node, 0));
    lowering.Emit(Op::kAddN, tensors, {output}, AddNOptions());
    return output;
  }
  TensorIndex result = tensors[0];
  for (size_t i = 1; i < tensors.size(); ++i) {
    result = f.Binary(code, result, tensors[i]);
  }
  return result;
}

template <Op kCode>
Status LowerVariadic(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, kAnyNumber));
  TINYML_RETURN_IF_ERROR(
      RequireInputs(lowering, node, node.inputs.size(), kAnyNumber));
  if (node.inputs.size() == 1) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  if (kCode == Op::kAdd) TINYML_RETURN_IF_ERROR(RequireNoWrap(lowering, node));
  const std::span<const TensorType> types =
      kCode == Op::kAdd ? std::span<const TensorType>(kNumbers)
                        : std::span<const TensorType>(kOrdered);
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Operands(lowering, node, node.inputs, types));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex result,
                          Accumulate(lowering, node, kCode, operands));
  return Finish(lowering, node, operands, result,
                lowering.TypeOf(node.inputs[0]));
}

Status LowerMean(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, kAnyNumber));
  TINYML_RETURN_IF_ERROR(
      RequireInputs(lowering, node, node.inputs.size(), kAnyNumber));
  if (node.inputs.size() == 1) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Operands(lowering, node, node.inputs, kFloat));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex sum,
                          Accumulate(lowering, node, Op::kAdd, operands));
  const TensorIndex mean =
      Formula(lowering, node)
          .Mul(sum, 1.0 / static_cast<double>(operands.tensors.size()));
  return Finish(lowering, node, operands, mean,
                lowering.TypeOf(node.inputs[0]));
}

bool IsUnsigned(TensorType type) {
  return type == TensorType::kUInt8 || type == TensorType::kUInt16 ||
         type == TensorType::kUInt32 || type == TensorType::kUInt64;
}

// The rest of a division that cuts off: a - a / b * b.
TensorIndex CutOffRest(Formula& f, TensorIndex a, TensorIndex b) {
  return f.Binary(Op::kSub, a, f.Mul(f.Binary(Op::kDiv, a, b), b));
}

// FLOOR_MOD is for floats, and its result has the sign of the divisor.
Status LowerMod(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  const bool fmod = node.Int("fmod", 0) != 0;
  TINYML_ONNX_REQUIRE(lowering, node, type != TensorType::kFloat32 || fmod,
                      "floats need fmod = 1");
  const bool exact_in_float = type == TensorType::kInt8 ||
                              type == TensorType::kUInt8 ||
                              type == TensorType::kInt16;
  TINYML_ASSIGN_OR_RETURN(
      const Aligned operands,
      Operands(lowering, node, node.inputs,
               exact_in_float ? std::span<const TensorType>(kFloat)
                              : std::span<const TensorType>(kNumbers)));
  const TensorIndex a = operands.tensors[0];
  const TensorIndex b = operands.tensors[1];
  Formula f(lowering, node);
  TensorIndex result = kNoTensor;
  if (operands.type == TensorType::kFloat32) {
    if (fmod && !IsUnsigned(type)) {  // The sign of the dividend.
      const TensorIndex rest =
          f.Binary(Op::kFloorMod, f.Unary(Op::kAbs, a), f.Unary(Op::kAbs, b));
      result = f.Mul(rest, f.Sign(a));
    } else {
      result = f.Binary(Op::kFloorMod, a, b);
    }
  } else {
    result = CutOffRest(f, a, b);
    // Moved towards the divisor's sign, then cut again.
    if (!fmod && !IsUnsigned(type)) {
      result = CutOffRest(f, f.Binary(Op::kAdd, result, b), b);
    }
  }
  return Finish(lowering, node, operands, result, type);
}

// The one value that all of a constant's elements have.
std::optional<double> UniformValue(const Lowering& lowering, ValueId id) {
  const Constant* constant = lowering.ConstantOf(id);
  if (constant == nullptr) return std::nullopt;
  const std::vector<float> values = constant->AsFloat();
  if (values.empty() ||
      std::any_of(values.begin(), values.end(),
                  [&](float value) { return value != values[0]; })) {
    return std::nullopt;
  }
  return static_cast<double>(values[0]);
}

// The power by an exponent for which there are operators, or nothing.
std::optional<TensorIndex> KnownPower(Formula& f, TensorIndex base,
                                      double exponent, bool is_float) {
  constexpr double kMostSquared = 64.0;
  if (exponent == 0.0) return f.Add(f.Mul(base, 0.0), 1.0);
  if (exponent >= 1.0 && exponent <= kMostSquared &&
      exponent == std::floor(exponent)) {
    return f.Power(base, static_cast<int64_t>(exponent));
  }
  if (!is_float) return std::nullopt;
  if (exponent == 0.5) return f.Unary(Op::kSqrt, base);
  if (exponent == -0.5) return f.Unary(Op::kRsqrt, base);
  if (exponent <= -1.0 && exponent >= -kMostSquared &&
      exponent == std::floor(exponent)) {
    return f.Binary(Op::kDiv, f.Scalar(1.0F),
                    f.Power(base, -static_cast<int64_t>(exponent)));
  }
  return std::nullopt;
}

Status LowerPow(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  const auto held = ComputedIn(type, kNumbers);
  TINYML_ONNX_REQUIRE(
      lowering, node, held.has_value() && type != TensorType::kUInt8,
      "the runtime has no arithmetic for " + TensorTypeName(type));
  const bool is_float = *held == TensorType::kFloat32;
  TINYML_ASSIGN_OR_RETURN(const Shape shape,
                          BroadcastShape(lowering, node, node.inputs));
  Formula f(lowering, node);
  const auto exponent = UniformValue(lowering, node.inputs[1]);
  if (exponent && shape == lowering.ShapeOf(node.inputs[0])) {
    const std::array ids = {node.inputs[0]};
    TINYML_ASSIGN_OR_RETURN(const Aligned base,
                            Align(lowering, node, ids, Types{*held}));
    if (const auto known =
            KnownPower(f, base.tensors[0], *exponent, is_float)) {
      return Finish(lowering, node, base, *known, type);
    }
  }
  TINYML_ONNX_REQUIRE(
      lowering, node, is_float,
      "the runtime has no POW; powers of integers need an exponent that is "
      "constant and from 0 to 64");
  const auto base = UniformValue(lowering, node.inputs[0]);
  if (base && *base > 0.0 && shape == lowering.ShapeOf(node.inputs[1])) {
    const std::array ids = {node.inputs[1]};
    TINYML_ASSIGN_OR_RETURN(
        const Aligned power,
        Align(lowering, node, ids, Types{TensorType::kFloat32}));
    return Finish(lowering, node, power,
                  f.Unary(Op::kExp, f.Mul(power.tensors[0], std::log(*base))),
                  type);
  }
  lowering.Warn(Describe(lowering.graph(), node) +
                " is computed as exp(y * log(x)), since the runtime has no "
                "POW: bases below 0 give no number");
  TINYML_ASSIGN_OR_RETURN(
      const Aligned operands,
      Align(lowering, node, node.inputs,
            Types{TensorType::kFloat32, TensorType::kFloat32}));
  const TensorIndex power = f.Unary(
      Op::kExp,
      f.Mul(operands.tensors[1], f.Unary(Op::kLog, operands.tensors[0])));
  return Finish(lowering, node, operands, power, type);
}

// --- One operand

template <Op kCode>
Status LowerFloat(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const Aligned x,
                          Operands(lowering, node, node.inputs, kFloat));
  return Finish(lowering, node, x,
                Formula(lowering, node).Unary(kCode, x.tensors[0]),
                lowering.TypeOf(node.inputs[0]));
}

// Rounding integers changes nothing.
template <Op kCode>
Status LowerRounding(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  if (lowering.TypeOf(node.inputs[0]) != TensorType::kFloat32) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  return LowerFloat<kCode>(lowering, node);
}

// Neg, Abs and Sign: their kernels are for floats.
enum class SignKind { kNeg, kAbs, kSign };

template <SignKind kKind>
Status LowerSign(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  if (kKind == SignKind::kAbs && IsUnsigned(type)) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Operands(lowering, node, node.inputs, kNumbers));
  const TensorIndex x = operands.tensors[0];
  Formula f(lowering, node);
  const bool is_float = operands.type == TensorType::kFloat32;
  const auto compute = [&] {
    switch (kKind) {
      case SignKind::kNeg:
        return is_float ? f.Unary(Op::kNeg, x)
                        : f.Binary(Op::kSub, f.ScalarLike(x, 0), x);
      case SignKind::kAbs:
        return is_float ? f.Unary(Op::kAbs, x)
                        : f.Binary(Op::kMaximum, x,
                                   f.Binary(Op::kSub, f.ScalarLike(x, 0), x));
      default:
        return is_float
                   ? f.Sign(x)
                   : f.Binary(Op::kMinimum, f.Binary(Op::kMaximum, x, -1), 1);
    }
  };
  return Finish(lowering, node, operands, compute(), type);
}

enum class Function { kReciprocal, kTan, kSinh, kCosh, kErf };

// tanh(x * p(x^2)) is erf(x) up to 6e-8; the polynomial grows, so that the
// curve stays at its ends. Fitted by weighted least squares over [0, 4.3].
constexpr std::array kErf = {1.1283797025680542,     0.10276547819375992,
                             -1.8438482948113233e-4, -6.2571844318881631e-4,
                             8.971209172159433e-5,   -5.985592451906996e-6,
                             1.58953270101847e-7};

template <Function kFunction>
Status LowerFunction(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const Aligned operands,
                          Operands(lowering, node, node.inputs, kFloat));
  const TensorIndex x = operands.tensors[0];
  Formula f(lowering, node);
  const auto compute = [&] {
    switch (kFunction) {
      case Function::kReciprocal:
        return f.Binary(Op::kDiv, f.Scalar(1.0F), x);
      case Function::kTan:
        return f.Binary(Op::kDiv, f.Unary(Op::kSin, x), f.Unary(Op::kCos, x));
      case Function::kSinh:
      case Function::kCosh: {
        const TensorIndex up = f.Unary(Op::kExp, x);
        const TensorIndex down = f.Binary(Op::kDiv, f.Scalar(1.0F), up);
        const Op join = kFunction == Function::kSinh ? Op::kSub : Op::kAdd;
        return f.Mul(f.Binary(join, up, down), 0.5);
      }
      default: {
        const TensorIndex square = f.Unary(Op::kSquare, x);
        return f.Unary(Op::kTanh, f.Mul(f.Polynomial(square, kErf), x));
      }
    }
  };
  return Finish(lowering, node, operands, compute(),
                lowering.TypeOf(node.inputs[0]));
}

}  // namespace

std::span<const OnnxOperator> ArithmeticOperators() {
  static constexpr std::string_view kNoUInt8 = "not for uint8";
  static constexpr OnnxOperator kOperators[] = {
      {"Abs", LowerSign<SignKind::kAbs>, "ABS; MAXIMUM for integers", ""},
      {"Add", LowerBinary<Op::kAdd>, "ADD", kNoUInt8},
      {"Ceil", LowerRounding<Op::kCeil>, "CEIL", ""},
      {"Cos", LowerFloat<Op::kCos>, "COS", ""},
      {"Cosh", LowerFunction<Function::kCosh>, "EXP, DIV, ADD, MUL", ""},
      {"Div", LowerBinary<Op::kDiv>, "DIV", ""},
      {"Erf", LowerFunction<Function::kErf>, "15 operators, TANH the last",
       "within 1e-6"},
      {"Exp", LowerFloat<Op::kExp>, "EXP", ""},
      {"Floor", LowerRounding<Op::kFloor>, "FLOOR", ""},
      {"Log", LowerFloat<Op::kLog>, "LOG", ""},
      {"Max", LowerVariadic<Op::kMaximum>, "MAXIMUM", ""},
      {"Mean", LowerMean, "ADD or ADD_N, MUL", ""},
      {"Min", LowerVariadic<Op::kMinimum>, "MINIMUM", ""},
      {"Mod", LowerMod, "FLOOR_MOD; DIV, MUL, SUB for integers", ""},
      {"Mul", LowerBinary<Op::kMul>, "MUL", kNoUInt8},
      {"Neg", LowerSign<SignKind::kNeg>, "NEG; SUB for integers", ""},
      {"Pow", LowerPow, "SQUARE, MUL, SQRT, RSQRT, DIV; or EXP, MUL, LOG",
       "integers only to a constant power from 0 to 64; floats below 0 only to "
       "a constant whole one from -64 to 64"},
      {"Reciprocal", LowerFunction<Function::kReciprocal>, "DIV", ""},
      {"Round", LowerRounding<Op::kRound>, "ROUND", ""},
      {"Sign", LowerSign<SignKind::kSign>,
       "MUL with its activation; MAXIMUM, MINIMUM for integers", ""},
      {"Sin", LowerFloat<Op::kSin>, "SIN", ""},
      {"Sinh", LowerFunction<Function::kSinh>, "EXP, DIV, SUB, MUL", ""},
      {"Sqrt", LowerFloat<Op::kSqrt>, "SQRT", ""},
      {"Sub", LowerBinary<Op::kSub>, "SUB", kNoUInt8},
      {"Sum", LowerVariadic<Op::kAdd>, "ADD, ADD_N", kNoUInt8},
      {"Tan", LowerFunction<Function::kTan>, "SIN, COS, DIV", ""},
  };
  return kOperators;
}

std::span<const OnnxOperator> ElementwiseOperators() {
  static const std::vector<OnnxOperator> kAll = [] {
    std::vector<OnnxOperator> all;
    for (const auto& family :
         {ArithmeticOperators(), ActivationOperators(), ChoiceOperators()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace tinyml::onnx_import
