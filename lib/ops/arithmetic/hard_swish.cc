// HARD_SWISH. Source: tflite-micro 90b983c2b3f1, micro/kernels/{hard_swish,
// hard_swish_common}.cc; lite/kernels/internal/reference/hard_swish.h.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <limits>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// DownScaleInt32ToInt16Multiplier, lite/kernels/internal/common.h. Requires
// multiplier >= 0.
int16_t Upper16(int32_t multiplier) {
  constexpr int32_t kRounding = 1 << 15;
  if (multiplier >= std::numeric_limits<int32_t>::max() - kRounding) {
    return std::numeric_limits<int16_t>::max();
  }
  return static_cast<int16_t>((multiplier + kRounding) >> 16);
}

int16_t SaturatingShiftLeft(int16_t value, int amount) {
  const int64_t shifted = int64_t{value} << amount;
  return static_cast<int16_t>(std::clamp<int64_t>(shifted, -32768, 32767));
}

// All in 16 bits, like the runtime.
struct HardSwish {
  int16_t input_zero_point;
  int16_t output_zero_point;
  int16_t output_factor;
  int output_shift;  // To the right.
  int16_t gate_factor;
  int gate_exponent;

  int8_t operator()(int8_t value) const {
    using gemmlowp::RoundingDivideByPOT;
    using gemmlowp::SaturatingRoundingDoublingHighMul;
    const auto fine =
        static_cast<int16_t>((value - input_zero_point) * (1 << 7));
    const int16_t scaled =
        SaturatingRoundingDoublingHighMul(fine, output_factor);
    // The gate rises from 0 at -3 to 1 at 3; in [-1, 1] at first.
    int16_t gate = fine;
    if (gate_exponent > 0) gate = SaturatingShiftLeft(gate, gate_exponent - 1);
    gate = SaturatingRoundingDoublingHighMul(gate, gate_factor);
    if (gate_exponent > 0) gate = SaturatingShiftLeft(gate, 1);
    if (gate_exponent < 0) gate = RoundingDivideByPOT(gate, -gate_exponent);
    gate = static_cast<int16_t>((gate + (1 << 15)) >> 1);
    // The product is rounded towards 0; the gate is never -1.
    const auto product =
        static_cast<int16_t>(int32_t{gate} * int32_t{scaled} / (1 << 15));
    const auto output = static_cast<int16_t>(
        RoundingDivideByPOT(product, output_shift) + output_zero_point);
    return static_cast<int8_t>(Clamp(output, kRangeOf<int8_t>));
  }
};

Result<Invocation> Int8HardSwish(const OpContext& op,
                                 const UnaryOperands& operands) {
  const auto& [input, output, count, rest] = operands;
  const float fine_scale = (1.0F / 128.0F) * input.scale;
  constexpr float kGateScale = 3.0F / 32768.0F;
  const QuantizedMultiplier factor =
      QuantizeMultiplier(static_cast<double>(fine_scale / output.scale));
  const QuantizedMultiplier gate =
      QuantizeMultiplier(static_cast<double>(fine_scale / kGateScale));
  TINYML_REQUIRE(op, factor.multiplier >= 0 && gate.multiplier >= 0,
                 "its scales must not be negative");
  TINYML_REQUIRE(op, CanShift(factor) && factor.shift <= 0 && CanShift(gate),
                 "its scales lead to multipliers out of range");
  return MapBytes<int8_t, int8_t>(
      operands, HardSwish{static_cast<int16_t>(input.zero_point),
                          static_cast<int16_t>(output.zero_point),
                          Upper16(factor.multiplier), -factor.shift,
                          Upper16(gate.multiplier), gate.shift});
}

}  // namespace

Result<Invocation> PrepareHardSwish(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return MapElements<float, float>(operands, [](float x) {
        return x * std::min(6.0F, std::max(0.0F, x + 3.0F)) / 6.0F;
      });
    case TensorType::kInt8:
      return Int8HardSwish(op, operands);
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace tinyml::ops
