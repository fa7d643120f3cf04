// ADD and SUB. Source: tflite-micro 90b983c2b3f1, micro/kernels/{add,
// add_common,sub,sub_common}.cc and
// lite/kernels/internal/reference/{add,sub}.h. CMSIS-NN 4ab83cc3cc98
// (arm_elementwise_add_s8.c, arm_elementwise_add_s16.c) computes the same: its
// high multiplication differs only in that it saturates, which these
// multipliers never cause.
#include <algorithm>
#include <memory>

#include "base/macros.h"
#include "ops/arithmetic/int8_pairs.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// CalculateOpDataAdd works in double precision, CalculateOpDataSub in single.
template <typename Real>
SumParameters MakeSum(const BinaryOperands& operands,
                      ActivationFunctionType activation, bool subtract) {
  const auto& [input1, input2, output] = operands;
  const int left_shift = output.type == TensorType::kInt16 ? 15 : 20;
  const Real twice_max =
      2 * static_cast<Real>(std::max(input1.scale, input2.scale));
  const auto term = [&](const TensorView& input) {
    const Real factor = static_cast<Real>(input.scale) / twice_max;
    return RescaledTerm{input.zero_point, left_shift,
                        QuantizeMultiplier(static_cast<double>(factor))};
  };
  const Real factor = twice_max / (static_cast<Real>(1 << left_shift) *
                                   static_cast<Real>(output.scale));
  return {term(input1),      term(input2),
          subtract,          QuantizeMultiplier(static_cast<double>(factor)),
          output.zero_point, QuantizedActivationRange(activation, output)};
}

Status CheckSum(const OpContext& op, const SumParameters& sum) {
  for (const QuantizedMultiplier& factor :
       {sum.term1.factor, sum.term2.factor, sum.factor}) {
    TINYML_REQUIRE(op, CanShift(factor) && factor.shift <= 0,
                   "its scales lead to a multiplier of 1 or more");
  }
  return {};
}

// The plain form, which looks up the terms of both inputs in a table.
Result<Invocation> PlainInt8Sum(OpContext& op, const BinaryOperands& operands,
                                const SumParameters& sum) {
  struct Tables {
    TermTable term1;
    TermTable term2;
  };
  const auto tables = std::make_shared<Tables>(
      Tables{MakeTermTable(sum.term1), MakeTermTable(sum.term2)});
  if (sum.subtract) {
    for (int32_t& term : tables->term2) term = WrapSubtract(0, term);
  }
  return MapPairs<uint8_t, uint8_t, int8_t>(
      op, operands,
      [tables, term1 = tables->term1.data(), term2 = tables->term2.data(), sum](
          uint8_t a, uint8_t b) {
        return static_cast<int8_t>(sum.Finish(term1[a], term2[b]));
      });
}

Result<Invocation> QuantizedSum(OpContext& op, const BinaryOperands& operands,
                                const SumParameters& sum) {
  TINYML_RETURN_IF_ERROR(CheckSum(op, sum));
  if (operands.output.type == TensorType::kInt16) {
    return MapPairs<int16_t, int16_t, int16_t>(
        op, operands, [sum](int16_t a, int16_t b) {
          return static_cast<int16_t>(sum(a, b));
        });
  }
  if (op.plain() || !HasVectorForm(sum)) return PlainInt8Sum(op, operands, sum);
  return MapInt8Pairs(op, operands, sum);
}

}  // namespace

Result<Invocation> PrepareAdd(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  const auto activation = op.Options<AddOptions>().fused_activation_function;
  const auto sum = MakeSum<double>(operands, activation, false);
  switch (operands.output.type) {
    case TensorType::kFloat32:
      return MapPairs<float, float, float>(
          op, operands, [range = FloatRange(activation)](float a, float b) {
            return Clamp(a + b, range);
          });
    case TensorType::kInt32:  // Its activation is ignored (EvalAdd).
      return MapPairs<int32_t, int32_t, int32_t>(
          op, operands, [](int32_t a, int32_t b) { return WrapAdd(a, b); });
    case TensorType::kInt8:
    case TensorType::kInt16:
      return QuantizedSum(op, operands, sum);
    default:
      return RefuseType(op, operands.output);
  }
}

Result<Invocation> PrepareSub(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  const auto activation = op.Options<SubOptions>().fused_activation_function;
  const auto sum = MakeSum<float>(operands, activation, true);
  switch (operands.output.type) {
    case TensorType::kFloat32:
      return MapPairs<float, float, float>(
          op, operands, [range = FloatRange(activation)](float a, float b) {
            return Clamp(a - b, range);
          });
    case TensorType::kInt32:
      return MapPairs<int32_t, int32_t, int32_t>(
          op, operands, [range = Int32Range(activation)](int32_t a, int32_t b) {
            return Clamp(WrapSubtract(a, b), range);
          });
    case TensorType::kInt8:
    case TensorType::kInt16:
      return QuantizedSum(op, operands, sum);
    default:
      return RefuseType(op, operands.output);
  }
}

}  // namespace tinyml::ops
