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
// [output channels, height, width, channels of a group]. `bias` may be null and
// has the type of the sums: there are int8 and int32, int16 and int32 or int64
// (with Requantization and int8 filters), and float (with
// FloatActivationRange).
template <typename T, typename W, typename Acc, typename Params>
void ConvPlain(const ConvGeometry& geometry, const Params& params,
               const T* input, const W* filter, const Acc* bias, T* output);

// The same with a filter [1, height, width, output channels]; output channel c
// sees input channel c / multiplier. Not for int16 with int32.
template <typename T, typename W, typename Acc, typename Params>
void DepthwiseConvPlain(const ConvGeometry& geometry, const Params& params,
                        const T* input, const W* filter, const Acc* bias,
                        T* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_PLAIN_H_
