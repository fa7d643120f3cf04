#include "ops/layers/conv_2d_plain.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace tinyml::ops {
namespace {

// A sum of products of integers, wrapping in Acc. A product has 32 bits even
// where the sum has 64, as in the runtime.
template <typename Acc>
class IntegerSum {
 public:
  using Bias = Acc;
  explicit IntegerSum(const Requantization& quantization)
      : quantization_(quantization),
        offset_(static_cast<uint32_t>(quantization.input_offset)) {}
  void Start() { sum_ = 0; }
  void Add(int32_t input, int8_t weight) {
    const uint32_t product = (static_cast<uint32_t>(input) + offset_) *
                             static_cast<uint32_t>(int32_t{weight});
    sum_ += static_cast<Unsigned>(Acc{static_cast<int32_t>(product)});
  }
  template <typename T>
  T Finish(int32_t channel, const Acc* bias) {
    if (bias != nullptr) sum_ += static_cast<Unsigned>(bias[channel]);
    return static_cast<T>(
        Requantize(quantization_, channel, static_cast<Acc>(sum_)));
  }

 private:
  using Unsigned = std::make_unsigned_t<Acc>;
  const Requantization& quantization_;
  uint32_t offset_;
  Unsigned sum_ = 0;
};

class FloatSum {
 public:
  using Bias = float;
  explicit FloatSum(const FloatActivationRange& range) : range_(range) {}
  void Start() { sum_ = 0.0F; }
  void Add(float input, float weight) { sum_ += input * weight; }
  template <typename T>
  T Finish(int32_t channel, const float* bias) {
    const float sum = sum_ + (bias != nullptr ? bias[channel] : 0.0F);
    return std::min(std::max(sum, range_.min), range_.max);
  }

 private:
  FloatActivationRange range_;
  float sum_ = 0.0F;
};

// Calls visit(tap, pixel) for every tap (y * width + x) of the window of
// output (y, x) that lies inside the input.
template <typename Visitor>
void VisitTaps(const ConvGeometry& g, int64_t y, int64_t x,
               const Visitor& visit) {
  if (g.filter.width <= 0 || g.input.width <= 0) return;
  const int64_t top = y * g.stride.height - g.padding.height;
  const int64_t left = x * g.stride.width - g.padding.width;
  for (int64_t ky = 0; ky < g.filter.height; ++ky) {
    const int64_t in_y = top + ky * g.dilation.height;
    if (in_y < 0 || in_y >= g.input.height) continue;
    for (int64_t kx = 0; kx < g.filter.width; ++kx) {
      const int64_t in_x = left + kx * g.dilation.width;
      if (in_x < 0 || in_x >= g.input.width) continue;
      visit(ky * g.filter.width + kx, in_y * g.input.width + in_x);
    }
  }
}

template <typename T, typename W, typename Sum>
void Conv(const ConvGeometry& g, Sum sum, const T* input, const W* filter,
          const typename Sum::Bias* bias, T* output) {
  const int64_t depth = g.GroupInputs();
  const int64_t filter_size = g.filter.Elements() * depth;
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.output.height; ++y) {
      for (int64_t x = 0; x < g.output.width; ++x) {
        for (int32_t c = 0; c < g.output_channels; ++c) {
          const T* group_input = input + c / g.GroupOutputs() * depth;
          const W* weights = filter + c * filter_size;
          sum.Start();
          VisitTaps(g, y, x, [&](int64_t tap, int64_t pixel) {
            const T* values = group_input + pixel * g.input_channels;
            const W* tap_weights = weights + tap * depth;
            for (int64_t i = 0; i < depth; ++i) {
              sum.Add(values[i], tap_weights[i]);
            }
          });
          *output++ = sum.template Finish<T>(c, bias);
        }
      }
    }
    input += g.input.Elements() * g.input_channels;
  }
}

template <typename T, typename W, typename Sum>
void DepthwiseConv(const ConvGeometry& g, Sum sum, const T* input,
                   const W* filter, const typename Sum::Bias* bias, T* output) {
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.output.height; ++y) {
      for (int64_t x = 0; x < g.output.width; ++x) {
        for (int32_t c = 0; c < g.output_channels; ++c) {
          const int32_t in_channel = c / g.multiplier;
          sum.Start();
          VisitTaps(g, y, x, [&](int64_t tap, int64_t pixel) {
            sum.Add(input[pixel * g.input_channels + in_channel],
                    filter[tap * g.output_channels + c]);
          });
          *output++ = sum.template Finish<T>(c, bias);
        }
      }
    }
    input += g.input.Elements() * g.input_channels;
  }
}

template <typename Acc>
using Sum =
    std::conditional_t<std::is_same_v<Acc, float>, FloatSum, IntegerSum<Acc>>;

}  // namespace

template <typename T, typename W, typename Acc, typename Params>
void ConvPlain(const ConvGeometry& geometry, const Params& params,
               const T* input, const W* filter, const Acc* bias, T* output) {
  Conv(geometry, Sum<Acc>(params), input, filter, bias, output);
}

template <typename T, typename W, typename Acc, typename Params>
void DepthwiseConvPlain(const ConvGeometry& geometry, const Params& params,
                        const T* input, const W* filter, const Acc* bias,
                        T* output) {
  DepthwiseConv(geometry, Sum<Acc>(params), input, filter, bias, output);
}

#define TINYML_INSTANTIATE(Function, T, W, Acc, Params)                \
  template void Function(const ConvGeometry&, const Params&, const T*, \
                         const W*, const Acc*, T*);
TINYML_INSTANTIATE(ConvPlain, int8_t, int8_t, int32_t, Requantization)
TINYML_INSTANTIATE(ConvPlain, int16_t, int8_t, int32_t, Requantization)
TINYML_INSTANTIATE(ConvPlain, int16_t, int8_t, int64_t, Requantization)
TINYML_INSTANTIATE(ConvPlain, float, float, float, FloatActivationRange)
TINYML_INSTANTIATE(DepthwiseConvPlain, int8_t, int8_t, int32_t, Requantization)
TINYML_INSTANTIATE(DepthwiseConvPlain, int16_t, int8_t, int64_t, Requantization)
TINYML_INSTANTIATE(DepthwiseConvPlain, float, float, float,
                   FloatActivationRange)
#undef TINYML_INSTANTIATE

}  // namespace tinyml::ops
