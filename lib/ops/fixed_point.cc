#include "ops/fixed_point.h"

#include <algorithm>
#include <cmath>

namespace tinyml {

QuantizedMultiplier QuantizeMultiplier(double real) {
  if (real == 0.0 || !std::isfinite(real)) return {};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto fixed = static_cast<int64_t>(
      std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (fixed == int64_t{1} << 31) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<int32_t>(fixed), shift};
}

namespace ops {
namespace {

// Where the runtime would fail because the result does not fit int32, this
// saturates: the type's range then decides.
int32_t Quantize(const TensorView& output, float value) {
  const float scaled = std::round(value / output.scale);
  constexpr float kLimit = 2147483520.0F;  // The largest float below 2^31.
  const float clamped =
      std::isnan(scaled) ? 0.0F : std::clamp(scaled, -kLimit, kLimit);
  const int64_t quantized =
      int64_t{output.zero_point} + static_cast<int64_t>(clamped);
  return static_cast<int32_t>(
      std::clamp<int64_t>(quantized, std::numeric_limits<int32_t>::min(),
                          std::numeric_limits<int32_t>::max()));
}

}  // namespace

ActivationRange TypeRange(TensorType type) {
  switch (type) {
    case TensorType::kUInt8:
      return {0, 255};
    case TensorType::kInt16:
      return {-32768, 32767};
    default:
      return {-128, 127};
  }
}

ActivationRange QuantizedActivationRange(ActivationFunctionType activation,
                                         const TensorView& output) {
  ActivationRange range = TypeRange(output.type);
  const auto at_least = [&](float value) {
    range.min = std::max(range.min, Quantize(output, value));
  };
  const auto at_most = [&](float value) {
    range.max = std::min(range.max, Quantize(output, value));
  };
  switch (activation) {
    case ActivationFunctionType::kRelu:
      at_least(0.0F);
      break;
    case ActivationFunctionType::kRelu6:
      at_least(0.0F);
      at_most(6.0F);
      break;
    case ActivationFunctionType::kReluN1To1:
      at_least(-1.0F);
      at_most(1.0F);
      break;
    default:
      break;
  }
  return range;
}

FloatActivationRange FloatRange(ActivationFunctionType activation) {
  switch (activation) {
    case ActivationFunctionType::kRelu:
      return {0.0F, std::numeric_limits<float>::max()};
    case ActivationFunctionType::kRelu6:
      return {0.0F, 6.0F};
    case ActivationFunctionType::kReluN1To1:
      return {-1.0F, 1.0F};
    default:
      return {};
  }
}

}  // namespace ops
}  // namespace tinyml
