#include "ops/layers/conv_2d_geometry.h"

#include <algorithm>

#include "base/macros.h"

namespace tinyml::ops {

// Sources: tflite-micro 90b983c2b3f1, lite/kernels/internal/common.cc,
// MultiplyByQuantizedMultiplier(int64_t); CMSIS-NN 4ab83cc3cc98,
// Include/arm_nnsupportfunctions.h, arm_nn_requantize_s64 and
// REDUCE_MULTIPLIER.
int32_t Requantize(const Requantization& quantization, int32_t channel,
                   int64_t acc) {
  const QuantizedMultiplier factor = quantization.factors[channel];
  int32_t value = 0;
  if (quantization.narrow_before_rounding) {
    const int64_t reduced = factor.multiplier < 0x7FFF0000
                                ? (int64_t{factor.multiplier} + (1 << 15)) >> 16
                                : 0x7FFF;
    const auto product = static_cast<int64_t>(static_cast<uint64_t>(acc) *
                                              static_cast<uint64_t>(reduced));
    const auto narrow = static_cast<int32_t>(product >> (14 - factor.shift));
    value = static_cast<int32_t>(static_cast<uint32_t>(narrow) + 1U) >> 1;
  } else {
    value = MultiplyByQuantizedMultiplier(acc, factor);
  }
  value =
      static_cast<int32_t>(static_cast<uint32_t>(value) +
                           static_cast<uint32_t>(quantization.output_offset));
  return std::min(std::max(value, quantization.range.min),
                  quantization.range.max);
}

Result<std::vector<QuantizedMultiplier>> ChannelFactors(
    const OpContext& op, const TensorView& input, const TensorView& filter,
    const TensorView& output, int32_t channels) {
  TINYML_REQUIRE(op, filter.IsAffine(),
                 "filter " + filter.Describe() + " has no scale");
  const std::vector<float>& scales = filter.source->quantization->scale;
  const size_t count = channels;
  TINYML_REQUIRE(op, scales.size() == 1 || scales.size() >= count,
                 "filter " + filter.Describe() + " has " +
                     std::to_string(scales.size()) + " scales");
  std::vector<QuantizedMultiplier> factors(count);
  for (size_t i = 0; i < count; ++i) {
    const float scale = scales.size() == 1 ? scales[0] : scales[i];
    factors[i] = QuantizeMultiplier(static_cast<double>(input.scale) *
                                    static_cast<double>(scale) /
                                    static_cast<double>(output.scale));
  }
  return factors;
}

Status CheckRequantization(const OpContext& op,
                           const Requantization& quantization, int sum_bits) {
  const bool wide = sum_bits == 64;
  const int most = !wide ? 30 : (quantization.narrow_before_rounding ? 14 : 7);
  for (const QuantizedMultiplier& factor : quantization.factors) {
    TINYML_REQUIRE(op, factor.shift <= most,
                   "the scales give a factor of 2^" +
                       std::to_string(factor.shift - 1) +
                       " or more, which shifts out of range");
  }
  TINYML_REQUIRE(op,
                 op.results() == KernelResults::kCmsisNn ||
                     quantization.range.min <= quantization.range.max,
                 "the fused activation leaves no value of the output: the "
                 "runtime aborts");
  return {};
}

void UnpackInt4(std::span<const uint8_t> packed, std::span<int8_t> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t nibble = (packed[i / 2] >> (i % 2 * 4)) & 0xFU;
    values[i] = static_cast<int8_t>(static_cast<int32_t>(nibble ^ 8U) - 8);
  }
}

FilterValues::FilterValues(const TensorView& filter) : filter_(&filter) {
  if (filter.type != TensorType::kInt4) return;
  unpacked_.resize(filter.Elements());
  UnpackInt4(filter.bytes, unpacked_);
}

}  // namespace tinyml::ops
