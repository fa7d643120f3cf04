// Convolutions with vector instructions. Integer results equal those of
// conv_2d_plain.h; floats differ by rounding.
#ifndef TINYML_OPS_LAYERS_CONV_2D_FAST_H_
#define TINYML_OPS_LAYERS_CONV_2D_FAST_H_

#include <cstdint>
#include <vector>

#include "ops/layers/conv_2d_kernels.h"
#include "ops/layers/conv_2d_simd.h"

namespace tinyml::ops {

// Each returns null if the fast form does not cover the parameters, or would
// not be fast. `constant_filter` is as in MakeConv.
ConvFunction<int8_t, int8_t, int32_t> FastConvInt8(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter);
// Acc is int32_t or int64_t.
template <typename Acc>
ConvFunction<int16_t, int8_t, Acc> FastConvInt16(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter);
ConvFunction<float, float, float> FastConvFloat(
    const ConvGeometry& geometry, const FloatActivationRange& range,
    const float* constant_filter);

// What is known about a requantization beforehand, for the vector kernels.
class PaddedRequantization {
 public:
  // Output channel c goes to index_of[c] in arrays of `size` elements.
  PaddedRequantization(const Requantization& quantization,
                       std::vector<int64_t> index_of, int64_t size);
  // A view of it with `bias`, which may be null.
  SimdRequantization Get(const int32_t* bias);

  // Whether the vector kernels can do it for outputs of int8.
  static bool IsCovered(const Requantization& quantization);

 private:
  std::vector<int64_t> index_of_;
  std::vector<int32_t> multipliers_;
  std::vector<int32_t> left_shifts_;
  std::vector<int32_t> right_shifts_;
  std::vector<int32_t> bias_;
  int32_t output_offset_;
  ActivationRange range_;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_FAST_H_
