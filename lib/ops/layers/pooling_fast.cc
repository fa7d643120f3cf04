#include "ops/layers/pooling_fast.h"

#include "ops/layers/conv_2d_simd.h"
#include "ops/layers/pooling_simd.h"

namespace tinyml::ops {
namespace {

template <typename T>
bool IsCovered(PoolKind kind, const PoolGeometry& geometry) {
  if (SimdLanes() == 0) return false;
  if (kind == PoolKind::kMaximum || std::is_same_v<T, float>) return true;
  // The most that a window covers; each side is bounded first.
  const auto side = [](int32_t filter, int32_t input) {
    return int64_t{std::min(filter, input)};
  };
  return side(geometry.filter.height, geometry.input.height) *
             side(geometry.filter.width, geometry.input.width) <=
         kMaxAveraged;
}

}  // namespace

template <typename T>
PoolFunction<T> MakePoolFunction(PoolKind kind, bool plain,
                                 const PoolGeometry& geometry,
                                 const PoolRange<T>& range) {
  const bool fast = !plain && IsCovered<T>(kind, geometry);
  if (kind == PoolKind::kAverage) {
    return [geometry, range, fast](const T* input, T* output) {
      fast ? SimdAveragePool(geometry, range, input, output)
           : AveragePoolPlain(geometry, range, input, output);
    };
  }
  return [geometry, range, fast](const T* input, T* output) {
    fast ? SimdMaxPool(geometry, range, input, output)
         : MaxPoolPlain(geometry, range, input, output);
  };
}

template PoolFunction<int8_t> MakePoolFunction(PoolKind, bool,
                                               const PoolGeometry&,
                                               const ActivationRange&);
template PoolFunction<int16_t> MakePoolFunction(PoolKind, bool,
                                                const PoolGeometry&,
                                                const ActivationRange&);
template PoolFunction<float> MakePoolFunction(PoolKind, bool,
                                              const PoolGeometry&,
                                              const FloatActivationRange&);

}  // namespace tinyml::ops
