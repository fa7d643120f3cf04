// What convolutions have in common: shapes, requantization, and the filters
// and biases they read.
#ifndef TINYML_OPS_LAYERS_CONV_2D_GEOMETRY_H_
#define TINYML_OPS_LAYERS_CONV_2D_GEOMETRY_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "ops/fixed_point.h"
#include "ops/kernel.h"

namespace tinyml::ops {

struct Plane {
  int32_t height = 1;
  int32_t width = 1;

  int64_t Elements() const { return int64_t{height} * width; }
};

// Shapes of a convolution. Output (y, x) sees the input at
// (y, x) * stride - padding + tap * dilation, where that lies inside; strides,
// dilations and the output's size may have any value, as the runtime checks
// none of them.
struct ConvGeometry {
  int32_t batches = 1;
  Plane input;
  Plane filter;
  Plane output;
  Plane stride;
  Plane dilation;
  Plane padding = {0, 0};
  int32_t input_channels = 1;
  int32_t output_channels = 1;
  // Groups of a convolution; each output channel reads input_channels / groups.
  int32_t groups = 1;
  // Outputs per input channel of a depthwise convolution.
  int32_t multiplier = 1;

  int32_t GroupInputs() const { return input_channels / groups; }
  int32_t GroupOutputs() const { return output_channels / groups; }
  int64_t OutputPixels() const { return batches * output.Elements(); }
};

// How sums become outputs.
struct Requantization {
  int32_t input_offset = 0;   // Added to inputs.
  int32_t output_offset = 0;  // Added to outputs.
  ActivationRange range;
  std::vector<QuantizedMultiplier> factors;  // By output channel.
  // CMSIS-NN drops the upper half of a sum of 64 bits before it rounds, where
  // the reference does after.
  bool narrow_before_rounding = false;
};

// The output for sum `acc` of channel `channel`. The shifts of the factors must
// be -31 to 31, for 64-bit sums -31 to 7 (CMSIS-NN: 14).
inline int32_t Requantize(const Requantization& quantization, int32_t channel,
                          int32_t acc) {
  const QuantizedMultiplier factor = quantization.factors[channel];
  const auto value = static_cast<int32_t>(
      static_cast<uint32_t>(MultiplyByQuantizedMultiplier(acc, factor)) +
      static_cast<uint32_t>(quantization.output_offset));
  return std::min(std::max(value, quantization.range.min),
                  quantization.range.max);
}
int32_t Requantize(const Requantization& quantization, int32_t channel,
                   int64_t acc);

// The factor of each of `channels` output channels: input scale x filter scale
// / output scale. Refuses a filter with neither one scale nor one for each
// channel, and factors beyond 2^max_shift. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/kernel_util.cc, PopulateConvolutionQuantizationParams.
Result<std::vector<QuantizedMultiplier>> ChannelFactors(
    const OpContext& op, const TensorView& input, const TensorView& filter,
    const TensorView& output, int32_t channels);

// Refuses factors whose shift is out of range for sums of `sum_bits` bits and,
// with the reference kernels, which assert this, an empty activation range.
Status CheckRequantization(const OpContext& op,
                           const Requantization& quantization, int sum_bits);

// A bias, which the runtime reads as the type of its sums, whatever its own
// type is. Past its end it counts as 0.
template <typename T>
class BiasValues {
 public:
  // Warns if there are fewer than `count` values. `bias` may be null.
  BiasValues(OpContext& op, const TensorView* bias, int64_t count)
      : bias_(bias) {
    if (bias == nullptr) return;
    const auto needed = static_cast<size_t>(count) * sizeof(T);
    const bool aligned =
        reinterpret_cast<uintptr_t>(bias->bytes.data()) % alignof(T) == 0;
    if (bias->bytes.size() >= needed && aligned) return;
    copy_.resize(count);
    if (bias->bytes.size() < needed) {
      op.Warn("bias " + bias->Describe() +
              " is read past its end as int64 or for more channels than it "
              "has; what the runtime finds there is undefined; it is 0 here");
    }
  }

  // The current values, or null without a bias.
  const T* Get() {
    if (bias_ == nullptr) return nullptr;
    if (copy_.empty()) return reinterpret_cast<const T*>(bias_->bytes.data());
    std::memcpy(copy_.data(), bias_->bytes.data(),
                std::min(copy_.size() * sizeof(T), bias_->bytes.size()));
    return copy_.data();
  }

 private:
  const TensorView* bias_;
  std::vector<T> copy_;
};

// Writes the int4 values of `packed`, the lower half of each byte first.
// Requires (values.size() + 1) / 2 bytes.
void UnpackInt4(std::span<const uint8_t> packed, std::span<int8_t> values);

// A filter of int8 or int4 elements as int8.
class FilterValues {
 public:
  explicit FilterValues(const TensorView& filter);

  bool IsConstant() const { return filter_->IsConstant(); }
  // The current values.
  const int8_t* Get() {
    if (filter_->type != TensorType::kInt4) {
      return filter_->As<int8_t>().data();
    }
    if (!IsConstant()) UnpackInt4(filter_->bytes, unpacked_);
    return unpacked_.data();
  }

 private:
  const TensorView* filter_;
  std::vector<int8_t> unpacked_;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_GEOMETRY_H_
