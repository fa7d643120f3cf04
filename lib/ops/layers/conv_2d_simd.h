// Convolutions as products of matrices, with the vector instructions of the
// host's processor. conv_2d_fast.cc prepares their arguments.
#ifndef TINYML_OPS_LAYERS_CONV_2D_SIMD_H_
#define TINYML_OPS_LAYERS_CONV_2D_SIMD_H_

#include <cstdint>

#include "ops/layers/conv_2d_geometry.h"

namespace tinyml::ops {

// 32-bit lanes of the vectors in use; 0 if there are none, and the functions
// below then do nothing.
int64_t SimdLanes();

// The lanes that a layer of so many channels uses: wider vectors would leave
// half of their lanes idle.
inline constexpr int64_t kFewLanes = 8;
int64_t SimdLanes(int64_t channels);

// Factors, bias and bounds of output channels, in arrays whose length is a
// multiple of the lanes in use.
struct SimdRequantization {
  const int32_t* bias = nullptr;
  const int32_t* multipliers = nullptr;
  const int32_t* left_shifts = nullptr;
  const int32_t* right_shifts = nullptr;
  int32_t output_offset = 0;
  ActivationRange range;
};

// A convolution whose filter is packed. Each output pixel needs a row of
// `row_size` inputs; rows of up to `tile` pixels are gathered in `rows`. The
// weights of a block of `lanes` output channels are contiguous: bytes in pairs,
// [row_size / 2][lanes][2]; floats as [row_size][lanes]. Groups start at a new
// block, `group_blocks` after the one before.
struct SimdConv {
  const ConvGeometry* geometry = nullptr;
  int64_t lanes = 0;  // SimdLanes(output channels of a group).
  // Whether the rows of all pixels are simply the input.
  bool rows_are_pixels = false;
  int64_t row_size = 0;  // Even for integers: the last one may be padding.
  int64_t tile = 0;
  int64_t group_blocks = 0;
};

void SimdConvInt8(const SimdConv& conv, const SimdRequantization& quantization,
                  int32_t input_offset, const int8_t* weights, int16_t* rows,
                  const int8_t* input, int8_t* output);

// Passes the sums of a tile of output pixels and one group to `finish`, before
// anything is added: sums[pixel][channel of the group's blocks]. A sum consists
// of 32-bit partial sums, which wrap, each over `chunk` inputs of a row.
struct SimdSums {
  int64_t chunk = 0;
  int64_t* sums = nullptr;  // Memory for tile x group_blocks x lanes.
  void (*finish)(void* context, int64_t first_pixel, int64_t pixels,
                 int32_t group, const int64_t* sums) = nullptr;
  void* context = nullptr;
};
void SimdConvInt16(const SimdConv& conv, const SimdSums& sums,
                   const int8_t* weights, int16_t* rows, const int16_t* input);

// `bias` as in SimdRequantization.
void SimdConvFloat(const SimdConv& conv, const FloatActivationRange& range,
                   const float* bias, const float* weights, float* rows,
                   const float* input, float* output);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_SIMD_H_
