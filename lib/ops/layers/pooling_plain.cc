#include "ops/layers/pooling_plain.h"

#include <cmath>
#include <limits>
#include <type_traits>

namespace tinyml::ops {
namespace {

PoolSpan SpanOf(int64_t output, int32_t stride, int32_t padding, int32_t filter,
                int32_t input) {
  const int64_t origin = output * stride - padding;
  return {std::max<int64_t>(origin, 0),
          std::min(origin + filter, int64_t{input})};
}

// A sum of integers divided by their number.
template <typename T>
class IntegerAverage {
 public:
  explicit IntegerAverage(const ActivationRange& range) : range_(range) {}
  static constexpr bool kStopsIfEmpty = true;
  void Start() { sum_ = 0; }
  void Add(T value) { sum_ += value; }
  T Finish(int64_t count) const {
    const int64_t half = count / 2;
    const int64_t mean = (sum_ > 0 ? sum_ + half : sum_ - half) / count;
    return static_cast<T>(
        std::min<int64_t>(std::max<int64_t>(mean, range_.min), range_.max));
  }

 private:
  ActivationRange range_;
  int64_t sum_ = 0;
};

float Clamp(float value, const FloatActivationRange& range) {
  return std::min(std::max(value, range.min), range.max);
}

class FloatAverage {
 public:
  explicit FloatAverage(const FloatActivationRange& range) : range_(range) {}
  static constexpr bool kStopsIfEmpty = true;
  void Start() { sum_ = 0.0F; }
  void Add(float value) { sum_ += value; }
  float Finish(int64_t count) const {
    return Clamp(sum_ / static_cast<float>(count), range_);
  }

 private:
  FloatActivationRange range_;
  float sum_ = 0.0F;
};

class MeanSquare {
 public:
  explicit MeanSquare(const FloatActivationRange& range) : range_(range) {}
  static constexpr bool kStopsIfEmpty = false;
  void Start() { sum_ = 0.0F; }
  void Add(float value) { sum_ += value * value; }
  float Finish(int64_t count) const {
    return Clamp(std::sqrt(sum_ / static_cast<float>(count)), range_);
  }

 private:
  FloatActivationRange range_;
  float sum_ = 0.0F;
};

template <typename T>
class Maximum {
 public:
  using Range = std::conditional_t<std::is_same_v<T, float>,
                                   FloatActivationRange, ActivationRange>;
  explicit Maximum(const Range& range)
      : min_(static_cast<T>(range.min)), max_(static_cast<T>(range.max)) {}
  static constexpr bool kStopsIfEmpty = false;
  void Start() { value_ = std::numeric_limits<T>::lowest(); }
  void Add(T value) { value_ = std::max(value_, value); }
  T Finish(int64_t /*count*/) const {
    return std::min(std::max(value_, min_), max_);
  }

 private:
  T min_;
  T max_;
  T value_ = 0;
};

template <typename T, typename Accumulator>
void Pool(const PoolGeometry& g, Accumulator accumulator, const T* input,
          T* output) {
  T* const end = output + g.batches * g.output.Elements() * g.channels;
  for (int32_t batch = 0; batch < g.batches; ++batch) {
    for (int64_t y = 0; y < g.output.height; ++y) {
      for (int64_t x = 0; x < g.output.width; ++x) {
        const PoolWindow window = WindowOf(g, y, x);
        const int64_t count = window.Size();
        if (Accumulator::kStopsIfEmpty && count == 0) {
          std::fill(output, end, T{0});
          return;
        }
        for (int64_t c = 0; c < g.channels; ++c) {
          accumulator.Start();
          for (int64_t row = window.rows.begin;
               count > 0 && row < window.rows.end; ++row) {
            for (int64_t column = window.columns.begin;
                 column < window.columns.end; ++column) {
              accumulator.Add(
                  input[(row * g.input.width + column) * g.channels + c]);
            }
          }
          *output++ = accumulator.Finish(count);
        }
      }
    }
    input += g.input.Elements() * g.channels;
  }
}

}  // namespace

PoolWindow WindowOf(const PoolGeometry& geometry, int64_t y, int64_t x) {
  return {SpanOf(y, geometry.stride.height, geometry.padding.height,
                 geometry.filter.height, geometry.input.height),
          SpanOf(x, geometry.stride.width, geometry.padding.width,
                 geometry.filter.width, geometry.input.width)};
}

int64_t FirstEmptyWindow(const PoolGeometry& geometry) {
  for (int64_t y = 0; y < geometry.output.height; ++y) {
    for (int64_t x = 0; x < geometry.output.width; ++x) {
      if (WindowOf(geometry, y, x).Size() == 0) {
        return y * geometry.output.width + x;
      }
    }
  }
  return geometry.batches * geometry.output.Elements();
}

template <typename T, typename Range>
void AveragePoolPlain(const PoolGeometry& geometry, const Range& range,
                      const T* input, T* output) {
  if constexpr (std::is_same_v<T, float>) {
    Pool(geometry, FloatAverage(range), input, output);
  } else {
    Pool(geometry, IntegerAverage<T>(range), input, output);
  }
}

template <typename T, typename Range>
void MaxPoolPlain(const PoolGeometry& geometry, const Range& range,
                  const T* input, T* output) {
  Pool(geometry, Maximum<T>(range), input, output);
}

#define TINYML_INSTANTIATE(T, Range)                                          \
  template void AveragePoolPlain(const PoolGeometry&, const Range&, const T*, \
                                 T*);                                         \
  template void MaxPoolPlain(const PoolGeometry&, const Range&, const T*, T*);
TINYML_INSTANTIATE(int8_t, ActivationRange)
TINYML_INSTANTIATE(int16_t, ActivationRange)
TINYML_INSTANTIATE(float, FloatActivationRange)
#undef TINYML_INSTANTIATE

void L2PoolPlain(const PoolGeometry& geometry,
                 const FloatActivationRange& range, const float* input,
                 float* output) {
  Pool(geometry, MeanSquare(range), input, output);
}

}  // namespace tinyml::ops
