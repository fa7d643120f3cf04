// Source: ESP-NN d45b843ca5f8 and, where Change::kEspConvEndPaddingS3 decides,
// c0876179f1cf, src/convolution/esp_nn_conv_esp32s3.c,
// esp_nn_conv_esp32p4.c, esp_nn_depthwise_conv_s8_esp32s3.c and
// src/softmax/esp_nn_softmax_*.c. In builds for other chips, and in the ANSI
// build, convolutions ask for nothing (esp_nn_*_opt.c, esp_nn_*_ansi.c).
//
// Sums are kept in 64 bits and truncated to int where they are compared and at
// the end, as if ESP-NN's int wrapped; no such buffer fits an arena.
#include "runtime/esp_nn/scratch_sizes.h"

#include <algorithm>

#include "base/checked.h"

namespace tinyml::runtime::esp_nn {
namespace {

constexpr int64_t kVector = 16;  // Bytes of the chips' vector registers.

int32_t ToInt(int64_t value) { return static_cast<int32_t>(value); }

bool IsPointwise(const ConvShape& s) {
  return s.filter_width == 1 && s.filter_height == 1 && s.padding_width == 0 &&
         s.padding_height == 0 && s.stride_width == 1 && s.stride_height == 1;
}

bool IsPadded(const ConvShape& s) {
  return s.padding_width != 0 || s.padding_height != 0;
}

// Input with its channels padded to a multiple of 8, the filter likewise, and a
// transposed block of 8 pixels if there are that many. The same on S3 and P4.
int64_t PointwiseBytes(const ConvShape& s) {
  const int64_t pixels = int64_t{s.input_width} * s.input_height;
  const int64_t channels = AlignUp(s.input_channels, 8);
  const int64_t input = s.input_channels % 8 != 0 ? pixels * channels : 0;
  const int64_t transposed = pixels < 8 ? 0 : 2 * (8 * channels);
  return input + channels * s.output_channels + transposed;
}

// Without Change::kEspConvIm2colS3 on the S3 and Change::kEspConvPathsP4 on the
// P4: the input padded, and the filter with its channels padded to 16.
int64_t PaddedCopyBytes(const ConvShape& s) {
  int64_t input = 0;
  if (IsPadded(s)) {
    input = (s.input_width + 2 * int64_t{s.padding_width}) *
            (s.input_height + 2 * int64_t{s.padding_height}) * s.input_channels;
  }
  const int64_t filter = int64_t{s.filter_width} * s.filter_height *
                         AlignUp(s.input_channels, kVector) * s.output_channels;
  return input + filter + s.output_channels * int64_t{4};
}

// The input padded as much at its end as before it, and beside it another that
// is padded on the right and at the bottom only. Without
// Change::kEspConvEndPaddingS3.
int64_t PaddedOnBothSidesBytes(const ConvShape& s) {
  int64_t bytes = 0;
  if (IsPadded(s)) {
    bytes = (s.input_width + 2 * int64_t{s.padding_width}) *
            (s.input_height + 2 * int64_t{s.padding_height}) * s.input_channels;
  }
  const int64_t right =
      std::max<int64_t>(0, int64_t{s.output_width} * s.stride_width +
                               s.filter_width - 1 - s.input_width);
  const int64_t bottom =
      std::max<int64_t>(0, int64_t{s.output_height} * s.stride_height +
                               s.filter_height - 1 - s.input_height);
  if (right > 0 || bottom > 0) {
    bytes +=
        (s.input_width + right) * (s.input_height + bottom) * s.input_channels;
  }
  return bytes;
}

// The input, padded at its end by what the last window needs.
// Source: ESP-NN c0876179f1cf, src/convolution/esp_nn_conv_esp32s3.c.
int64_t PaddedToOutputBytes(const ConvShape& s) {
  const int64_t right = std::max<int64_t>(
      0, (int64_t{s.output_width} - 1) * s.stride_width + s.filter_width -
             s.padding_width - s.input_width);
  const int64_t bottom = std::max<int64_t>(
      0, (int64_t{s.output_height} - 1) * s.stride_height + s.filter_height -
             s.padding_height - s.input_height);
  if (!IsPadded(s) && right == 0 && bottom == 0) return 0;
  return (s.input_width + s.padding_width + right) *
         (s.input_height + s.padding_height + bottom) * s.input_channels;
}

int64_t ConvBytesS3(const ConvShape& s, const ChangeSet& changes) {
  // Alignment, and what the assembly accesses before and after buffers.
  const int64_t margin = changes.Has(Change::kEspConvMarginS3) ? 16 + 48 : 32;
  if (IsPointwise(s)) return PointwiseBytes(s) + margin;
  if (!changes.Has(Change::kEspConvIm2colS3)) {
    return PaddedCopyBytes(s) + margin;
  }

  const int64_t out = s.output_channels;
  const int64_t filter_row = int64_t{s.filter_width} * s.input_channels;
  const int64_t window = filter_row * s.filter_height;
  if (filter_row < kVector && window >= kVector) {
    // Filter sums, an aligned copy of the filter, one window.
    const int64_t aligned = AlignUp(window, kVector);
    return out * 4 + 16 + out * aligned + 16 + aligned + margin;
  }

  const int64_t filter = int64_t{s.filter_width} * s.filter_height *
                         AlignUp(s.input_channels, kVector) * out;
  const int64_t filter_rows =
      AlignUp(filter_row, kVector) * s.filter_height * out;
  const int64_t input = changes.Has(Change::kEspConvEndPaddingS3)
                            ? PaddedToOutputBytes(s)
                            : PaddedOnBothSidesBytes(s);
  return input + filter + filter_rows + margin + out * 4;
}

// A padded window of fewer than 16 bytes, on the P4.
int64_t SmallPaddedConvBytesP4(const ConvShape& s) {
  constexpr int64_t kCacheBudget = 32768;
  const int64_t filter_sums = s.output_channels * int64_t{4};
  const int64_t filter_size = int64_t{s.filter_width} * s.filter_height;
  const int64_t width = s.input_width + 2 * int64_t{s.padding_width};
  const int64_t full_input = width *
                             (s.input_height + 2 * int64_t{s.padding_height}) *
                             s.input_channels;
  if (ToInt(full_input + filter_sums) <= kCacheBudget) {
    return full_input +
           filter_size * AlignUp(s.input_channels, kVector) *
               s.output_channels +
           filter_sums;
  }
  // As many rows at a time as the cache holds.
  int64_t channels = s.input_channels;
  int64_t filter = 0;
  if (s.filter_width * channels < kVector && s.filter_width > 0) {
    channels =
        AlignUp((kVector + s.filter_width - 1) / s.filter_width, kVector);
    filter = filter_size * channels * s.output_channels;
  }
  const int64_t row = width * channels;
  const int64_t budget = kCacheBudget - filter_sums - filter;
  int64_t rows = 1;
  if (budget > 0 && s.filter_height * row <= budget && row > 0 &&
      s.stride_height > 0) {
    rows = (budget - s.filter_height * row) / (s.stride_height * row) + 1;
    rows = std::min<int64_t>(rows, s.output_height);
  }
  const int64_t input_rows = (rows - 1) * s.stride_height + s.filter_height +
                             2 * int64_t{s.padding_height};
  return input_rows * row + filter + filter_sums;
}

int64_t ConvBytesP4(const ConvShape& s, const ChangeSet& changes) {
  constexpr int64_t kMargin = 32;
  if (!changes.Has(Change::kEspConvPathsP4)) {
    return (IsPointwise(s) ? PointwiseBytes(s) : PaddedCopyBytes(s)) + kMargin;
  }
  const int64_t out = s.output_channels;
  const int64_t filter_sums = out * 4;
  if (IsPointwise(s)) {
    if (s.input_channels < kVector) {
      // The filter and one pixel, with their channels padded to 16.
      return filter_sums + 16 * out + 32 + kMargin;
    }
    return PointwiseBytes(s) + kMargin;
  }
  const int64_t filter_row = int64_t{s.filter_width} * s.input_channels;
  const int64_t window = filter_row * s.filter_height;
  if (!IsPadded(s) && filter_row >= kVector) {
    return int64_t{s.filter_width} * s.filter_height *
               AlignUp(s.input_channels, kVector) * out +
           kMargin + filter_sums;
  }
  if (window >= kVector) return filter_sums + window + kMargin;
  if (IsPadded(s)) return SmallPaddedConvBytesP4(s) + kMargin;
  if (s.filter_width == 0) return 0;  // ESP-NN divides by it.
  const int64_t channels =
      AlignUp((kVector + s.filter_width - 1) / s.filter_width, kVector);
  return filter_sums +
         int64_t{s.filter_width} * s.filter_height * channels * out +
         int64_t{s.input_width} * s.input_height * channels + kMargin;
}

// A 3x3 depthwise filter, channel multiplier 1, channels a multiple of 8.
int64_t DepthwiseConv3x3BytesS3(const ConvShape& s) {
  const int64_t channels = s.input_channels;
  const int64_t filter = 9 * channels;
  const int64_t out_width = static_cast<uint16_t>(s.output_width);
  const int64_t out_height = static_cast<uint16_t>(s.output_height);
  // What the filter needs after the input to be inside it everywhere.
  const int64_t excess_width = out_width * s.stride_width + 2 - s.input_width;
  const int64_t excess_height =
      out_height * s.stride_height + 2 - s.input_height;
  if (channels % 16 == 0) {
    const bool padded = IsPadded(s);
    const int64_t pad_width = padded ? s.padding_width * 2 : excess_width;
    const int64_t pad_height = padded ? s.padding_height * 2 : excess_height;
    if (pad_width == 0 && pad_height == 0) return filter + 16;
    const int64_t width = s.input_width + pad_width;
    const int64_t full = width * (s.input_height + pad_height) * channels;
    const bool tiled = ToInt(full) > 40 * 1024;
    return filter + (tiled ? width * 3 * channels : full) + 16;
  }
  if (channels >= 12) {
    // The channels padded to 16: filter, input and output.
    const int64_t padded = AlignUp(channels, 16);
    const int64_t width = s.input_width + s.padding_width * 2 +
                          std::max<int64_t>(0, excess_width);
    const int64_t height = s.input_height + s.padding_height * 2 +
                           std::max<int64_t>(0, excess_height);
    return 9 * padded + width * height * padded +
           out_width * out_height * padded + 64;
  }
  return 2 * (filter + int64_t{s.input_width} * s.input_height * channels) + 32;
}

// Channel multiplier 1, more than 3 channels, not a multiple of 8: everything
// with its channels padded to 8, filter and input in int16, and the bias,
// shifts and multipliers of the added channels.
int64_t DepthwiseConvOddChannelsBytesS3(const ConvShape& s) {
  const int64_t channels = AlignUp(s.input_channels, 8);
  const int64_t filter =
      2 * int64_t{s.filter_width} * s.filter_height * channels;
  const int64_t input = 2 * int64_t{s.input_width} * s.input_height * channels;
  const int64_t output = int64_t{static_cast<uint16_t>(s.output_width)} *
                         static_cast<uint16_t>(s.output_height) * channels;
  const int64_t input_end = AlignUp(filter, 16) + input;
  const int64_t output_end = AlignUp(input_end, 16) + output;
  return AlignUp(output_end, 16) + 3 * 4 * channels + 16;
}

// Without Change::kEspDepthwiseTilesS3.
int64_t WholeDepthwiseConvBytesS3(const ConvShape& s,
                                  const ChangeSet& changes) {
  const int64_t channels = s.input_channels;
  const int64_t filter = int64_t{s.filter_width} * s.filter_height * channels *
                         s.channel_multiplier;
  const int64_t margin = changes.Has(Change::kEspDepthwiseS16Margin) ? 32 : 16;
  const int64_t both_s16 =
      2 * (filter + int64_t{s.input_width} * s.input_height * channels) +
      margin;
  const bool plain_3x3 = s.channel_multiplier == 1 && channels % 8 == 0 &&
                         s.filter_width == 3 && s.filter_height == 3;
  if (!plain_3x3) return s.channel_multiplier % 4 == 0 ? both_s16 : 32;
  if (channels % 16 != 0) return both_s16;
  int64_t pad_width = int64_t{s.padding_width} * 2;
  int64_t pad_height = int64_t{s.padding_height} * 2;
  if (!IsPadded(s)) {
    // What the filter needs after the input to be inside it everywhere.
    pad_width =
        int64_t{static_cast<uint16_t>(s.output_width)} * s.stride_width + 2 -
        s.input_width;
    pad_height =
        int64_t{static_cast<uint16_t>(s.output_height)} * s.stride_height + 2 -
        s.input_height;
  }
  if (pad_width == 0 && pad_height == 0) return filter + 16;
  return filter +
         (s.input_width + pad_width) * (s.input_height + pad_height) *
             channels +
         16;
}

int64_t DepthwiseConvBytesS3(const ConvShape& s, const ChangeSet& changes) {
  if (!changes.Has(Change::kEspDepthwiseTilesS3)) {
    return WholeDepthwiseConvBytesS3(s, changes);
  }
  const int64_t filter = int64_t{s.filter_width} * s.filter_height *
                         s.input_channels * s.channel_multiplier;
  const int64_t input_row = int64_t{s.input_width} * s.input_channels;
  const int64_t input = input_row * s.input_height;
  const bool plain = s.channel_multiplier == 1;
  if (plain && s.input_channels % 8 == 0) {
    if (s.filter_width == 3 && s.filter_height == 3) {
      return DepthwiseConv3x3BytesS3(s);
    }
    // Both in int16; of a large input only the rows under the filter.
    const int64_t both = 2 * (filter + input);
    if (ToInt(both) <= 48 * 1024) return both + 32;
    return 2 * filter + 2 * input_row * s.filter_height + 32;
  }
  if (plain && s.input_channels > 3) return DepthwiseConvOddChannelsBytesS3(s);
  if (s.channel_multiplier % 4 == 0) return 2 * (filter + input) + 32;
  return 32;
}

// The chip whose build `kernels` is, or kGeneric.
EspVariant OptimizedVariant(const KernelConfig& kernels) {
  return kernels.library == KernelLibrary::kEspNn ? kernels.esp_variant
                                                  : EspVariant::kGeneric;
}

}  // namespace

int32_t ConvScratchBytes(const ConvShape& shape, const KernelConfig& kernels) {
  switch (OptimizedVariant(kernels)) {
    case EspVariant::kS3:
      return ToInt(ConvBytesS3(shape, kernels.changes));
    case EspVariant::kP4:
      return ToInt(ConvBytesP4(shape, kernels.changes));
    case EspVariant::kGeneric:
      break;
  }
  return 0;
}

int32_t DepthwiseConvScratchBytes(const ConvShape& shape,
                                  const KernelConfig& kernels) {
  if (OptimizedVariant(kernels) != EspVariant::kS3) return 0;
  return ToInt(DepthwiseConvBytesS3(shape, kernels.changes));
}

int32_t SoftmaxScratchBytes(int32_t width, const KernelConfig& kernels) {
  if (kernels.library != KernelLibrary::kEspNn) return 0;
  return ToInt(int64_t{width} * 4);
}

}  // namespace tinyml::runtime::esp_nn
