// ABS and RSQRT. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/elementwise.cc; GetInvSqrtQuantizedMultiplierExp in
// lite/kernels/internal/common.h.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <bit>
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// AbsEvalQuantized.
struct Magnitude {
  int32_t input_zero_point;
  int32_t output_zero_point;
  bool rescale;
  QuantizedMultiplier factor;
  ActivationRange range;

  int32_t operator()(int32_t value) const {
    const int32_t centred = WrapSubtract(value, input_zero_point);
    const int32_t magnitude = centred < 0 ? WrapSubtract(0, centred) : centred;
    const int32_t scaled =
        rescale ? MultiplyByQuantizedMultiplier(magnitude, factor) : magnitude;
    return Clamp(WrapAdd(scaled, output_zero_point), range);
  }
};

// 1 / sqrt(value) by Newton's method in fixed point. Requires
// 1 < value < 2^29.
QuantizedMultiplier InverseSquareRoot(int32_t value) {
  using F3 = gemmlowp::FixedPoint<int32_t, 3>;
  using F0 = gemmlowp::FixedPoint<int32_t, 0>;
  const int spare_bits = std::countl_zero(static_cast<uint32_t>(value)) - 1;
  const int pairs = spare_bits / 2 - 1;
  const F3 input = F3::FromRaw((value << (2 * pairs)) >> 1);
  const F3 half_input = gemmlowp::SaturatingRoundingMultiplyByPOT<-1>(input);
  const F3 three_halves = F3::FromRaw((1 << 28) + (1 << 27));
  F3 x = F3::One();
  for (int i = 0; i < 5; ++i) {
    const F3 cube = gemmlowp::Rescale<3>(x * x * x);
    x = gemmlowp::Rescale<3>(three_halves * x - half_input * cube);
  }
  // sqrt(2) / 2 in units of 2^-31.
  x = x * F0::FromRaw(1518500250);
  const int right = 11 - pairs;
  return right < 0 ? QuantizedMultiplier{x.raw() << -right, 0}
                   : QuantizedMultiplier{x.raw(), -right};
}

// RsqrtEvalQuantized. Requires a value that is not less than its zero point.
struct InverseRoot {
  static constexpr int kShift = 20;  // Keeps fractions in integers.
  int32_t input_zero_point;
  int32_t output_zero_point;
  QuantizedMultiplier factor;
  ActivationRange range;

  int32_t operator()(int32_t value) const {
    const int32_t centred = WrapSubtract(value, input_zero_point);
    if (centred <= 0) return range.max;
    QuantizedMultiplier root{std::numeric_limits<int32_t>::max(), 0};
    if (centred > 1) root = InverseSquareRoot(centred);
    root.shift += kShift;
    const int32_t data = MultiplyByQuantizedMultiplier(int32_t{1}, root);
    const int32_t scaled = MultiplyByQuantizedMultiplier(
        data, {factor.multiplier, factor.shift - kShift});
    return Clamp(WrapAdd(scaled, output_zero_point), range);
  }
};

// Runs `map` unless an element is less than the zero point.
template <typename T>
Invocation RefuseNegative(OpContext& op, const UnaryOperands& operands,
                          Invocation map) {
  return [&op, map = std::move(map), in = operands.input.As<T>().data(),
          count = operands.count,
          zero_point = operands.input.zero_point]() -> Status {
    const bool negative = std::any_of(
        in, in + count, [zero_point](T value) { return value < zero_point; });
    TINYML_REQUIRE(op, !negative, "an element of the input is negative");
    return map();
  };
}

}  // namespace

Result<Invocation> PrepareAbs(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  const auto& [input, output, count, rest] = operands;
  if (input.type == TensorType::kFloat32) {
    return MapElements<float, float>(operands,
                                     [](float x) { return std::fabs(x); });
  }
  if (input.type == TensorType::kInt16 && !input.IsAffine()) {
    return MapElements<int16_t, int16_t>(operands, [](int16_t x) {
      return static_cast<int16_t>(x < 0 ? -x : x);  // -32768 remains.
    });
  }
  const Magnitude magnitude{
      input.zero_point, output.zero_point, input.scale != output.scale,
      QuantizeMultiplier(static_cast<double>(input.scale / output.scale)),
      TypeRange(input.type)};
  TINYML_RETURN_IF_ERROR(RequireShift(op, magnitude.factor));
  switch (input.type) {
    case TensorType::kInt8:
      return MapBytes<int8_t, int8_t>(operands, [magnitude](int8_t x) {
        return static_cast<int8_t>(magnitude(x));
      });
    case TensorType::kInt16:
      return MapElements<int16_t, int16_t>(operands, [magnitude](int16_t x) {
        return static_cast<int16_t>(magnitude(x));
      });
    default:
      return RefuseType(op, input);
  }
}

Result<Invocation> PrepareRsqrt(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  const auto& [input, output, count, rest] = operands;
  if (input.type == TensorType::kFloat32) {
    return MapElements<float, float>(
        operands, [](float x) { return 1.0F / std::sqrt(x); });
  }
  if (input.type != TensorType::kInt8 && input.type != TensorType::kInt16) {
    return RefuseType(op, input);
  }
  TINYML_REQUIRE(op, input.IsAffine(),
                 "without quantization of " + input.Describe() +
                     " the runtime uses a multiplier that it never sets");
  const double real =
      1.0 / static_cast<double>(std::sqrt(input.scale) * output.scale);
  const InverseRoot inverse{input.zero_point, output.zero_point,
                            QuantizeMultiplier(real), TypeRange(input.type)};
  TINYML_REQUIRE(op, CanShift({0, inverse.factor.shift - InverseRoot::kShift}),
                 "the scales are too small or too large for its arithmetic");
  // Keeps the difference from a value to the zero point within 17 bits.
  TINYML_REQUIRE(
      op,
      input.zero_point >= inverse.range.min &&
          input.zero_point <= inverse.range.max,
      "the zero point of " + input.Describe() + " is outside of its type");
  if (input.type == TensorType::kInt8) {
    return RefuseNegative<int8_t>(
        op, operands, MapBytes<int8_t, int8_t>(operands, [inverse](int8_t x) {
          return static_cast<int8_t>(inverse(x));
        }));
  }
  return RefuseNegative<int16_t>(
      op, operands,
      MapElements<int16_t, int16_t>(operands, [inverse](int16_t x) {
        return static_cast<int16_t>(inverse(x));
      }));
}

}  // namespace tinyml::ops
