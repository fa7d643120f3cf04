// LOGISTIC and TANH. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{logistic, logistic_common,tanh}.cc;
// lite/kernels/internal/reference/{logistic,tanh,
// integer_ops/logistic,integer_ops/tanh}.h; CalculateInputRadius and
// CheckedLog2 in lite/kernels/internal/quantization_util.cc.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"
#include "ops/sigmoid.h"

namespace tinyml::ops {
namespace {

// The int8 input as a fixed-point number with 4 integer bits; beyond `radius`
// it is not representable and the function takes its limit.
struct Int8Input {
  int32_t zero_point;
  int32_t radius;
  QuantizedMultiplier factor;

  using Fixed = gemmlowp::FixedPoint<int32_t, 4>;

  template <typename Function>
  int8_t Apply(int8_t value, Function function) const {
    const int32_t centred = WrapSubtract(value, zero_point);
    if (centred <= -radius) return -128;
    if (centred >= radius) return 127;
    const int32_t result = function(
        Fixed::FromRaw(MultiplyByQuantizedMultiplier(centred, factor)));
    return static_cast<int8_t>(Clamp(result, kRangeOf<int8_t>));
  }
};

Result<Int8Input> MakeInt8Input(const OpContext& op, const TensorView& input) {
  const double real =
      static_cast<double>(input.scale) * static_cast<double>(1 << 27);
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  // From a shift of 31 on, the radius is 0: no value is ever shifted.
  TINYML_REQUIRE(op, std::isfinite(real) && shift >= 0 && shift < 63,
                 "the scale of " + input.Describe() +
                     " is out of range: the runtime shifts by " +
                     std::to_string(shift) + " bits");
  const double radius = 15.0 * static_cast<double>(1 << 27) /
                        static_cast<double>(int64_t{1} << shift);
  const auto multiplier =
      static_cast<int32_t>(std::round(fraction * 2147483648.0));
  return Int8Input{input.zero_point,
                   static_cast<int32_t>(std::floor(radius)),
                   {multiplier, std::min(shift, 31)}};
}

// The exponent of `value` if it is a power of two, within a thousandth.
bool IsPowerOfTwo(float value, int exponent) {
  const float log2 = std::log(value) * (1.0F / std::log(2.0F));
  const float rounded = std::round(log2);
  return std::abs(log2 - rounded) < 1e-3F &&
         rounded == static_cast<float>(exponent);
}

// Input scales of 2^-12 << [0, most_left_shift] need no general multiplier.
Result<SigmoidScale> MakeInt16Scale(const OpContext& op,
                                    const TensorView& input,
                                    int most_left_shift) {
  for (int shift = 0; shift <= most_left_shift; ++shift) {
    if (IsPowerOfTwo(input.scale, shift - 12)) {
      return SigmoidScale{3 << shift, 0};
    }
  }
  double multiplier = static_cast<double>(input.scale) * 4096.0 * 3.0;
  TINYML_REQUIRE(op, multiplier >= 0.0 && multiplier < 32768.0,
                 "the scale of " + input.Describe() + " is out of range");
  int shift = 0;
  while (multiplier <= 32767.0 / 2.0 && shift <= 30) {
    ++shift;
    multiplier *= 2.0;
  }
  const auto whole = static_cast<int32_t>(multiplier);
  // A multiplier truncated to 0 is mistaken for the flag of a power of two.
  if (whole == 0) return SigmoidScale{0, 0};
  return SigmoidScale{whole, shift};
}

float FloatLogistic(float value) {
  // Beyond these, single-precision terms vanish.
  constexpr float kUpper = 16.619047164916992188F;
  constexpr float kLower = -9.0F;
  if (value > kUpper) return 1.0F;
  if (value < kLower) return std::exp(value);
  return 1.0F / (1.0F + std::exp(-value));
}

}  // namespace

Result<Invocation> PrepareLogistic(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return MapElements<float, float>(
          operands, [](float x) { return FloatLogistic(x); });
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(const Int8Input input,
                              MakeInt8Input(op, operands.input));
      return MapBytes<int8_t, int8_t>(operands, [input](int8_t x) {
        return input.Apply(x, [](Int8Input::Fixed fixed) {
          const int32_t raw = gemmlowp::logistic(fixed).raw();
          return RoundingDivideByPowerOfTwo(raw, 31 - 8) - 128;
        });
      });
    }
    case TensorType::kInt16: {
      TINYML_ASSIGN_OR_RETURN(const SigmoidScale scale,
                              MakeInt16Scale(op, operands.input, 0));
      return MapElements<int16_t, int16_t>(
          operands, [scale, &table = Sigmoids()](int16_t x) {
            return Int16Logistic(table, scale(x));
          });
    }
    default:
      return RefuseType(op, operands.input);
  }
}

Result<Invocation> PrepareTanh(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return MapElements<float, float>(operands,
                                       [](float x) { return std::tanh(x); });
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(const Int8Input input,
                              MakeInt8Input(op, operands.input));
      return MapBytes<int8_t, int8_t>(operands, [input](int8_t x) {
        return input.Apply(x, [](Int8Input::Fixed fixed) {
          const int32_t raw = gemmlowp::tanh(fixed).raw();
          return RoundingDivideByPowerOfTwo(raw, 31 - 7);
        });
      });
    }
    case TensorType::kInt16: {
      TINYML_ASSIGN_OR_RETURN(const SigmoidScale scale,
                              MakeInt16Scale(op, operands.input, 1));
      return MapElements<int16_t, int16_t>(
          operands, [scale, &table = Sigmoids()](int16_t x) {
            return Int16Tanh(table, scale(x));
          });
    }
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace tinyml::ops
