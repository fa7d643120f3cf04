#include "ops/layers/transpose_conv_plain.h"

#include <algorithm>
#include <type_traits>

namespace tinyml::ops {
namespace {

// Taps of one axis that reach the output from the input at `origin`.
struct Taps {
  int64_t begin = 0;
  int64_t end = 0;
};

Taps TapsInside(int64_t origin, int32_t filter, int32_t output) {
  return {std::max<int64_t>(0, -origin),
          std::min<int64_t>(filter, output - origin)};
}

// Adds every product to its sum; add(sum, input, weight) returns the new sum.
template <typename T, typename W, typename Sum, typename Add>
void Scatter(const ConvGeometry& g, const T* input, const W* filter, Sum* sums,
             const Add& add) {
  if (g.input.Elements() == 0 || g.filter.Elements() == 0) return;
  const int64_t depth = g.input_channels;
  const int64_t channels = g.output_channels;
  const int64_t filter_size = g.filter.Elements() * depth;
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.input.height; ++y) {
      const int64_t top = y * g.stride.height - g.padding.height;
      const Taps rows = TapsInside(top, g.filter.height, g.output.height);
      for (int64_t x = 0; x < g.input.width; ++x) {
        const int64_t left = x * g.stride.width - g.padding.width;
        const Taps columns = TapsInside(left, g.filter.width, g.output.width);
        for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
          for (int64_t kx = columns.begin; kx < columns.end; ++kx) {
            const int64_t pixel = (top + ky) * g.output.width + left + kx;
            const W* weights = filter + (ky * g.filter.width + kx) * depth;
            for (int64_t c = 0; c < channels; ++c) {
              Sum sum = sums[pixel * channels + c];
              for (int64_t i = 0; i < depth; ++i) {
                sum = add(sum, input[i], weights[c * filter_size + i]);
              }
              sums[pixel * channels + c] = sum;
            }
          }
        }
        input += depth;
      }
    }
    sums += g.output.Elements() * channels;
  }
}

}  // namespace

template <typename T, typename Acc>
void TransposeConvPlain(const ConvGeometry& geometry,
                        const Requantization& quantization, const T* input,
                        const int8_t* filter, const Acc* bias,
                        std::vector<Acc>& sums, T* output) {
  using Unsigned = std::make_unsigned_t<Acc>;
  std::fill(sums.begin(), sums.end(), Acc{0});
  const auto offset = static_cast<uint32_t>(quantization.input_offset);
  Scatter(geometry, input, filter, sums.data(),
          [offset](Acc sum, T value, int8_t weight) {
            const uint32_t product =
                (static_cast<uint32_t>(int32_t{value}) + offset) *
                static_cast<uint32_t>(int32_t{weight});
            return static_cast<Acc>(
                static_cast<Unsigned>(sum) +
                static_cast<Unsigned>(Acc{static_cast<int32_t>(product)}));
          });
  const size_t channels = geometry.output_channels;
  for (size_t i = 0; i < sums.size(); ++i) {
    const size_t c = i % channels;
    auto sum = static_cast<Unsigned>(sums[i]);
    if (bias != nullptr) sum += static_cast<Unsigned>(bias[c]);
    output[i] = static_cast<T>(Requantize(quantization, static_cast<int32_t>(c),
                                          static_cast<Acc>(sum)));
  }
}

#define TINYML_INSTANTIATE(T, Acc)                                             \
  template void TransposeConvPlain(const ConvGeometry&, const Requantization&, \
                                   const T*, const int8_t*, const Acc*,        \
                                   std::vector<Acc>&, T*);
TINYML_INSTANTIATE(int8_t, int32_t)
TINYML_INSTANTIATE(int16_t, int64_t)
#undef TINYML_INSTANTIATE

void TransposeConvPlain(const ConvGeometry& geometry,
                        const FloatActivationRange& range, const float* input,
                        const float* filter, const float* bias, float* output) {
  const auto count =
      static_cast<size_t>(geometry.OutputPixels() * geometry.output_channels);
  std::fill_n(output, count, 0.0F);
  Scatter(geometry, input, filter, output,
          [](float sum, float value, float weight) {
            return sum + value * weight;
          });
  const size_t channels = geometry.output_channels;
  for (size_t i = 0; i < count; ++i) {
    const float sum =
        bias != nullptr ? output[i] + bias[i % channels] : output[i];
    output[i] = std::min(std::max(sum, range.min), range.max);
  }
}

}  // namespace tinyml::ops
