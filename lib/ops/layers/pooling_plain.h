// Pooling that follows the formula literally. Sources: tflite-micro
// 90b983c2b3f1, lite/kernels/internal/reference/pooling.h and
// integer_ops/pooling.h.
#ifndef TINYML_OPS_LAYERS_POOLING_PLAIN_H_
#define TINYML_OPS_LAYERS_POOLING_PLAIN_H_

#include <algorithm>
#include <cstdint>

#include "ops/fixed_point.h"
#include "ops/layers/conv_2d_geometry.h"

namespace tinyml::ops {

// As in ConvGeometry, strides, filter and the output's size may have any value.
struct PoolGeometry {
  int32_t batches = 1;
  int32_t channels = 1;
  Plane input;
  Plane filter;
  Plane output;
  Plane stride;
  Plane padding = {0, 0};
};

// The part of an input axis that a window covers: [begin, end).
struct PoolSpan {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t Size() const { return std::max<int64_t>(end - begin, 0); }
};

struct PoolWindow {
  PoolSpan rows;
  PoolSpan columns;

  int64_t Size() const { return rows.Size() * columns.Size(); }
};

// The input that output (y, x) sees.
PoolWindow WindowOf(const PoolGeometry& geometry, int64_t y, int64_t x);

// Flat index (over batch, row and column) of the first output whose window is
// empty; the number of outputs if there is none.
int64_t FirstEmptyWindow(const PoolGeometry& geometry);

// The next two are there for int8_t, int16_t and float.
//
// Averages, rounding halves away from zero, up to the first empty window: as in
// the runtime, which then stops. The rest becomes 0.
template <typename T, typename Range>
void AveragePoolPlain(const PoolGeometry& geometry, const Range& range,
                      const T* input, T* output);

// Maxima; for an empty window, the least value of the type.
template <typename T, typename Range>
void MaxPoolPlain(const PoolGeometry& geometry, const Range& range,
                  const T* input, T* output);

// Root mean squares; NaN for an empty window.
void L2PoolPlain(const PoolGeometry& geometry,
                 const FloatActivationRange& range, const float* input,
                 float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_POOLING_PLAIN_H_
