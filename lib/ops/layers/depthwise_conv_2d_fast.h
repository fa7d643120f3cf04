// Depthwise convolutions with vector instructions. Integer results equal those
// of conv_2d_plain.h; floats differ by rounding.
#ifndef TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_FAST_H_
#define TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_FAST_H_

#include <cstdint>

#include "ops/layers/conv_2d_kernels.h"

namespace tinyml::ops {

// Each returns null if the fast form does not cover the parameters.
// `constant_filter` is as in MakeConv.
ConvFunction<int8_t, int8_t, int32_t> FastDepthwiseInt8(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter);
ConvFunction<float, float, float> FastDepthwiseFloat(
    const ConvGeometry& geometry, const FloatActivationRange& range,
    const float* constant_filter);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_FAST_H_
