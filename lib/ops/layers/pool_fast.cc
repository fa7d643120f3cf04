#include "ops/layers/pool_fast.h"

namespace tinyml::ops {

template <typename T>
PoolFunction<T> MakePoolFunction(PoolKind kind, bool plain,
                                 const PoolGeometry& geometry,
                                 const PoolRange<T>& range) {
  static_cast<void>(plain);
  if (kind == PoolKind::kAverage) {
    return [geometry, range](const T* input, T* output) {
      AveragePoolPlain(geometry, range, input, output);
    };
  }
  return [geometry, range](const T* input, T* output) {
    MaxPoolPlain(geometry, range, input, output);
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
