#include "ops/layers/depthwise_conv_2d_simd.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layers/depthwise_conv_2d_simd.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>
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

constexpr int kPixels =
    4;  // Processed together, so that they share loaded weights.

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
      const To value = copy(*from++);
      for (int32_t m = 0; m < g.multiplier; ++m) channel[m] = value;
    }
  }
}

// Calls run(output row, number of sights) for every output row, with the
// sights in d.sights and their input rows kept; keep(input row, offset in
// `rows`) puts one there.
template <typename Keep, typename Run>
HWY_INLINE void ForEachRow(const SimdDepthwise& d, int32_t batch,
                           const Keep& keep, const Run& run) {
  const ConvGeometry& g = *d.geometry;
  std::fill_n(d.kept, d.slots, int64_t{-1});
  for (int64_t y = 0; y < g.output.height; ++y) {
    const int64_t top = y * g.stride.height - g.padding.height;
    int64_t count = 0;
    for (int64_t ky = 0; ky < g.filter.height; ++ky) {
      const int64_t in_y = top + ky * g.dilation.height;
      if (in_y < 0 || in_y >= g.input.height) continue;
      const int64_t slot = in_y % d.slots;
      const int64_t offset = slot * d.slot_size;
      if (d.kept[slot] != in_y) {
        keep(batch * g.input.height + in_y, offset);
        d.kept[slot] = in_y;
      }
      d.sights[count++] = {ky, offset};
    }
    run(batch * g.output.height + y, count);
  }
}

// Calls patch(x, channel, N) for every N = kPixels (then single) outputs of a
// row, vector by vector.
template <typename Patch>
HWY_INLINE void ForEachPatch(const SimdDepthwise& d, const Patch& patch) {
  const int64_t width = d.geometry->output.width;
  for (int64_t c = 0; c < d.channels; c += d.lanes) {
    int64_t x = 0;
    for (; x + kPixels <= width; x += kPixels) {
      patch(x, c, std::integral_constant<int, kPixels>());
    }
    for (; x < width; ++x) patch(x, c, std::integral_constant<int, 1>());
  }
}

struct WidenedInputs {
  int16_t offset;
  HWY_INLINE int16_t operator()(int8_t value) const {
    return static_cast<int16_t>(value + offset);
  }
  HWY_INLINE void operator()(const int8_t* from, int64_t count,
                             int16_t* to) const {
    Widen(from, count, offset, to);
  }
};

struct SameInputs {
  HWY_INLINE float operator()(float value) const { return value; }
  HWY_INLINE void operator()(const float* from, int64_t count,
                             float* to) const {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
  }
};

// Pairs every element with the one `distance` after it.
HWY_INLINE void PairUp(const int16_t* HWY_RESTRICT from, int64_t count,
                       int64_t distance, int16_t* HWY_RESTRICT to) {
  const hn::ScalableTag<int16_t> d16;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d16));
  for (int64_t i = 0; i < count; i += lanes) {
    hn::StoreInterleaved2(hn::LoadU(d16, from + i),
                          hn::LoadU(d16, from + i + distance), d16, to + 2 * i);
  }
}

template <class D32>
HWY_INLINE void DepthwiseInt8Lanes(D32 d32, const SimdDepthwise& d,
                                   const SimdRequantization& quantization,
                                   int32_t input_offset, const int16_t* weights,
                                   int16_t* row, int16_t* rows,
                                   const int8_t* input, int8_t* output) {
  const ConvGeometry& g = *d.geometry;
  const hn::Repartition<int16_t, D32> d16;
  const int64_t distance = g.dilation.width * d.channels;
  const int64_t pairs = (g.filter.width + 1) / 2;
  const int64_t step = 2 * g.stride.width * d.channels;
  const WidenedInputs copy = {static_cast<int16_t>(input_offset)};
  const auto keep = [&](int64_t in_row, int64_t offset) HWY_ATTR {
    SpreadRow(d, d.columns + g.dilation.width,
              input + in_row * g.input.width * g.input_channels, copy, row);
    PairUp(row, d.columns * d.channels, distance, rows + offset);
  };
  const auto run = [&](int64_t y, int64_t count) HWY_ATTR {
    ForEachPatch(d, [&](int64_t x, int64_t c, auto number) HWY_ATTR {
      constexpr int N = decltype(number)::value;
      auto s0 = hn::Zero(d32), s1 = s0, s2 = s0, s3 = s0;
      for (int64_t i = 0; i < count; ++i) {
        const int16_t* from = rows + d.sights[i].offset + x * step + 2 * c;
        const int16_t* w =
            weights + 2 * (d.sights[i].filter_row * pairs * d.channels + c);
        for (int64_t k = 0; k < pairs; ++k) {
          const auto weight = hn::LoadU(d16, w);
          s0 = PairDot(d32, hn::LoadU(d16, from), weight, s0);
          if constexpr (N > 1) {
            s1 = PairDot(d32, hn::LoadU(d16, from + step), weight, s1);
            s2 = PairDot(d32, hn::LoadU(d16, from + 2 * step), weight, s2);
            s3 = PairDot(d32, hn::LoadU(d16, from + 3 * step), weight, s3);
          }
          from += 4 * distance;
          w += 2 * d.channels;
        }
      }
      int8_t* to = output + (y * g.output.width + x) * g.output_channels + c;
      const auto store = [&](auto sum, int64_t pixel) HWY_ATTR {
        StoreBytes(d32, RequantizeLanes(d32, sum, quantization, c),
                   g.output_channels - c, to + pixel * g.output_channels);
      };
      store(s0, 0);
      if constexpr (N > 1) {
        store(s1, 1);
        store(s2, 2);
        store(s3, 3);
      }
    });
  };
  for (int32_t b = 0; b < g.batches; ++b) ForEachRow(d, b, keep, run);
}

template <class DF>
HWY_INLINE void DepthwiseFloatLanes(DF df, const SimdDepthwise& d,
                                    const FloatActivationRange& range,
                                    const float* bias, const float* weights,
                                    float* rows, const float* input,
                                    float* output) {
  const ConvGeometry& g = *d.geometry;
  const int64_t distance = g.dilation.width * d.channels;
  const int64_t step = g.stride.width * d.channels;
  const auto keep = [&](int64_t in_row, int64_t offset) HWY_ATTR {
    SpreadRow(d, d.columns, input + in_row * g.input.width * g.input_channels,
              SameInputs(), rows + offset);
  };
  const auto run = [&](int64_t y, int64_t count) HWY_ATTR {
    ForEachPatch(d, [&](int64_t x, int64_t c, auto number) HWY_ATTR {
      constexpr int N = decltype(number)::value;
      auto s0 = hn::Zero(df), s1 = s0, s2 = s0, s3 = s0;
      for (int64_t i = 0; i < count; ++i) {
        const float* from = rows + d.sights[i].offset + x * step + c;
        const float* w =
            weights + d.sights[i].filter_row * g.filter.width * d.channels + c;
        for (int64_t k = 0; k < g.filter.width; ++k) {
          const auto weight = hn::LoadU(df, w);
          s0 = hn::MulAdd(hn::LoadU(df, from), weight, s0);
          if constexpr (N > 1) {
            s1 = hn::MulAdd(hn::LoadU(df, from + step), weight, s1);
            s2 = hn::MulAdd(hn::LoadU(df, from + 2 * step), weight, s2);
            s3 = hn::MulAdd(hn::LoadU(df, from + 3 * step), weight, s3);
          }
          from += distance;
          w += d.channels;
        }
      }
      float* to = output + (y * g.output.width + x) * g.output_channels + c;
      const auto store = [&](auto sum, int64_t pixel) HWY_ATTR {
        const auto value = hn::Add(sum, hn::LoadU(df, bias + c));
        StoreFloats(df, ClampFloats(df, value, range), g.output_channels - c,
                    to + pixel * g.output_channels);
      };
      store(s0, 0);
      if constexpr (N > 1) {
        store(s1, 1);
        store(s2, 2);
        store(s3, 3);
      }
    });
  };
  for (int32_t b = 0; b < g.batches; ++b) ForEachRow(d, b, keep, run);
}

void DepthwiseInt8(const SimdDepthwise& depthwise,
                   const SimdRequantization& quantization, int32_t input_offset,
                   const int16_t* weights, int16_t* row, int16_t* rows,
                   const int8_t* input, int8_t* output) {
  WithLanes<int32_t>(depthwise.lanes, [&](auto d32) HWY_ATTR {
    DepthwiseInt8Lanes(d32, depthwise, quantization, input_offset, weights, row,
                       rows, input, output);
  });
}

void DepthwiseFloat(const SimdDepthwise& depthwise,
                    const FloatActivationRange& range, const float* bias,
                    const float* weights, float* rows, const float* input,
                    float* output) {
  WithLanes<float>(depthwise.lanes, [&](auto df) HWY_ATTR {
    DepthwiseFloatLanes(df, depthwise, range, bias, weights, rows, input,
                        output);
  });
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
