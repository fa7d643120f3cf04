// Convolutions that follow the formula literally. Sums wrap, as on the
// microcontroller. Sources: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/reference/conv.h and depthwiseconv_float.h,
// integer_ops/conv.h, integer_ops/depthwise_conv.h and
// integer_ops/fully_connected.h (a 1x1 convolution of a row of pixels).
#ifndef TINYML_OPS_LAYERS_CONV_2D_PLAIN_H_
#define TINYML_OPS_LAYERS_CONV_2D_PLAIN_H_

#include <cstdint>

#include "ops/layers/conv_2d_geometry.h"

namespace tinyml::ops {

// Input and output are [batches, height, width, channels], the filter
// [output channels, height, width, channels of a group]. `bias` may be null.
// The bias has the type of the sums.
void ConvPlain(const ConvGeometry& geometry, const Requantization& quantization,
               const int8_t* input, const int8_t* filter, const int32_t* bias,
               int8_t* output);
void ConvPlain(const ConvGeometry& geometry, const Requantization& quantization,
               const int16_t* input, const int8_t* filter, const int32_t* bias,
               int16_t* output);
void ConvPlain(const ConvGeometry& geometry, const Requantization& quantization,
               const int16_t* input, const int8_t* filter, const int64_t* bias,
               int16_t* output);
void ConvPlain(const ConvGeometry& geometry, const FloatActivationRange& range,
               const float* input, const float* filter, const float* bias,
               float* output);

// The same with a filter [1, height, width, output channels]; output channel c
// sees input channel c / multiplier.
void DepthwiseConvPlain(const ConvGeometry& geometry,
                        const Requantization& quantization, const int8_t* input,
                        const int8_t* filter, const int32_t* bias,
                        int8_t* output);
void DepthwiseConvPlain(const ConvGeometry& geometry,
                        const Requantization& quantization,
                        const int16_t* input, const int8_t* filter,
                        const int64_t* bias, int16_t* output);
void DepthwiseConvPlain(const ConvGeometry& geometry,
                        const FloatActivationRange& range, const float* input,
                        const float* filter, const float* bias, float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_PLAIN_H_
