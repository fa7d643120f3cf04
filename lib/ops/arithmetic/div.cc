// DIV, FLOOR_DIV and FLOOR_MOD. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{div,floor_div,floor_mod}.cc and lite/kernels/internal/
// reference/{div,floor_div,floor_mod}.h.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <bit>
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// Divisions that the runtime cannot do.
enum class Failure : uint8_t { kNone, kZeroDivisor, kOverflow, kShift };

Status Report(const OpContext& op, Failure failure) {
  switch (failure) {
    case Failure::kNone:
      return {};
    case Failure::kZeroDivisor:
      return op.Refuse("an element of the divisor is 0");
    case Failure::kOverflow:
      return op.Refuse("the smallest int32 is divided by -1");
    case Failure::kShift:
      break;
  }
  return op.Refuse(
      "a quotient is out of the range of shifts that these scales allow: the "
      "runtime aborts");
}

// 1 / divisor as a fraction of 2^31 that has to be shifted right by `shift`.
struct Reciprocal {
  int32_t fraction = 0;
  int shift = 0;
};

// Source: lite/kernels/internal/common.h, GetReciprocal with 31 integer bits.
// Requires divisor > 0.
Reciprocal MakeReciprocal(int32_t divisor) {
  const auto bits = static_cast<uint32_t>(divisor);
  const int headroom = std::countl_zero(bits);
  const auto above_one =
      static_cast<int32_t>((bits << headroom) - (uint32_t{1} << 31));
  using F0 = gemmlowp::FixedPoint<int32_t, 0>;
  return {
      gemmlowp::one_over_one_plus_x_for_x_in_0_1(F0::FromRaw(above_one)).raw(),
      31 - headroom};
}

// The number of redundant sign bits; 31 for 0 and -1.
int LeadingSignBits(int32_t value) {
  const auto bits = static_cast<uint32_t>(value < 0 ? ~value : value);
  return std::countl_zero(bits) - 1;
}

// One quotient in int8; sets `failure` if there is none.
struct Quotient {
  int32_t zero_point1;
  int32_t zero_point2;
  QuantizedMultiplier factor;
  int32_t zero_point;
  ActivationRange range;

  int8_t operator()(int8_t a, int8_t b, Failure& failure) const {
    int32_t dividend = WrapSubtract(a, zero_point1);
    int32_t divisor = WrapSubtract(b, zero_point2);
    if (divisor < 0) {
      dividend = WrapSubtract(0, dividend);
      divisor = WrapSubtract(0, divisor);
    }
    if (divisor <= 0) {
      failure = Failure::kZeroDivisor;
      return 0;
    }
    const Reciprocal reciprocal = MakeReciprocal(divisor);
    const int headroom = LeadingSignBits(dividend);
    const auto shifted =
        static_cast<int32_t>(static_cast<uint32_t>(dividend) << headroom);
    const int32_t unscaled =
        RoundingDoublingHighMultiply(shifted, reciprocal.fraction);
    const int shift = factor.shift - reciprocal.shift - headroom;
    if (shift < -31 || shift > 0) {
      failure = Failure::kShift;
      return 0;
    }
    const int32_t scaled =
        MultiplyByQuantizedMultiplier(unscaled, {factor.multiplier, shift});
    return static_cast<int8_t>(Clamp(WrapAdd(zero_point, scaled), range));
  }
};

// Like MapPairs, with a function that may fail.
template <typename T, typename Function>
Result<Invocation> MapFalliblePairs(OpContext& op,
                                    const BinaryOperands& operands,
                                    Function function) {
  TINYML_ASSIGN_OR_RETURN(PairLoop loop, PairLoop::Plan(op, operands));
  return Invocation(
      [&op, loop = std::move(loop), function,
       input1 = operands.input1.As<T>().data(),
       input2 = operands.input2.As<T>().data(),
       output = operands.output.Mutable<T>().data()]() mutable -> Status {
        Failure failure = Failure::kNone;
        loop.Run(input1, input2, output,
                 [&](T a, T b) { return function(a, b, failure); });
        return Report(op, failure);
      });
}

Result<Invocation> Int8Quotient(OpContext& op, const BinaryOperands& operands,
                                ActivationFunctionType activation) {
  const auto& [input1, input2, output] = operands;
  const float real = input1.scale / (input2.scale * output.scale);
  const Quotient quotient{input1.zero_point, input2.zero_point,
                          QuantizeMultiplier(static_cast<double>(real)),
                          output.zero_point,
                          QuantizedActivationRange(activation, output)};
  return MapFalliblePairs<int8_t>(op, operands, quotient);
}

// The float operands of FLOOR_DIV and FLOOR_MOD.
Result<BinaryOperands> TakeFloats(const OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  if (operands.output.type != TensorType::kFloat32) {
    return RefuseType(op, operands.output);
  }
  return operands;
}

}  // namespace

Result<Invocation> PrepareDiv(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  const auto activation = op.Options<DivOptions>().fused_activation_function;
  switch (operands.output.type) {
    case TensorType::kFloat32:
      return MapPairs<float, float, float>(
          op, operands, [range = FloatRange(activation)](float a, float b) {
            return Clamp(a / b, range);
          });
    case TensorType::kInt32:
      return MapFalliblePairs<int32_t>(
          op, operands,
          [range = Int32Range(activation)](int32_t a, int32_t b,
                                           Failure& failure) {
            if (b == 0) {
              failure = Failure::kZeroDivisor;
              return 0;
            }
            if (b == -1 && a == std::numeric_limits<int32_t>::min()) {
              failure = Failure::kOverflow;
              return 0;
            }
            return Clamp(a / b, range);
          });
    case TensorType::kInt8:
      return Int8Quotient(op, operands, activation);
    default:
      return RefuseType(op, operands.output);
  }
}

Result<Invocation> PrepareFloorDiv(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeFloats(op));
  TINYML_ASSIGN_OR_RETURN(
      auto divide,
      (MapPairs<float, float, float>(op, operands, [](float a, float b) {
        return static_cast<float>(
            std::floor(static_cast<double>(a) / static_cast<double>(b)));
      })));
  // The whole divisor is checked before anything is written (EvalFloorDiv).
  return Invocation([&op, divide = std::move(divide),
                     divisor = operands.input2.As<float>().data(),
                     count = operands.input2.Elements()]() -> Status {
    TINYML_REQUIRE(op,
                   std::find(divisor, divisor + count, 0.0F) == divisor + count,
                   "an element of the divisor is 0");
    return divide();
  });
}

Result<Invocation> PrepareFloorMod(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeFloats(op));
  return MapPairs<float, float, float>(op, operands, [](float a, float b) {
    const float remainder = std::fmod(a, b);
    return remainder != 0.0F && (b < 0.0F) != (remainder < 0.0F) ? remainder + b
                                                                 : remainder;
  });
}

}  // namespace tinyml::ops
