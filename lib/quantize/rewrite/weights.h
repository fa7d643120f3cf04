// Weights and biases as integers.
#ifndef TINYML_QUANTIZE_REWRITE_WEIGHTS_H_
#define TINYML_QUANTIZE_REWRITE_WEIGHTS_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// The weights of a layer once quantized: symmetric int8, -127 to 127.
struct LayerWeights {
  std::vector<float> scales;   // One, or one for each output channel.
  std::vector<int8_t> values;  // In the order of the float weights.
  std::string method = "nearest";
};

// How the weights of each layer are quantized, and what is added to its bias.
struct WeightsPlan {
  std::map<OperatorId, LayerWeights> layers;
  std::map<OperatorId, std::vector<double>> bias_addends;
};

// The index of the output channel of each weight, in the weights' order.
// `shape` has `axis`.
class ChannelIndex {
 public:
  ChannelIndex(std::span<const int32_t> shape, int axis);
  size_t channels() const { return channels_; }
  size_t Of(size_t i) const { return i / inner_ % channels_; }

 private:
  size_t channels_ = 1;
  size_t inner_ = 1;
};

// The scales with which the largest magnitude is 127; `per_channel`: of each
// channel.
std::vector<float> ScalesOf(std::span<const float> weights,
                            const ChannelIndex& channels, bool per_channel);

// The integers nearest to the weights.
std::vector<int8_t> RoundToNearest(std::span<const float> weights,
                                   const ChannelIndex& channels,
                                   std::span<const float> scales);

// Raises scales so that each element of `bias` fits `type` (kInt32, kInt64)
// with scale `input_scale` x weights' scale. Returns whether any was raised.
bool FitBias(std::span<const double> bias, float input_scale, TensorType type,
             std::vector<float>& scales);

// The bytes of a bias of `type`; scale `input_scale` x that of the channel.
std::vector<uint8_t> QuantizeBias(std::span<const double> bias,
                                  float input_scale,
                                  std::span<const float> scales,
                                  TensorType type);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_WEIGHTS_H_
