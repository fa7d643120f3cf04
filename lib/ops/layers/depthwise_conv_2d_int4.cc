#include "ops/layers/depthwise_conv_2d_int4.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"

namespace tinyml::ops {
namespace {

// The taps of one axis that lie inside the input, as CMSIS-NN finds them.
struct Taps {
  int64_t begin = 0;
  int64_t end = 0;
};

Taps TapsInside(int64_t origin, int64_t dilation, int64_t input,
                int64_t filter) {
  if (dilation <= 1) {
    return {std::max<int64_t>(0, -origin), std::min(filter, input - origin)};
  }
  return {std::max<int64_t>(0, (-origin + dilation - 1) / dilation),
          std::min(filter, (input - origin + dilation - 1) / dilation)};
}

// depthwise_conv_s4_generic for an odd number of input channels: it steps from
// tap to tap by the bytes of the channels rounded down, and what it keeps of
// the odd half is right only for some shapes. Source: CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/arm_depthwise_conv_s4.c.
class MisreadDepthwise {
 public:
  MisreadDepthwise(const ConvGeometry& geometry, Requantization quantization,
                   std::span<const uint8_t> filter)
      : g_(geometry),
        quantization_(std::move(quantization)),
        filter_(filter),
        tap_bytes_(int64_t{geometry.input_channels / 2} * geometry.multiplier) {
  }

  // Returns whether it read weights past the end of the filter, which count as
  // 0. `output` may be null.
  bool Run(const int8_t* input, const int32_t* bias, int8_t* output) {
    past_end_ = false;
    for (int32_t batch = 0; batch < g_.batches; ++batch) {
      for (int64_t y = 0; y < g_.output.height; ++y) {
        for (int64_t x = 0; x < g_.output.width; ++x) {
          low_half_ = true;
          for (int64_t c = 0; c < g_.output_channels; ++c) {
            const uint32_t sum = Sum(y, x, c, input);
            if (output == nullptr) continue;
            const uint32_t start =
                bias != nullptr ? static_cast<uint32_t>(bias[c]) : 0;
            *output++ = static_cast<int8_t>(
                Requantize(quantization_, static_cast<int32_t>(c),
                           static_cast<int32_t>(sum + start)));
          }
        }
      }
      input += g_.input.Elements() * g_.input_channels;
    }
    return past_end_;
  }

 private:
  uint32_t Sum(int64_t y, int64_t x, int64_t channel, const int8_t* input) {
    const int64_t top = y * g_.stride.height - g_.padding.height;
    const int64_t left = x * g_.stride.width - g_.padding.width;
    const Taps rows =
        TapsInside(top, g_.dilation.height, g_.input.height, g_.filter.height);
    const Taps columns =
        TapsInside(left, g_.dilation.width, g_.input.width, g_.filter.width);
    uint32_t sum = 0;
    int64_t odd_bytes = 0;
    for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
      int64_t byte = (ky * g_.filter.width + columns.begin) * tap_bytes_ +
                     channel / 2 + odd_bytes;
      for (int64_t kx = columns.begin; kx < columns.end; ++kx) {
        const int32_t weight = Weight(byte);
        if (!low_half_) ++odd_bytes;
        low_half_ = !low_half_;
        sum += static_cast<uint32_t>(Value(input, top + ky * g_.dilation.height,
                                           left + kx * g_.dilation.width,
                                           channel)) *
               static_cast<uint32_t>(weight);
        byte += tap_bytes_ + (low_half_ ? 1 : 0);
      }
    }
    if (g_.filter.Elements() % 2 == 0) low_half_ = !low_half_;
    return sum;
  }

  int32_t Weight(int64_t byte) {
    if (byte < 0 || byte >= static_cast<int64_t>(filter_.size())) {
      past_end_ = true;
      return 0;
    }
    const uint32_t pair = filter_[byte];
    const uint32_t nibble = low_half_ ? pair & 0xFU : pair >> 4;
    return static_cast<int32_t>(nibble ^ 8U) - 8;
  }

  int32_t Value(const int8_t* input, int64_t y, int64_t x,
                int64_t channel) const {
    // With a dilation of 0 (no options table), taps may lie outside too.
    if (y < 0 || y >= g_.input.height || x < 0 || x >= g_.input.width) return 0;
    const int64_t index =
        (y * g_.input.width + x) * g_.input_channels + channel / g_.multiplier;
    return static_cast<int32_t>(
        static_cast<uint32_t>(int32_t{input[index]}) +
        static_cast<uint32_t>(quantization_.input_offset));
  }

  ConvGeometry g_;
  Requantization quantization_;
  std::span<const uint8_t> filter_;
  int64_t tap_bytes_;
  bool low_half_ = true;
  bool past_end_ = false;
};

}  // namespace

bool IsDepthwiseInt4Misread(const ConvGeometry& geometry) {
  const bool one_output_per_input =
      geometry.multiplier == 1 && geometry.batches == 1 &&
      geometry.dilation.width == 1 && geometry.dilation.height == 1;
  return geometry.input_channels % 2 != 0 && !one_output_per_input;
}

Result<Invocation> MakeDepthwiseInt4Misread(OpContext& op,
                                            const LayerOperands& operands,
                                            const ConvGeometry& geometry,
                                            Requantization quantization) {
  const bool fits = operands.input->Elements() >=
                        geometry.batches * geometry.input.Elements() *
                            geometry.input_channels &&
                    operands.output->Elements() >=
                        geometry.OutputPixels() * geometry.output_channels;
  TINYML_REQUIRE(op, fits, "its operands do not match");
  TINYML_RETURN_IF_ERROR(CheckRequantization(op, quantization, 32));
  BiasValues<int32_t> bias(op, operands.bias, geometry.output_channels);
  const auto filter_bytes =
      static_cast<size_t>((operands.filter->Elements() + 1) / 2);
  MisreadDepthwise kernel(geometry, std::move(quantization),
                          operands.filter->bytes.first(filter_bytes));
  if (kernel.Run(operands.input->As<int8_t>().data(), nullptr, nullptr)) {
    op.Warn(
        "CMSIS-NN reads past the end of an int4 filter with an odd number of "
        "channels; what it finds there is undefined; it is 0 here");
  }
  return
      [input = operands.input, output = operands.output, bias = std::move(bias),
       kernel = std::move(kernel)]() mutable -> Status {
        kernel.Run(input->As<int8_t>().data(), bias.Get(),
                   output->Mutable<int8_t>().data());
        return {};
      };
}

}  // namespace tinyml::ops
