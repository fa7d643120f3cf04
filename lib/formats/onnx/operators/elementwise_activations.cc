// Activations: functions of one operand with parameters.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/macros.h"
#include "formats/onnx/operators/elementwise.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;
using Activation = ActivationFunctionType;
using Types = std::vector<TensorType>;

// An activation as a formula of its operand.
using MakeFormula = TensorIndex (*)(Lowering& lowering, const Node& node,
                                    Formula& f, TensorIndex x);

// Input 0 of `node` as float.
Result<Aligned> FloatInput(Lowering& lowering, const Node& node) {
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  TINYML_ONNX_REQUIRE(
      lowering, node, type == TensorType::kFloat32,
      "the runtime's kernel has no code for " + TensorTypeName(type));
  const std::array ids = {node.inputs[0]};
  return Align(lowering, node, ids, Types{TensorType::kFloat32});
}

template <MakeFormula kMake>
Status Lower(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const Aligned x, FloatInput(lowering, node));
  Formula f(lowering, node);
  return Finish(lowering, node, x, kMake(lowering, node, f, x.tensors[0]),
                TensorType::kFloat32);
}

template <Op kCode>
TensorIndex Plain(Lowering& /*lowering*/, const Node& /*node*/, Formula& f,
                  TensorIndex x) {
  return f.Unary(kCode, x);
}

double Parameter(const Node& node, std::string_view key, float fallback) {
  return static_cast<double>(node.Float(key, fallback));
}

TensorIndex LeakyRelu(Lowering& lowering, Formula& f, TensorIndex x,
                      double alpha) {
  const auto& dims = lowering.tensor(x).shape;
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32, Shape(dims.begin(), dims.end()), f.name());
  LeakyReluOptions options;
  options.alpha = static_cast<float>(alpha);
  lowering.Emit(Op::kLeakyRelu, {x}, {output}, options);
  return output;
}

TensorIndex MakeLeakyRelu(Lowering& lowering, const Node& node, Formula& f,
                          TensorIndex x) {
  return LeakyRelu(lowering, f, x, Parameter(node, "alpha", 0.01F));
}

// ELU has alpha = 1. What it makes of negative numbers is negative, so that
// LEAKY_RELU multiplies just that by another alpha.
TensorIndex ScaledElu(Lowering& lowering, Formula& f, TensorIndex x,
                      double alpha) {
  const TensorIndex elu = f.Unary(Op::kElu, x);
  return alpha == 1.0 ? elu : LeakyRelu(lowering, f, elu, alpha);
}

TensorIndex MakeElu(Lowering& lowering, const Node& node, Formula& f,
                    TensorIndex x) {
  return ScaledElu(lowering, f, x, Parameter(node, "alpha", 1.0F));
}

TensorIndex MakeSelu(Lowering& lowering, const Node& node, Formula& f,
                     TensorIndex x) {
  constexpr float kAlpha = 1.67326319217681884765625F;
  constexpr float kGamma = 1.05070102214813232421875F;
  return f.Mul(ScaledElu(lowering, f, x, Parameter(node, "alpha", kAlpha)),
               Parameter(node, "gamma", kGamma));
}

// a * ELU(x / a), for a > 0.
Status LowerCelu(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const double alpha = Parameter(node, "alpha", 1.0F);
  TINYML_ONNX_REQUIRE(lowering, node, alpha > 0.0,
                      "its alpha must be above 0, since ELU's is 1");
  TINYML_ASSIGN_OR_RETURN(const Aligned x, FloatInput(lowering, node));
  Formula f(lowering, node);
  const TensorIndex result =
      alpha == 1.0
          ? f.Unary(Op::kElu, x.tensors[0])
          : f.Mul(f.Unary(Op::kElu, f.Mul(x.tensors[0], 1.0 / alpha)), alpha);
  return Finish(lowering, node, x, result, TensorType::kFloat32);
}

// max(0, min(1, a * x + b)). With PyTorch's a = 1/6, RELU6 is both bounds.
TensorIndex MakeHardSigmoid(Lowering& /*lowering*/, const Node& node,
                            Formula& f, TensorIndex x) {
  const double alpha = Parameter(node, "alpha", 0.2F);
  const double beta = Parameter(node, "beta", 0.5F);
  constexpr double kSixth = 1.0 / 6.0;
  if (std::fabs(alpha - kSixth) < 1e-6) {
    return f.Mul(f.Add(x, 6.0 * beta, Activation::kRelu6), kSixth);
  }
  const TensorIndex line = f.Add(f.Mul(x, alpha), beta, Activation::kRelu);
  return f.Binary(Op::kMinimum, line, 1.0);
}

// log(1 + exp(x)), where exp is kept from overflowing: from 20 on, the result
// is x in single precision.
constexpr double kSoftplusLimit = 20.0;

TensorIndex MakeSoftplus(Lowering& /*lowering*/, const Node& /*node*/,
                         Formula& f, TensorIndex x) {
  const TensorIndex power =
      f.Unary(Op::kExp, f.Binary(Op::kMinimum, x, kSoftplusLimit));
  return f.Binary(Op::kMaximum, f.Unary(Op::kLog, f.Add(power, 1.0)), x);
}

// x * tanh(softplus(x)), which is x * n / (n + 2) for n = e^x * (e^x + 2).
TensorIndex MakeMish(Lowering& /*lowering*/, const Node& /*node*/, Formula& f,
                     TensorIndex x) {
  const TensorIndex power =
      f.Unary(Op::kExp, f.Binary(Op::kMinimum, x, kSoftplusLimit));
  const TensorIndex n = f.Mul(power, f.Add(power, 2.0));
  return f.Mul(x, f.Binary(Op::kDiv, n, f.Add(n, 2.0)));
}

TensorIndex MakeSoftsign(Lowering& /*lowering*/, const Node& /*node*/,
                         Formula& f, TensorIndex x) {
  return f.Binary(Op::kDiv, x, f.Add(f.Unary(Op::kAbs, x), 1.0));
}

// x * LOGISTIC(x * p(x^2)): for the exact form, tanh(x * q(x^2)) is erf(x)
// within 3e-6, and (1 + tanh(z)) / 2 is LOGISTIC(2 z).
TensorIndex MakeGelu(Lowering& /*lowering*/, const Node& node, Formula& f,
                     TensorIndex x) {
  constexpr std::array kErf = {1.128358006477356, 0.10293441265821457,
                               -4.990447196178138e-4, -4.1408216942995e-4,
                               3.2097708754008636e-5};
  const TensorIndex square = f.Unary(Op::kSquare, x);
  TensorIndex slope = kNoTensor;
  if (node.String("approximate", "none") == "tanh") {
    const double scale = 2.0 * std::sqrt(2.0 / std::acos(-1.0));
    slope = f.Polynomial(square, std::array{scale, scale * 0.044715});
  } else {
    std::array<double, kErf.size()> coefficients{};
    for (size_t i = 0; i < kErf.size(); ++i) {  // Of x / sqrt(2), doubled.
      coefficients[i] =
          kErf[i] * std::sqrt(2.0) * std::pow(0.5, static_cast<double>(i));
    }
    slope = f.Polynomial(square, coefficients);
  }
  return f.Mul(x, f.Unary(Op::kLogistic, f.Mul(x, slope)));
}

TensorIndex MakeThresholdedRelu(Lowering& /*lowering*/, const Node& node,
                                Formula& f, TensorIndex x) {
  const TensorIndex passes =
      f.Compare(Op::kGreater, x, Parameter(node, "alpha", 1.0F));
  return f.Select(passes, x, f.Scalar(0.0F));
}

// What lies within lambd of 0 becomes 0, the rest moves towards 0 by bias.
Status LowerShrink(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const double lambd = Parameter(node, "lambd", 0.5F);
  const double bias = Parameter(node, "bias", 0.0F);
  TINYML_ONNX_REQUIRE(lowering, node, lambd >= 0.0,
                      "its lambd must not be below 0");
  TINYML_ASSIGN_OR_RETURN(const Aligned operands, FloatInput(lowering, node));
  Formula f(lowering, node);
  const TensorIndex x = operands.tensors[0];
  TensorIndex result = x;
  if (bias == lambd) {
    const TensorIndex within =
        f.Binary(Op::kMinimum, f.Binary(Op::kMaximum, x, -lambd), lambd);
    result = f.Binary(Op::kSub, x, within);
  } else {
    if (bias != 0.0) {
      result = f.Binary(Op::kSub, x, f.Mul(f.Sign(x), bias));
    }
    const TensorIndex outside =
        f.Compare(Op::kGreater, f.Unary(Op::kAbs, x), lambd);
    result = f.Select(outside, result, f.Scalar(0.0F));
  }
  return Finish(lowering, node, operands, result, TensorType::kFloat32);
}

// MAXIMUM and MINIMUM take integers as well.
Status LowerRelu(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  if (type == TensorType::kFloat32)
    return Lower<Plain<Op::kRelu>>(lowering, node);
  constexpr std::array kTypes = {TensorType::kInt8, TensorType::kInt16,
                                 TensorType::kInt32};
  const auto computed = ComputedIn(type, kTypes);
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's kernel has no code for " + TensorTypeName(type));
  TINYML_ASSIGN_OR_RETURN(const Aligned x,
                          Align(lowering, node, node.inputs, Types{*computed}));
  return Finish(lowering, node, x,
                Formula(lowering, node).Binary(Op::kMaximum, x.tensors[0], 0.0),
                type);
}

// --- Clip

// A bound: a constant, a tensor, or nothing.
struct Bound {
  std::optional<double> value;
  ValueId id = kNoValue;
};

Result<Bound> BoundOf(const Lowering& lowering, const Node& node,
                      std::string_view key, size_t input) {
  Bound bound;
  if (const auto* value = node.Find<float>(key)) {
    bound.value = static_cast<double>(*value);
    return bound;
  }
  bound.id = Lowering::Input(node, input);
  if (bound.id == kNoValue) return bound;
  TINYML_ONNX_REQUIRE(lowering, node, Elements(lowering.ShapeOf(bound.id)) == 1,
                      "its bounds must be scalars");
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TypeOf(bound.id) == lowering.TypeOf(node.inputs[0]),
      "its inputs differ in type");
  if (const Constant* constant = lowering.ConstantOf(bound.id)) {
    bound.value = constant->type == TensorType::kFloat32
                      ? static_cast<double>(constant->AsFloat()[0])
                      : static_cast<double>(constant->AsInt64()[0]);
  }
  return bound;
}

// A constant bound that every value of the type respects is none.
void DropEmptyBound(Bound& bound, bool is_lower, TensorType type) {
  if (!bound.value) return;
  const double value = is_lower ? -*bound.value : *bound.value;
  const bool is_float = type == TensorType::kFloat32;
  const auto most =
      is_float ? static_cast<double>(std::numeric_limits<float>::max())
               : static_cast<double>(std::numeric_limits<int32_t>::max());
  if (value >= most ||
      (is_lower && value >= 0.0 && !is_float && type == TensorType::kUInt8)) {
    bound = Bound();
  }
}

// The bound as an operand beside `x`.
Result<TensorIndex> BoundTensor(Lowering& lowering, const Node& node,
                                Formula& f, const Bound& bound, TensorIndex x) {
  if (bound.value) return f.ScalarLike(x, *bound.value);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(bound.id));
  return Convert(lowering, node, tensor, lowering.tensor(x).type, f.name());
}

Status LowerClip(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 3));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  TINYML_ASSIGN_OR_RETURN(Bound low, BoundOf(lowering, node, "min", 1));
  TINYML_ASSIGN_OR_RETURN(Bound high, BoundOf(lowering, node, "max", 2));
  DropEmptyBound(low, true, type);
  DropEmptyBound(high, false, type);
  const auto is_given = [](const Bound& bound) {
    return bound.value || bound.id != kNoValue;
  };
  if (!is_given(low) && !is_given(high)) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  constexpr std::array kTypes = {TensorType::kFloat32, TensorType::kInt8,
                                 TensorType::kInt16, TensorType::kInt32};
  const auto computed = ComputedIn(type, kTypes);
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's kernel has no code for " + TensorTypeName(type));
  const std::array ids = {node.inputs[0]};
  TINYML_ASSIGN_OR_RETURN(const Aligned operand,
                          Align(lowering, node, ids, Types{*computed}));
  Formula f(lowering, node);
  TensorIndex x = operand.tensors[0];
  const bool is_float = type == TensorType::kFloat32;
  if (is_float && low.value == 0.0 && !is_given(high)) {
    x = f.Unary(Op::kRelu, x);
  } else if (is_float && low.value == 0.0 && high.value == 6.0) {
    x = f.Unary(Op::kRelu6, x);
  } else if (is_float && low.value == -1.0 && high.value == 1.0) {
    // RELU_N1_TO_1 is no operator of the runtime, only an activation.
    x = f.Mul(x, 1.0, Activation::kReluN1To1);
  } else {
    if (is_given(low)) {
      TINYML_ASSIGN_OR_RETURN(const TensorIndex bound,
                              BoundTensor(lowering, node, f, low, x));
      x = f.Binary(Op::kMaximum, x, bound);
    }
    if (is_given(high)) {
      TINYML_ASSIGN_OR_RETURN(const TensorIndex bound,
                              BoundTensor(lowering, node, f, high, x));
      x = f.Binary(Op::kMinimum, x, bound);
    }
  }
  return Finish(lowering, node, operand, x, type);
}

// --- PRelu: the kernel takes 4 dimensions.

Status LowerPRelu(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  for (const ValueId id : node.inputs) {
    TINYML_ONNX_REQUIRE(lowering, node,
                        lowering.TypeOf(id) == TensorType::kFloat32,
                        "the runtime's kernel has no code for " +
                            TensorTypeName(lowering.TypeOf(id)));
  }
  constexpr size_t kMaxRank = 4;
  TINYML_ASSIGN_OR_RETURN(
      const Aligned operands,
      Align(lowering, node, node.inputs,
            Types{TensorType::kFloat32, TensorType::kFloat32}, kMaxRank));
  TINYML_ONNX_REQUIRE(lowering, node,
                      operands.shape == lowering.ShapeOf(node.inputs[0]),
                      "its slope does not broadcast to its input");
  const TensorIndex x = operands.tensors[0];
  const auto& dims = lowering.tensor(x).shape;
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, Shape(dims.begin(), dims.end()),
                         lowering.OutputName(node, 0));
  lowering.Emit(Op::kPrelu, {x, operands.tensors[1]}, {output});
  return Finish(lowering, node, operands, output, TensorType::kFloat32);
}

// --- Those that only recurrent operators name

TensorIndex MakeAffine(Lowering& /*lowering*/, const Node& node, Formula& f,
                       TensorIndex x) {
  return f.Add(f.Mul(x, Parameter(node, "alpha", 1.0F)),
               Parameter(node, "beta", 0.0F));
}

TensorIndex MakeScaledTanh(Lowering& /*lowering*/, const Node& node, Formula& f,
                           TensorIndex x) {
  return f.Mul(f.Unary(Op::kTanh, f.Mul(x, Parameter(node, "beta", 1.0F))),
               Parameter(node, "alpha", 1.0F));
}

template <MakeFormula kMake>
TensorIndex EmitFormula(Lowering& lowering, const Node& node, TensorIndex x) {
  Formula f(lowering, node);
  return kMake(lowering, node, f, x);
}

}  // namespace

std::span<const OnnxOperator> ActivationOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Celu", LowerCelu, "ELU, between MUL and MUL", "alpha above 0"},
      {"Clip", LowerClip,
       "RELU, RELU6, MUL with its activation, MAXIMUM, MINIMUM", ""},
      {"Elu", Lower<MakeElu>, "ELU, then LEAKY_RELU unless alpha is 1", ""},
      {"Gelu", Lower<MakeGelu>,
       "12 operators, LOGISTIC and MUL the last; 6 for the tanh form",
       "within 1e-5"},
      {"HardSigmoid", Lower<MakeHardSigmoid>,
       "MUL, ADD, MINIMUM; ADD with RELU6 and MUL for alpha = 1/6", ""},
      {"HardSwish", Lower<Plain<Op::kHardSwish>>, "HARD_SWISH", ""},
      {"LeakyRelu", Lower<MakeLeakyRelu>, "LEAKY_RELU", ""},
      {"Mish", Lower<MakeMish>, "MINIMUM, EXP, ADD, MUL, DIV", ""},
      {"PRelu", LowerPRelu, "PRELU",
       "floats; up to 4 dimensions, more where some repeat alike"},
      {"Relu", LowerRelu, "RELU; MAXIMUM for integers", ""},
      {"Selu", Lower<MakeSelu>, "ELU, LEAKY_RELU, MUL", ""},
      {"Shrink", LowerShrink,
       "MAXIMUM, MINIMUM, SUB; or ABS, GREATER, SELECT_V2",
       "lambd not below 0"},
      {"Sigmoid", Lower<Plain<Op::kLogistic>>, "LOGISTIC", ""},
      {"Softplus", Lower<MakeSoftplus>, "MINIMUM, EXP, ADD, LOG, MAXIMUM", ""},
      {"Softsign", Lower<MakeSoftsign>, "ABS, ADD, DIV", ""},
      {"Tanh", Lower<Plain<Op::kTanh>>, "TANH", ""},
      {"ThresholdedRelu", Lower<MakeThresholdedRelu>, "GREATER, SELECT_V2", ""},
  };
  return kOperators;
}

const RecurrentActivation* FindRecurrentActivation(std::string_view name) {
  static constexpr RecurrentActivation kActivations[] = {
      {"Affine", EmitFormula<MakeAffine>, true, true},
      {"Elu", EmitFormula<MakeElu>, true, false},
      {"HardSigmoid", EmitFormula<MakeHardSigmoid>, true, true},
      {"LeakyRelu", EmitFormula<MakeLeakyRelu>, true, false},
      {"Relu", EmitFormula<Plain<Op::kRelu>>},
      {"ScaledTanh", EmitFormula<MakeScaledTanh>, true, true},
      {"Sigmoid", EmitFormula<Plain<Op::kLogistic>>},
      {"Softplus", EmitFormula<MakeSoftplus>},
      {"Softsign", EmitFormula<MakeSoftsign>},
      {"Tanh", EmitFormula<Plain<Op::kTanh>>},
      {"ThresholdedRelu", EmitFormula<MakeThresholdedRelu>, true, false},
  };
  for (const RecurrentActivation& activation : kActivations) {
    if (activation.name == name) return &activation;
  }
  return nullptr;
}

TensorIndex EmitActivation(Lowering& lowering, const Node& activation,
                           TensorIndex x) {
  return FindRecurrentActivation(activation.op_type)
      ->emit(lowering, activation, x);
}

}  // namespace tinyml::onnx_import
