// How much scratch memory CMSIS-NN's functions ask for.
//
// Each function here is named after one of CMSIS-NN's and returns, in bytes,
// what that returns when built for a core with or without the DSP extension and
// Helium (MVE). Sizes that do not fit the library's int32_t come out as
// kTooManyBytes or more; there the library's own result is undefined.
//
// Source: CMSIS-NN 4ab83cc3cc98, Source/*/arm_*_get_buffer_sizes_*.c, as GCC
// builds them (armclang's builds differ for 1x1 convolutions without Helium
// and for depthwise convolutions of one input channel with it).
#ifndef TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_
#define TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_

#include <cstdint>

#include "runtime/kernels/kernel_context.h"
#include "runtime/targets/target.h"
#include "tinyml/status.h"

namespace tinyml::runtime::cmsis_nn {

inline constexpr int64_t kTooManyBytes = int64_t{1} << 31;

// cmsis_nn_dims: batch or output channels, height, width, channels.
struct Dims {
  int32_t n = 0;
  int32_t h = 0;
  int32_t w = 0;
  int32_t c = 0;
};

// cmsis_nn_tile.
struct Tile {
  int32_t h = 0;
  int32_t w = 0;
};

struct ConvShape {
  Dims input;
  Dims filter;
  Dims output;
  Tile stride;
  Tile dilation;
  Tile padding;
};

// How a convolution along one row (input and filter of height 1) splits its
// output: CMSIS-NN computes padded and unpadded columns separately. Source:
// arm_convolve_1_x_n_s8.c.
struct RowSplit {
  int64_t total_padding = 0;
  int64_t asymmetric_padding = 0;
  int64_t left = 0;   // Output columns that touch the padding before the input.
  int64_t right = 0;  // ... after it.
  bool complete = false;  // Left, right and unpadded make up the output.
};
RowSplit SplitRow(const ConvShape& shape);

// arm_nn_is_convolve_1x1 and arm_nn_is_convolve_1_x_n.
bool IsConvolve1x1(const ConvShape& shape);
bool IsConvolve1xN(const ConvShape& shape);
// The same, for the size of a buffer: without Change::kConvDispatchByChannels
// it ignores groups.
bool IsConvolve1x1(const ConvShape& shape, const KernelConfig& config);
bool IsConvolve1xN(const ConvShape& shape, const KernelConfig& config);

int64_t ConvolveWrapperS8BufferBytes(const ConvShape& shape,
                                     const KernelConfig& config);
int64_t ConvolveWrapperS16BufferBytes(const ConvShape& shape,
                                      const KernelConfig& config);

// The filter has shape {1, height, width, output channels}. The stride must be
// set; upstream's caller leaves it unset, which matters only in one case.
int64_t DepthwiseConvWrapperS8BufferBytes(const ConvShape& shape,
                                          const KernelConfig& config);
int64_t DepthwiseConvWrapperS4BufferBytes(const ConvShape& shape,
                                          const KernelConfig& config);

// The filter has shape {output channels, height, width, input channels}.
int64_t TransposeConvS8BufferBytes(const ConvShape& shape,
                                   const KernelConfig& config);
int64_t TransposeConvS8ReverseBufferBytes(const ConvShape& shape);

// arm_avgpool_s8_get_buffer_size and arm_avgpool_s16_get_buffer_size.
int64_t AveragePoolBufferBytes(int32_t channels, const KernelConfig& config);

int64_t FullyConnectedS8BufferBytes(int32_t output_channels,
                                    const KernelConfig& config);

int64_t SvdfS8BufferBytes(int32_t filters, const KernelConfig& config);

// Requests `bytes` of scratch memory, nothing if 0. Refuses kTooManyBytes.
Status RequestScratch(KernelContext& context, int64_t bytes);

// Requests a sum for each of `channels`, if Change::kAmbiqWeightSums is there
// and the core has Helium: persistent or, optimised for size, scratch memory.
// Source: AmbiqAI/helia-rt b730fb09d600, micro/kernels/ambiq/conv.cc, Prepare,
// and the like; AmbiqAI/ns-cmsis-nn 1570f4aa4ea8,
// arm_convolve_get_buffer_sizes_s8.c, arm_convolve_s8_get_weights_sum_size.
Status RequestWeightSums(KernelContext& context, int32_t channels);

}  // namespace tinyml::runtime::cmsis_nn

#endif  // TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_
