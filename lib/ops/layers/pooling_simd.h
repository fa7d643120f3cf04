// Pooling with the vector instructions of the host's processor.
#ifndef TINYML_OPS_LAYERS_POOLING_SIMD_H_
#define TINYML_OPS_LAYERS_POOLING_SIMD_H_

#include <cstdint>

#include "ops/layers/pooling_plain.h"

namespace tinyml::ops {

// The results of AveragePoolPlain and MaxPoolPlain. Do nothing without vectors
// (SimdLanes() in conv_2d_simd.h); averages of integers require windows of at
// most kMaxAveraged values.
inline constexpr int64_t kMaxAveraged = 65535;

void SimdAveragePool(const PoolGeometry& geometry, const ActivationRange& range,
                     const int8_t* input, int8_t* output);
void SimdAveragePool(const PoolGeometry& geometry, const ActivationRange& range,
                     const int16_t* input, int16_t* output);
void SimdAveragePool(const PoolGeometry& geometry,
                     const FloatActivationRange& range, const float* input,
                     float* output);
void SimdMaxPool(const PoolGeometry& geometry, const ActivationRange& range,
                 const int8_t* input, int8_t* output);
void SimdMaxPool(const PoolGeometry& geometry, const ActivationRange& range,
                 const int16_t* input, int16_t* output);
void SimdMaxPool(const PoolGeometry& geometry,
                 const FloatActivationRange& range, const float* input,
                 float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_POOLING_SIMD_H_
