// Depthwise convolutions with the vector instructions of the host's processor.
// depthwise_conv_2d_fast.cc prepares their arguments.
#ifndef TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_SIMD_H_
#define TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_SIMD_H_

#include <cstdint>

#include "ops/layers/conv_2d_simd.h"

namespace tinyml::ops {

// Rows of the input are kept with their padding; each input channel is repeated
// for its outputs, and a column has `channels` of them, a multiple of `lanes`.
// Row y is kept in slot y % slots.
struct SimdDepthwise {
  const ConvGeometry* geometry = nullptr;
  int64_t lanes = 0;  // SimdLanes(output channels).
  int64_t channels = 0;
  int64_t columns = 0;      // That windows start at or reach into.
  int64_t slots = 0;        // Rows that are kept.
  int64_t slot_size = 0;    // In elements.
  int64_t* kept = nullptr;  // Indices of the rows that are kept, or -1.
  // Memory for filter.height elements: rows of the filter that see the input,
  // and the offset in `rows` of the input row that each sees.
  struct Sight {
    int64_t filter_row = 0;
    int64_t offset = 0;
  };
  Sight* sights = nullptr;
};

// `rows`: slots of pairs of 16 bits: each value with its neighbour, as the
// filter's columns see them, [column][channel][2]. `row`: memory for one row
// without neighbours, of dilation.width more columns, 0 where never written.
// Weights: [filter row][pair of columns][channel][2], 16 bits.
void SimdDepthwiseInt8(const SimdDepthwise& depthwise,
                       const SimdRequantization& quantization,
                       int32_t input_offset, const int16_t* weights,
                       int16_t* row, int16_t* rows, const int8_t* input,
                       int8_t* output);

// `rows`: [slot][column][channel], 0 where never written. Weights: [filter
// row][filter column][channel].
void SimdDepthwiseFloat(const SimdDepthwise& depthwise,
                        const FloatActivationRange& range, const float* bias,
                        const float* weights, float* rows, const float* input,
                        float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_SIMD_H_
