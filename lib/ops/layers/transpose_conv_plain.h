// Transposed convolutions that follow the formula literally: every input adds
// its products to the outputs at its position x stride - padding + tap.
// Sources: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/reference/transpose_conv.h and
// integer_ops/transpose_conv.h.
#ifndef TINYML_OPS_LAYERS_TRANSPOSE_CONV_PLAIN_H_
#define TINYML_OPS_LAYERS_TRANSPOSE_CONV_PLAIN_H_

#include <cstdint>
#include <vector>

#include "ops/layers/conv_2d_geometry.h"

namespace tinyml::ops {

// The filter is [output channels, height, width, input channels]; `bias` may be
// null. `sums` has as many elements as the output. Dilations are ignored. There
// are int8 with int32, int16 with int64, and float.
template <typename T, typename Acc>
void TransposeConvPlain(const ConvGeometry& geometry,
                        const Requantization& quantization, const T* input,
                        const int8_t* filter, const Acc* bias,
                        std::vector<Acc>& sums, T* output);
void TransposeConvPlain(const ConvGeometry& geometry,
                        const FloatActivationRange& range, const float* input,
                        const float* filter, const float* bias, float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_TRANSPOSE_CONV_PLAIN_H_
