#include "runtime/cmsis_nn/buffer_sizes.h"

#include <algorithm>
#include <initializer_list>

#include "base/checked.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// Returns the product, or a number above kTooManyBytes that leaves headroom for
// a few more sums and products. Dimensions come from untrusted files.
int64_t Product(std::initializer_list<int64_t> factors) {
  constexpr int64_t kHuge = kTooManyBytes << 8;
  int64_t product = 1;
  for (int64_t factor : factors) {
    const auto next = CheckedMul(product, factor);
    if (!next || *next > kHuge) return kHuge;
    product = *next;
  }
  return product;
}

// Integer division as the cores do it: 0 for a divisor of 0.
int64_t Divide(int64_t a, int64_t b) { return b != 0 ? a / b : 0; }

// Multiplies in one column of the input that a filter of this size covers.
int64_t ColumnLength(const Dims& input, const Dims& filter) {
  return Product({input.c, filter.w, filter.h});
}

// arm_convolve_s8_get_buffer_size_mve: four columns in full registers.
int64_t ConvolveS8Mve(const Dims& input, const Dims& filter,
                      const KernelConfig& config) {
  const int64_t lanes = config.changes.Has(Change::kConvS8MveLanes) ? 16 : 8;
  return 4 * AlignUp(ColumnLength(input, filter), lanes);
}

// arm_convolve_s8_get_buffer_size: two columns of int16.
int64_t ConvolveS8(const Dims& input, const Dims& filter,
                   const KernelConfig& config) {
  if (config.mve) return ConvolveS8Mve(input, filter, config);
  const int64_t columns = config.changes.Has(Change::kConvS8Aligned) ? 4 : 1;
  return 4 * AlignUp(ColumnLength(input, filter), columns);
}

// arm_convolve_1_x_n_s8_get_buffer_size_mve.
int64_t Convolve1xNS8Mve(const ConvShape& shape, const KernelConfig& config) {
  if (!config.changes.Has(Change::kConv1xNMveBuffer)) return 0;
  const RowSplit split = SplitRow(shape);
  if (!split.complete) return ConvolveS8Mve(shape.input, shape.filter, config);
  const int64_t channels = shape.input.c;
  const int64_t padded_left = Product({shape.padding.w, channels});
  const int64_t padded_right = split.asymmetric_padding != 0
                                   ? Product({split.right, channels})
                                   : padded_left;
  const int64_t taken_left = Product({shape.filter.w, channels});
  const int64_t taken_right = taken_left - channels;
  return std::max(taken_left + padded_left, taken_right + padded_right);
}

bool KeepsChannelsAndPixels(const ConvShape& shape) {
  return shape.input.c == shape.output.c && shape.input.n == 1 &&
         shape.dilation.w == 1 && shape.dilation.h == 1;
}

// Without Change::kConv1xNStride: by the width of the output.
bool IsConvolve1xNByWidth(const ConvShape& shape, const KernelConfig& config) {
  if (shape.input.h != 1 || shape.output.w % 4 != 0 || shape.dilation.w != 1 ||
      shape.filter.h != 1) {
    return false;
  }
  return config.changes.Has(Change::kConvDispatchAnyShape) ||
         (shape.output.h == 1 && shape.input.n == 1 && shape.dilation.h == 1);
}

// arm_depthwise_conv_s8_opt_get_buffer_size_mve: blocks of 124 channels.
int64_t DepthwiseConvMve(const Dims& input, const Dims& filter,
                         const KernelConfig& config) {
  if (!config.changes.Has(Change::kDepthwiseMveBlocks)) {
    return 4 * ColumnLength(input, filter) + 4;
  }
  constexpr int64_t kChannelsInBlock = 124;
  return Product({4, kChannelsInBlock, filter.w, filter.h});
}

// arm_depthwise_conv_s8_opt_get_buffer_size_dsp.
int64_t DepthwiseConvDsp(const ConvShape& shape) {
  return 2 * ColumnLength(shape.input, shape.filter);
}

// arm_deptwise_conv_s8_one_in_ch_get_buffer_size_mve: turned into a
// convolution, with a copy of the filter.
int64_t DepthwiseOneChannelMve(const ConvShape& shape,
                               const KernelConfig& config) {
  const Dims& filter = shape.filter;
  ConvShape convolution = shape;
  convolution.filter = {filter.c, filter.h, filter.w, filter.n};
  return ConvolveWrapperS8BufferBytes(convolution, config) +
         Product({filter.c, filter.h, filter.w, filter.n});
}

// Whether arm_transpose_conv_wrapper_s8 runs as a convolution with the reversed
// filter.
bool RunsReversed(const ConvShape& shape) {
  constexpr int32_t kEfficientAbove = 16;  // REVERSE_TCOL_EFFICIENT_THRESHOLD
  return shape.stride.w <= 2 && shape.stride.h <= 2 &&
         shape.input.c > kEfficientAbove;
}

}  // namespace

RowSplit SplitRow(const ConvShape& shape) {
  const int64_t stride = shape.stride.w;
  const int64_t padding = shape.padding.w;
  const int64_t output = shape.output.w;
  RowSplit split;
  split.total_padding = (output - 1) * stride + shape.filter.w - shape.input.w;
  split.asymmetric_padding = split.total_padding % 2;
  const int64_t after = padding + split.asymmetric_padding;
  if (after != 0) {
    split.right = std::max<int64_t>(1, Divide(after + stride - 1, stride));
  }
  if (padding != 0) {
    split.left = std::max<int64_t>(1, Divide(padding + stride - 1, stride));
  }
  split.complete = split.left + split.right <= output;
  return split;
}

bool IsConvolve1x1(const ConvShape& shape) {
  return shape.padding.w == 0 && shape.padding.h == 0 && shape.filter.w == 1 &&
         shape.filter.h == 1 && shape.dilation.w == 1 &&
         shape.dilation.h == 1 && shape.input.c == shape.filter.c;
}

bool IsConvolve1xN(const ConvShape& shape) {
  return shape.input.h == 1 && shape.dilation.w == 1 && shape.filter.h == 1 &&
         Product({shape.stride.w, shape.input.c}) % 4 == 0 &&
         shape.input.c == shape.filter.c;
}

bool IsConvolve1x1(const ConvShape& shape, const KernelConfig& config) {
  const bool any_stride = config.changes.Has(Change::kConv1x1Strides) ||
                          (shape.stride.w == 1 && shape.stride.h == 1);
  const bool any_channels = config.changes.Has(Change::kConvDispatchAnyShape) ||
                            shape.input.c % 4 == 0;
  if (!any_stride || !any_channels) return false;
  ConvShape dispatched = shape;
  if (!config.changes.Has(Change::kConvDispatchByChannels)) {
    dispatched.filter.c = shape.input.c;
  }
  return IsConvolve1x1(dispatched);
}

bool IsConvolve1xN(const ConvShape& shape, const KernelConfig& config) {
  if (!config.changes.Has(Change::kConv1xNStride)) {
    return IsConvolve1xNByWidth(shape, config);
  }
  ConvShape dispatched = shape;
  if (!config.changes.Has(Change::kConvDispatchByChannels)) {
    dispatched.filter.c = shape.input.c;
  }
  return IsConvolve1xN(dispatched);
}

int64_t ConvolveWrapperS8BufferBytes(const ConvShape& shape,
                                     const KernelConfig& config) {
  if (IsConvolve1x1(shape, config)) return 0;
  if (config.mve && IsConvolve1xN(shape, config)) {
    return Convolve1xNS8Mve(shape, config);
  }
  return ConvolveS8(shape.input, shape.filter, config);
}

int64_t ConvolveWrapperS16BufferBytes(const ConvShape& shape,
                                      const KernelConfig& config) {
  const int64_t column = ColumnLength(shape.input, shape.filter);
  if (!config.changes.Has(Change::kConvS16Buffer)) {
    // arm_convolve_wrapper_s16_get_buffer_size_dsp: for arm_convolve_fast_s16.
    const bool fast = config.dsp && !config.mve && column < 512 &&
                      shape.dilation.w == 1 && shape.dilation.h == 1;
    return fast ? 4 * column : 0;
  }
  return config.mve ? 8 * AlignUp(column, 8) : 4 * column;
}

int64_t DepthwiseConvWrapperS8BufferBytes(const ConvShape& shape,
                                          const KernelConfig& config) {
  if (!config.changes.Has(Change::kDepthwiseWholeImage)) {
    if (shape.input.c != shape.output.c) return 0;
    if (config.mve) return 2 * DepthwiseConvDsp(shape) + 4;
    return config.dsp ? DepthwiseConvDsp(shape) : 0;
  }
  if (config.mve && shape.input.c == 1 && shape.output.c > 1 &&
      config.changes.Has(Change::kDepthwiseOneChannelMve)) {
    return DepthwiseOneChannelMve(shape, config);
  }
  if (!KeepsChannelsAndPixels(shape)) return 0;
  if (config.mve) {
    return DepthwiseConvMve(shape.input, shape.filter, config);
  }
  const bool has_3x3_kernel = shape.filter.w == 3 && shape.filter.h == 3 &&
                              shape.padding.h <= 1 && shape.padding.w <= 1 &&
                              config.changes.Has(Change::kDepthwise3x3Buffer);
  if (has_3x3_kernel || !config.dsp) return 0;
  return DepthwiseConvDsp(shape);
}

int64_t DepthwiseConvWrapperS4BufferBytes(const ConvShape& shape,
                                          const KernelConfig& config) {
  if (!KeepsChannelsAndPixels(shape)) return 0;
  return config.mve && config.changes.Has(Change::kDepthwiseS4Mve)
             ? DepthwiseConvMve(shape.input, shape.filter, config)
             : DepthwiseConvDsp(shape);
}

int64_t TransposeConvS8BufferBytes(const ConvShape& shape,
                                   const KernelConfig& config) {
  if (!config.changes.Has(Change::kTransposeConvReversed)) {
    // All products of input and filter.
    return Product({shape.filter.w, shape.filter.h, shape.input.w,
                    shape.input.h, shape.output.c, 4});
  }
  if (RunsReversed(shape)) {
    return ConvolveS8(shape.input, shape.filter, config);
  }
  // Upstream uses the vertical stride for the width too.
  const bool heeds_width = config.changes.Has(Change::kAmbiqTransposeConvWidth);
  const int64_t width =
      Product({int64_t{shape.input.w} - 1, shape.stride.w}) +
      std::max(shape.filter.w, heeds_width ? shape.stride.w : shape.stride.h);
  return Product(
      {width, shape.output.c, std::max(shape.filter.h, shape.stride.h), 4});
}

int64_t TransposeConvS8ReverseBufferBytes(const ConvShape& shape) {
  if (!RunsReversed(shape)) return 0;
  return Product(
      {shape.input.c, shape.filter.w, shape.filter.h, shape.filter.n});
}

int64_t AveragePoolBufferBytes(int32_t channels, const KernelConfig& config) {
  return config.dsp && !config.mve ? 4 * int64_t{channels} : 0;
}

int64_t FullyConnectedS8BufferBytes(int32_t output_channels,
                                    const KernelConfig& config) {
  return config.mve && config.changes.Has(Change::kKernelSums)
             ? 4 * int64_t{output_channels}
             : 0;
}

int64_t SvdfS8BufferBytes(int32_t filters, const KernelConfig& config) {
  return config.mve && config.changes.Has(Change::kKernelSums)
             ? 4 * int64_t{filters}
             : 0;
}

Status RequestScratch(KernelContext& context, int64_t bytes) {
  TINYML_ENSURE(context, bytes < kTooManyBytes,
                "CMSIS-NN cannot count the scratch memory that it needs");
  return bytes > 0 ? context.Scratch(bytes) : Status();
}

Status RequestWeightSums(KernelContext& context, int32_t channels) {
  const KernelConfig& config = context.target().kernels;
  if (!context.Has(Change::kAmbiqWeightSums) || !config.mve) return {};
  const int64_t bytes = int64_t{4} * channels;
  if (config.optimize_for_size) return context.Scratch(bytes);
  context.Persistent("sums of the weights", bytes);
  return {};
}

}  // namespace tinyml::runtime::cmsis_nn
