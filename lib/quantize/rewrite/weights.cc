#include "quantize/rewrite/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace tinyml::quantize {
namespace {

constexpr double kMostWeight = 127;

// The most that a bias may be: a bit less than its type holds, so that sums
// starting there have room.
double MostBias(TensorType type) {
  return type == TensorType::kInt32 ? 0x1p30 : 0x1p46;
}

float BiasScale(float input_scale, float weight_scale) {
  return input_scale * weight_scale;
}

}  // namespace

ChannelIndex::ChannelIndex(std::span<const int32_t> shape, int axis) {
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i == static_cast<size_t>(axis)) {
      channels_ = static_cast<size_t>(std::max(1, shape[i]));
    } else if (i > static_cast<size_t>(axis)) {
      inner_ *= static_cast<size_t>(std::max(1, shape[i]));
    }
  }
}

std::vector<float> ScalesOf(std::span<const float> weights,
                            const ChannelIndex& channels, bool per_channel) {
  std::vector<double> most(channels.channels(), 0);
  for (size_t i = 0; i < weights.size(); ++i) {
    double& of_channel = most[channels.Of(i)];
    of_channel =
        std::max(of_channel, std::abs(static_cast<double>(weights[i])));
  }
  const double all = *std::ranges::max_element(most);
  if (!per_channel) most.assign(1, all);
  std::vector<float> scales;
  for (const double magnitude : most) {
    // A channel of zeros takes the scale of the largest one. Denormal scales
    // would be lost in the kernels' multipliers.
    const double used = magnitude > 0 ? magnitude : all > 0 ? all : 1.0;
    scales.push_back(std::max(static_cast<float>(used / kMostWeight),
                              std::numeric_limits<float>::min()));
  }
  return scales;
}

std::vector<int8_t> RoundToNearest(std::span<const float> weights,
                                   const ChannelIndex& channels,
                                   std::span<const float> scales) {
  std::vector<int8_t> values(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const auto scale = static_cast<double>(
        scales.size() == 1 ? scales[0] : scales[channels.Of(i)]);
    values[i] = static_cast<int8_t>(
        std::clamp(std::round(static_cast<double>(weights[i]) / scale),
                   -kMostWeight, kMostWeight));
  }
  return values;
}

bool FitBias(std::span<const double> bias, float input_scale, TensorType type,
             std::vector<float>& scales) {
  bool raised = false;
  for (size_t i = 0; i < bias.size(); ++i) {
    float& scale = scales.size() == 1 ? scales[0] : scales[i];
    const double least =
        std::abs(bias[i]) / MostBias(type) / static_cast<double>(input_scale);
    if (least > static_cast<double>(scale)) {
      scale = static_cast<float>(least * (1 + 1e-6));
      raised = true;
    }
  }
  return raised;
}

std::vector<uint8_t> QuantizeBias(std::span<const double> bias,
                                  float input_scale,
                                  std::span<const float> scales,
                                  TensorType type) {
  const size_t width = type == TensorType::kInt32 ? 4 : 8;
  std::vector<uint8_t> bytes(bias.size() * width);
  for (size_t i = 0; i < bias.size(); ++i) {
    const float scale =
        BiasScale(input_scale, scales.size() == 1 ? scales[0] : scales[i]);
    const double most = MostBias(type) * 2 - 1;
    const auto value = static_cast<int64_t>(std::clamp(
        std::round(bias[i] / static_cast<double>(scale)), -most, most));
    const auto narrow = static_cast<int32_t>(value);
    if (width == 4) {
      std::memcpy(bytes.data() + i * width, &narrow, width);
    } else {
      std::memcpy(bytes.data() + i * width, &value, width);
    }
  }
  return bytes;
}

}  // namespace tinyml::quantize
