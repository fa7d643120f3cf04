#include "ops/layers/depthwise_simd.h"

#include <algorithm>
#include <cstring>

// Vectors whose size is not known to the compiler cannot lie in arrays.
#define HWY_DISABLED_TARGETS \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layers/depthwise_simd.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "ops/layers/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void DepthwiseInt8(const SimdDepthwise& /*depthwise*/,
                   const SimdRequantization& /*quantization*/,
                   int32_t /*input_offset*/, const int16_t* /*weights*/,
                   int16_t* /*row*/, int16_t* /*rows*/, const int8_t* /*input*/,
                   int8_t* /*output*/) {}
void DepthwiseFloat(const SimdDepthwise& /*depthwise*/,
                    const FloatActivationRange& /*range*/,
                    const float* /*bias*/, const float* /*weights*/,
                    float* /*rows*/, const float* /*input*/,
                    float* /*output*/) {}

#else

constexpr int kPixels = 4;  // Handled together, so that weights serve all.

// Writes the columns of an input row that lie within `columns`.
template <typename From, typename To, typename Copy>
HWY_INLINE void SpreadRow(const SimdDepthwise& d, int64_t columns,
                          const From* from, const Copy& copy, To* to) {
  const ConvGeometry& g = *d.geometry;
  const int64_t count =
      std::min<int64_t>(g.input.width, columns - g.padding.width);
  to += g.padding.width * d.channels;
  if (d.channels == g.input_channels) {
    if (count > 0) copy(from, count * d.channels, to);
    return;
  }
  for (int64_t x = 0; x < count; ++x, to += d.channels) {
    if (g.multiplier == 1) {
      copy(from, g.input_channels, to);
      from += g.input_channels;
      continue;
    }
    To* channel = to;
    for (int32_t c = 0; c < g.input_channels; ++c, channel += g.multiplier) {
      To value{0};
      copy(from++, 1, &value);
      std::fill(channel, channel + g.multiplier, value);
    }
  }
}

// Calls run(output row, number of filter rows that see the input) for every
// output row, with the numbers of those filter rows in d.visible and their
// input rows kept; keep(input row, slot) puts one there.
template <typename Keep, typename Run>
HWY_INLINE void ForEachRow(const SimdDepthwise& d, int32_t batch,
                           const Keep& keep, const Run& run) {
  const ConvGeometry& g = *d.geometry;
  std::fill_n(d.kept, d.slots, int64_t{-1});
  for (int64_t y = 0; y < g.output.height; ++y) {
    const int64_t top = y * g.stride.height - g.padding.height;
    int64_t visible = 0;
    for (int64_t ky = 0; ky < g.filter.height; ++ky) {
      const int64_t in_y = top + ky * g.dilation.height;
      if (in_y < 0 || in_y >= g.input.height) continue;
      const int64_t slot = in_y % d.slots;
      if (d.kept[slot] != in_y) {
        keep(batch * g.input.height + in_y, slot);
        d.kept[slot] = in_y;
      }
      d.visible[visible++] = ky;
    }
    run(batch * g.output.height + y, visible);
  }
}

struct WidenedInputs {
  int16_t offset;
  HWY_INLINE void operator()(const int8_t* from, int64_t count,
                             int16_t* to) const {
    Widen(from, count, offset, to);
  }
};

struct SameInputs {
  HWY_INLINE void operator()(const float* from, int64_t count,
                             float* to) const {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
  }
};

// Pairs every element with the one `distance` further on.
HWY_INLINE void PairUp(const int16_t* HWY_RESTRICT from, int64_t count,
                       int64_t distance, int16_t* HWY_RESTRICT to) {
  const hn::ScalableTag<int16_t> d16;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d16));
  for (int64_t i = 0; i < count; i += lanes) {
    hn::StoreInterleaved2(hn::LoadU(d16, from + i),
                          hn::LoadU(d16, from + i + distance), d16, to + 2 * i);
  }
}

void DepthwiseInt8(const SimdDepthwise& d,
                   const SimdRequantization& quantization, int32_t input_offset,
                   const int16_t* weights, int16_t* row, int16_t* rows,
                   const int8_t* input, int8_t* output) {
  const ConvGeometry& g = *d.geometry;
  const hn::ScalableTag<int32_t> d32;
  const hn::Repartition<int16_t, decltype(d32)> d16;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d32));
  const int64_t distance = g.dilation.width * d.channels;
  const int64_t pairs = (g.filter.width + 1) / 2;
  const WidenedInputs copy = {static_cast<int16_t>(input_offset)};
  const auto keep = [&](int64_t in_row, int64_t slot) HWY_ATTR {
    SpreadRow(d, d.columns + g.dilation.width,
              input + in_row * g.input.width * g.input_channels, copy, row);
    PairUp(row, d.columns * d.channels, distance, rows + slot * d.slot_size);
  };
  // The sums of N neighbouring outputs.
  const auto patch = [&](int64_t y, int64_t x, int64_t c, int64_t visible,
                         auto number) HWY_ATTR {
    constexpr int N = decltype(number)::value;
    hn::Vec<decltype(d32)> sums[N];
    for (int n = 0; n < N; ++n) sums[n] = hn::Zero(d32);
    const int64_t top =
        y % g.output.height * g.stride.height - g.padding.height;
    const int64_t step = 2 * g.stride.width * d.channels;
    for (int64_t i = 0; i < visible; ++i) {
      const int64_t ky = d.visible[i];
      const int64_t slot = (top + ky * g.dilation.height) % d.slots;
      const int16_t* from = rows + slot * d.slot_size + x * step + 2 * c;
      const int16_t* w = weights + 2 * (ky * pairs * d.channels + c);
      for (int64_t k = 0; k < pairs; ++k) {
        const auto weight = hn::LoadU(d16, w);
        for (int n = 0; n < N; ++n) {
          sums[n] =
              PairDot(d32, hn::LoadU(d16, from + n * step), weight, sums[n]);
        }
        from += 4 * distance;
        w += 2 * d.channels;
      }
    }
    for (int n = 0; n < N; ++n) {
      StoreBytes(d32, RequantizeLanes(d32, sums[n], quantization, c),
                 g.output_channels - c,
                 output + (y * g.output.width + x + n) * g.output_channels + c);
    }
  };
  const auto run = [&](int64_t y, int64_t visible) HWY_ATTR {
    for (int64_t c = 0; c < d.channels; c += lanes) {
      int64_t x = 0;
      for (; x + kPixels <= g.output.width; x += kPixels) {
        patch(y, x, c, visible, std::integral_constant<int, kPixels>());
      }
      for (; x < g.output.width; ++x) {
        patch(y, x, c, visible, std::integral_constant<int, 1>());
      }
    }
  };
  for (int32_t b = 0; b < g.batches; ++b) ForEachRow(d, b, keep, run);
}

void DepthwiseFloat(const SimdDepthwise& d, const FloatActivationRange& range,
                    const float* bias, const float* weights, float* rows,
                    const float* input, float* output) {
  const ConvGeometry& g = *d.geometry;
  const hn::ScalableTag<float> df;
  const auto lanes = static_cast<int64_t>(hn::Lanes(df));
  const auto keep = [&](int64_t in_row, int64_t slot) HWY_ATTR {
    SpreadRow(d, d.columns, input + in_row * g.input.width * g.input_channels,
              SameInputs(), rows + slot * d.slot_size);
  };
  const auto patch = [&](int64_t y, int64_t x, int64_t c, int64_t visible,
                         auto number) HWY_ATTR {
    constexpr int N = decltype(number)::value;
    hn::Vec<decltype(df)> sums[N];
    for (int n = 0; n < N; ++n) sums[n] = hn::Zero(df);
    const int64_t top =
        y % g.output.height * g.stride.height - g.padding.height;
    const int64_t step = g.stride.width * d.channels;
    for (int64_t i = 0; i < visible; ++i) {
      const int64_t ky = d.visible[i];
      const int64_t slot = (top + ky * g.dilation.height) % d.slots;
      const float* from = rows + slot * d.slot_size + x * step + c;
      const float* w = weights + ky * g.filter.width * d.channels + c;
      for (int64_t k = 0; k < g.filter.width; ++k) {
        const auto weight = hn::LoadU(df, w);
        for (int n = 0; n < N; ++n) {
          sums[n] = hn::MulAdd(hn::LoadU(df, from + n * step), weight, sums[n]);
        }
        from += g.dilation.width * d.channels;
        w += d.channels;
      }
    }
    for (int n = 0; n < N; ++n) {
      const auto value = hn::Add(sums[n], hn::LoadU(df, bias + c));
      StoreFloats(
          df, ClampFloats(df, value, range), g.output_channels - c,
          output + (y * g.output.width + x + n) * g.output_channels + c);
    }
  };
  const auto run = [&](int64_t y, int64_t visible) HWY_ATTR {
    for (int64_t c = 0; c < d.channels; c += lanes) {
      int64_t x = 0;
      for (; x + kPixels <= g.output.width; x += kPixels) {
        patch(y, x, c, visible, std::integral_constant<int, kPixels>());
      }
      for (; x < g.output.width; ++x) {
        patch(y, x, c, visible, std::integral_constant<int, 1>());
      }
    }
  };
  for (int32_t b = 0; b < g.batches; ++b) ForEachRow(d, b, keep, run);
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace tinyml::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinyml::ops {

HWY_EXPORT(DepthwiseInt8);
HWY_EXPORT(DepthwiseFloat);

void SimdDepthwiseInt8(const SimdDepthwise& depthwise,
                       const SimdRequantization& quantization,
                       int32_t input_offset, const int16_t* weights,
                       int16_t* row, int16_t* rows, const int8_t* input,
                       int8_t* output) {
  HWY_DYNAMIC_DISPATCH(DepthwiseInt8)
  (depthwise, quantization, input_offset, weights, row, rows, input, output);
}

void SimdDepthwiseFloat(const SimdDepthwise& depthwise,
                        const FloatActivationRange& range, const float* bias,
                        const float* weights, float* rows, const float* input,
                        float* output) {
  HWY_DYNAMIC_DISPATCH(DepthwiseFloat)
  (depthwise, range, bias, weights, rows, input, output);
}

}  // namespace tinyml::ops
#endif  // HWY_ONCE
