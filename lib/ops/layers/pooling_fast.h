// Pooling ready to run, in the plain or the fast form.
#ifndef TINYML_OPS_LAYERS_POOLING_FAST_H_
#define TINYML_OPS_LAYERS_POOLING_FAST_H_

#include <functional>
#include <type_traits>

#include "ops/layers/pooling_plain.h"

namespace tinyml::ops {

enum class PoolKind : uint8_t { kAverage, kMaximum };

template <typename T>
using PoolFunction = std::function<void(const T* input, T* output)>;

template <typename T>
using PoolRange = std::conditional_t<std::is_same_v<T, float>,
                                     FloatActivationRange, ActivationRange>;

// Returns the pooling in the requested form, for int8, int16 and float. Running
// it allocates nothing.
template <typename T>
PoolFunction<T> MakePoolFunction(PoolKind kind, bool plain,
                                 const PoolGeometry& geometry,
                                 const PoolRange<T>& range);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_POOLING_FAST_H_
