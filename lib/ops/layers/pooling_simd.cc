#include "ops/layers/pooling_simd.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layers/pooling_simd.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

template <typename T, typename Range>
void AveragePool(const PoolGeometry& /*geometry*/, const Range& /*range*/,
                 const T* /*input*/, T* /*output*/) {}
template <typename T, typename Range>
void MaxPool(const PoolGeometry& /*geometry*/, const Range& /*range*/,
             const T* /*input*/, T* /*output*/) {}

#else

// Calls add(pointer to the first of the channels) for every pixel of a window.
template <typename T, typename Add>
HWY_INLINE void ForEachPixel(const PoolGeometry& g, const PoolWindow& window,
                             const T* input, const Add& add) {
  if (window.Size() == 0) return;
  for (int64_t y = window.rows.begin; y < window.rows.end; ++y) {
    const T* pixel =
        input + (y * g.input.width + window.columns.begin) * g.channels;
    for (int64_t x = window.columns.begin; x < window.columns.end; ++x) {
      add(pixel);
      pixel += g.channels;
    }
  }
}

// The sums of `Lanes(d)` channels in 32 bits.
template <class D, typename T>
HWY_INLINE hn::Vec<D> Sum(D d, const PoolGeometry& g, const PoolWindow& window,
                          const T* input) {
  auto sum = hn::Zero(d);
  ForEachPixel(g, window, input, [&](const T* pixel) HWY_ATTR {
    if constexpr (sizeof(T) == sizeof(hn::TFromD<D>)) {
      sum = hn::Add(sum, hn::LoadU(d, pixel));
    } else {
      const hn::Rebind<T, D> narrow;
      sum = hn::Add(sum, hn::PromoteTo(d, hn::LoadU(narrow, pixel)));
    }
  });
  return sum;
}

int32_t Finish(int32_t sum, int32_t count, const ActivationRange& range) {
  const int32_t half = count / 2;
  const int32_t mean = (sum > 0 ? sum + half : sum - half) / count;
  return std::min(std::max(mean, range.min), range.max);
}

float Finish(float sum, int32_t count, const FloatActivationRange& range) {
  const float mean = sum / static_cast<float>(count);
  return std::min(std::max(mean, range.min), range.max);
}

template <class D, typename T, typename Range>
HWY_INLINE int64_t AverageChannels(D d, const PoolGeometry& g,
                                   const PoolWindow& window, const Range& range,
                                   const T* input, int64_t channel, T* output) {
  using Sums = hn::TFromD<D>;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto count = static_cast<int32_t>(window.Size());
  HWY_ALIGN Sums sums[HWY_MAX_BYTES / sizeof(Sums)];
  for (; channel + lanes <= g.channels; channel += lanes) {
    hn::Store(Sum(d, g, window, input + channel), d, sums);
    for (int64_t i = 0; i < lanes; ++i) {
      output[channel + i] = static_cast<T>(Finish(sums[i], count, range));
    }
  }
  return channel;
}

template <typename T, typename Range>
void AveragePool(const PoolGeometry& g, const Range& range, const T* input,
                 T* output) {
  using Sums = std::conditional_t<std::is_same_v<Range, FloatActivationRange>,
                                  float, int32_t>;
  const hn::ScalableTag<Sums> full;
  const hn::CappedTag<Sums, 4> part;
  const hn::CappedTag<Sums, 1> one;
  T* const end = output + g.batches * g.output.Elements() * g.channels;
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.output.height; ++y) {
      for (int64_t x = 0; x < g.output.width; ++x) {
        const PoolWindow window = WindowOf(g, y, x);
        if (window.Size() == 0) {
          std::fill(output, end, T{0});
          return;
        }
        int64_t c = AverageChannels(full, g, window, range, input, 0, output);
        c = AverageChannels(part, g, window, range, input, c, output);
        AverageChannels(one, g, window, range, input, c, output);
        output += g.channels;
      }
    }
    input += g.input.Elements() * g.channels;
  }
}

template <class D, typename T>
HWY_INLINE int64_t MaxChannels(D d, const PoolGeometry& g,
                               const PoolWindow& window, T low, T high,
                               const T* input, int64_t channel, T* output) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (; channel + lanes <= g.channels; channel += lanes) {
    auto value = hn::Set(d, std::numeric_limits<T>::lowest());
    ForEachPixel(g, window, input + channel, [&](const T* pixel) HWY_ATTR {
      // With this order of operands, x86 ignores NaN.
      value = hn::Max(hn::LoadU(d, pixel), value);
    });
    value = hn::Min(hn::Max(value, hn::Set(d, low)), hn::Set(d, high));
    hn::StoreU(value, d, output + channel);
  }
  return channel;
}

template <typename T, typename Range>
void MaxPool(const PoolGeometry& g, const Range& range, const T* input,
             T* output) {
  const auto low = static_cast<T>(range.min);
  const auto high = static_cast<T>(range.max);
  const hn::ScalableTag<T> full;
  const hn::CappedTag<T, 8 / sizeof(T)> part;
  const hn::CappedTag<T, 1> one;
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.output.height; ++y) {
      for (int64_t x = 0; x < g.output.width; ++x) {
        const PoolWindow window = WindowOf(g, y, x);
        int64_t c = MaxChannels(full, g, window, low, high, input, 0, output);
        c = MaxChannels(part, g, window, low, high, input, c, output);
        MaxChannels(one, g, window, low, high, input, c, output);
        output += g.channels;
      }
    }
    input += g.input.Elements() * g.channels;
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

#define TINYML_POOL(Name, Pool, T, Range)                                     \
  void Name(const PoolGeometry& geometry, const Range& range, const T* input, \
            T* output) {                                                      \
    Pool(geometry, range, input, output);                                     \
  }
TINYML_POOL(AverageInt8, AveragePool, int8_t, ActivationRange)
TINYML_POOL(AverageInt16, AveragePool, int16_t, ActivationRange)
TINYML_POOL(AverageFloat, AveragePool, float, FloatActivationRange)
TINYML_POOL(MaxInt8, MaxPool, int8_t, ActivationRange)
TINYML_POOL(MaxInt16, MaxPool, int16_t, ActivationRange)
TINYML_POOL(MaxFloat, MaxPool, float, FloatActivationRange)
#undef TINYML_POOL

}  // namespace tinyml::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinyml::ops {

HWY_EXPORT(AverageInt8);
HWY_EXPORT(AverageInt16);
HWY_EXPORT(AverageFloat);
HWY_EXPORT(MaxInt8);
HWY_EXPORT(MaxInt16);
HWY_EXPORT(MaxFloat);

#define TINYML_POOL(Name, Kernel, T, Range)                                   \
  void Name(const PoolGeometry& geometry, const Range& range, const T* input, \
            T* output) {                                                      \
    HWY_DYNAMIC_DISPATCH(Kernel)(geometry, range, input, output);             \
  }
TINYML_POOL(SimdAveragePool, AverageInt8, int8_t, ActivationRange)
TINYML_POOL(SimdAveragePool, AverageInt16, int16_t, ActivationRange)
TINYML_POOL(SimdAveragePool, AverageFloat, float, FloatActivationRange)
TINYML_POOL(SimdMaxPool, MaxInt8, int8_t, ActivationRange)
TINYML_POOL(SimdMaxPool, MaxInt16, int16_t, ActivationRange)
TINYML_POOL(SimdMaxPool, MaxFloat, float, FloatActivationRange)
#undef TINYML_POOL

}  // namespace tinyml::ops
#endif  // HWY_ONCE
