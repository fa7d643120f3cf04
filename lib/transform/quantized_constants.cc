#include "transform/quantized_constants.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyml::transform {
namespace {

constexpr double kLeast = -128;
constexpr double kMost = 127;
// What single precision may have lost of an integer.
constexpr double kRounding = 1e-3;

bool AllEqual(std::span<const float> values) {
  return !values.empty() && std::isfinite(values[0]) &&
         std::ranges::all_of(values,
                             [&](float value) { return value == values[0]; });
}

// A scale of which `value` is 127 steps, one way or the other.
float ScaleFor(float value) {
  const float scale = std::abs(value) / static_cast<float>(kMost);
  return scale > 0 ? scale : 1.0F;
}

// values / scales + zero_point as int8, if they all are; the scale of an
// element is number `i / inner % scales.size()`.
std::optional<std::vector<uint8_t>> Exactly(std::span<const float> values,
                                            std::span<const float> scales,
                                            size_t inner, int64_t zero_point) {
  std::vector<uint8_t> bytes(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const auto scale = static_cast<double>(scales[i / inner % scales.size()]);
    const double steps = static_cast<double>(values[i]) / scale;
    const double rounded = std::nearbyint(steps);
    const double held = rounded + static_cast<double>(zero_point);
    if (!(std::abs(steps - rounded) < kRounding) || held < kLeast ||
        held > kMost) {
      return std::nullopt;
    }
    bytes[i] = static_cast<uint8_t>(static_cast<int8_t>(held));
  }
  return bytes;
}

}  // namespace

std::optional<Integers> IntegerWeights(const Tensor& tensor,
                                       std::span<const float> values,
                                       int32_t axis) {
  Integers integers;
  std::vector<float>& scales = integers.quantization.scale;
  if (tensor.quantization && !tensor.quantization->scale.empty()) {
    scales = tensor.quantization->scale;
  } else if (AllEqual(values)) {
    scales = {ScaleFor(values[0])};
  } else {
    return std::nullopt;
  }
  size_t inner = 1;
  if (scales.size() > 1) {
    const size_t a = axis;
    if (tensor.quantization->quantized_dimension != axis ||
        a >= tensor.shape.size() ||
        static_cast<int64_t>(scales.size()) != tensor.shape[a]) {
      return std::nullopt;
    }
    for (size_t i = a + 1; i < tensor.shape.size(); ++i) {
      inner *= static_cast<size_t>(tensor.shape[i]);
    }
    integers.quantization.quantized_dimension = axis;
  }
  auto bytes = Exactly(values, scales, inner, 0);
  if (!bytes) return std::nullopt;
  integers.bytes = std::move(*bytes);
  integers.quantization.zero_point.assign(scales.size(), 0);
  return integers;
}

std::optional<Integers> IntegerBias(std::span<const float> values,
                                    const Scale& input,
                                    std::span<const float> weight_scales) {
  if (weight_scales.size() != 1 && weight_scales.size() != values.size()) {
    return std::nullopt;
  }
  Integers integers;
  integers.type = TensorType::kInt32;
  for (const float scale : weight_scales) {
    integers.quantization.scale.push_back(scale * input.scale);
  }
  integers.quantization.zero_point.assign(weight_scales.size(), 0);
  integers.bytes.reserve(values.size() * sizeof(int32_t));
  for (size_t i = 0; i < values.size(); ++i) {
    const float weight_scale = weight_scales[weight_scales.size() == 1 ? 0 : i];
    const double steps = std::nearbyint(
        static_cast<double>(values[i]) /
        (static_cast<double>(input.scale) * static_cast<double>(weight_scale)));
    if (!(std::abs(steps) <= std::numeric_limits<int32_t>::max())) {
      return std::nullopt;
    }
    const auto bits = static_cast<uint32_t>(static_cast<int32_t>(steps));
    for (const unsigned shift : {0U, 8U, 16U, 24U}) {
      integers.bytes.push_back(static_cast<uint8_t>(bits >> shift));
    }
  }
  return integers;
}

std::optional<Integers> IntegerOperand(const Tensor& tensor,
                                       std::span<const float> values) {
  if (tensor.quantization && tensor.quantization->scale.size() == 1 &&
      tensor.quantization->zero_point.size() == 1) {
    const Scale own = {tensor.quantization->scale[0],
                       tensor.quantization->zero_point[0]};
    // It may be of uint8.
    for (const int64_t zero : {own.zero_point, own.zero_point - 128}) {
      auto bytes = Exactly(values, {&own.scale, 1}, 1, zero);
      if (!bytes || zero < -128 || zero > 127) continue;
      return Integers{TensorType::kInt8, std::move(*bytes),
                      QuantizationOf({own.scale, zero})};
    }
  }
  if (!AllEqual(values)) return std::nullopt;
  return IntegersAt({ScaleFor(values[0]), 0}, values);
}

Integers IntegersAt(const Scale& scale, std::span<const float> values) {
  Integers integers;
  integers.quantization = QuantizationOf(scale);
  integers.bytes.reserve(values.size());
  for (const float value : values) {
    const double steps = StepsOf(scale, static_cast<double>(value));
    const double held =
        std::isnan(steps) ? 0 : std::clamp(steps, kLeast, kMost);
    integers.bytes.push_back(static_cast<uint8_t>(static_cast<int8_t>(held)));
  }
  return integers;
}

bool IsInRange(const Scale& scale, float value) {
  const double steps = StepsOf(scale, static_cast<double>(value));
  return steps >= kLeast && steps <= kMost;
}

double StepsOf(const Scale& scale, double value) {
  return std::round(value / static_cast<double>(scale.scale)) +
         static_cast<double>(scale.zero_point);
}

}  // namespace tinyml::transform
