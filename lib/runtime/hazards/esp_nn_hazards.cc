// Defects of ESP-NN and of esp-tflite-micro's kernels that call it. Source,
// unless a row names another: ESP-NN d45b843ca5f8, src/.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>

#include "base/size.h"
#include "runtime/hazards/esp_nn_site.h"
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using esp_nn::ConvShape;

std::optional<ConvShape> DepthwiseShapeOf(const HazardSite& site) {
  auto shape = EspConvShape<DepthwiseConv2DOptions>(site);
  if (shape) {
    shape->channel_multiplier = static_cast<uint16_t>(
        site.Options<DepthwiseConv2DOptions>().depth_multiplier);
  }
  return shape;
}

// How far the last window along an axis ends after the input.
int64_t Beyond(int64_t input, int64_t filter, int64_t stride, int64_t output) {
  return std::max<int64_t>(0, (output - 1) * stride + filter - input);
}

// What a 3x3 kernel with one output channel for each of the input wants after
// the input, which it counts as if the windows went on.
int64_t EndPadding(int64_t input, int64_t padding, int64_t stride,
                   int64_t output) {
  return std::max<int64_t>(0, output * stride + 2 - input - 2 * padding);
}

bool IsPlain3x3(const ConvShape& s) {
  return s.channel_multiplier == 1 && s.filter_width == 3 &&
         s.filter_height == 3;
}

// The filter, and the gap that follows it.
int64_t FilterAndGap(int64_t filter) { return filter + 16 - filter % 16; }

// What esp_nn_depthwise_conv_s8_esp32s3 writes into its scratch buffer where
// filter and input are converted to int16.
int64_t Int16Bytes(const ConvShape& s) {
  const int64_t filter = int64_t{s.filter_width} * s.filter_height *
                         s.input_channels * s.channel_multiplier;
  return 2 * (FilterAndGap(filter) +
              int64_t{s.input_width} * s.input_height * s.input_channels);
}

HazardFinding WritesMore(const HazardSite& site, int64_t written) {
  const std::vector<int64_t> requests = site.ScratchBytes();
  const int64_t scratch =
      std::accumulate(requests.begin(), requests.end(), int64_t{0});
  return MetIf(written > scratch, "it writes " + Thousands(written) +
                                      " bytes into scratch memory of " +
                                      Thousands(scratch));
}

// 16 channels or a multiple, but not padded by 0 or by 1 on both axes: the size
// function takes another path than the kernel.
HazardFinding DepthwiseUnequalPadding(const HazardSite& site) {
  const auto s = DepthwiseShapeOf(site);
  if (!RunsOn(site, EspVariant::kS3) || !s || !IsPlain3x3(*s) ||
      s->input_channels % 16 != 0) {
    return {};
  }
  const bool none = s->padding_width == 0 && s->padding_height == 0;
  const bool one = s->padding_width == 1 && s->padding_height == 1;
  if (none || one) return {};
  if (!site.Has(Change::kEspDepthwiseTilesS3)) {
    return WritesMore(site, Int16Bytes(*s));
  }
  const int64_t channels = s->input_channels;
  const int64_t width = s->input_width + 2 * int64_t{s->padding_width} +
                        EndPadding(s->input_width, s->padding_width,
                                   s->stride_width, s->output_width);
  const int64_t height = s->input_height + 2 * int64_t{s->padding_height} +
                         EndPadding(s->input_height, s->padding_height,
                                    s->stride_height, s->output_height);
  return WritesMore(site,
                    9 * channels + 16 + width * height * channels +
                        int64_t{s->output_width} * s->output_height * channels);
}

// Without padding before the input: the size function counts on strips, the
// kernel pads the whole input.
HazardFinding DepthwiseStrips(const HazardSite& site) {
  const auto s = DepthwiseShapeOf(site);
  if (!RunsOn(site, EspVariant::kS3) || !s || !IsPlain3x3(*s) ||
      s->input_channels % 16 != 0 || s->padding_width != 0 ||
      s->padding_height != 0) {
    return {};
  }
  const int64_t right =
      EndPadding(s->input_width, 0, s->stride_width, s->output_width);
  const int64_t bottom =
      EndPadding(s->input_height, 0, s->stride_height, s->output_height);
  if (right == 0 && bottom == 0) return {};
  return WritesMore(site, FilterAndGap(9 * int64_t{s->input_channels}) +
                              (s->input_width + right) *
                                  (s->input_height + bottom) *
                                  s->input_channels);
}

HazardFinding DepthwiseInt16Margin(const HazardSite& site) {
  const auto s = DepthwiseShapeOf(site);
  if (!RunsOn(site, EspVariant::kS3) || !s) return {};
  const bool converts = s->channel_multiplier % 4 == 0 ||
                        (IsPlain3x3(*s) && s->input_channels % 16 == 8);
  return converts ? WritesMore(site, Int16Bytes(*s)) : std::nullopt;
}

// A convolution that is neither pointwise nor taken window by window.
std::optional<ConvShape> PaddedConv(const HazardSite& site) {
  const auto s = EspConvShape<Conv2DOptions>(site);
  if (!RunsOn(site, EspVariant::kS3) || !s) return {};
  const bool padded = s->padding_width != 0 || s->padding_height != 0;
  const bool pointwise = s->filter_width == 1 && s->filter_height == 1 &&
                         !padded && s->stride_width == 1 &&
                         s->stride_height == 1;
  const int64_t row = int64_t{s->filter_width} * s->input_channels;
  const bool by_windows = site.Has(Change::kEspConvIm2colS3) && row < 16 &&
                          row * s->filter_height >= 16;
  if (pointwise || by_windows) return {};
  return s;
}

HazardFinding ConvUnequalPadding(const HazardSite& site) {
  const auto s = PaddedConv(site);
  if (!s || (s->padding_width == 0 && s->padding_height == 0)) return {};
  // As much is added after the input as before it.
  const int64_t right =
      Beyond(s->input_width + 2 * int64_t{s->padding_width}, s->filter_width,
             s->stride_width, s->output_width);
  const int64_t bottom =
      Beyond(s->input_height + 2 * int64_t{s->padding_height}, s->filter_height,
             s->stride_height, s->output_height);
  return MetIf(right > 0 || bottom > 0,
               right > 0 && bottom > 0 ? "the last column and row are wrong"
               : right > 0             ? "the last column is wrong"
                                       : "the last row is wrong");
}

HazardFinding ConvEndPadding(const HazardSite& site) {
  const auto s = PaddedConv(site);
  if (!s || s->padding_width != 0 || s->padding_height != 0) return {};
  const bool beyond = Beyond(s->input_width, s->filter_width, s->stride_width,
                             s->output_width) > 0 ||
                      Beyond(s->input_height, s->filter_height,
                             s->stride_height, s->output_height) > 0;
  return MetIf(beyond);
}

HazardFinding SoftmaxScratch(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  if (input == nullptr || input->Rank() == 0 ||
      input->type != TensorType::kInt8 ||
      !site.OutputIs(0, TensorType::kInt8)) {
    return {};
  }
  return WritesMore(site, int64_t{4} * input->Dim(input->Rank() - 1));
}

constexpr HazardRow kRows[] = {
    {"esp-nn-depthwise-unequal-padding", HazardSeverity::kMemory,
     HazardCode::kEspNn, "esp-nn", "DEPTHWISE_CONV_2D", std::nullopt,
     std::nullopt, DepthwiseUnequalPadding,
     "on the ESP32-S3 a 3x3 depthwise convolution of 16 channels or a multiple "
     "whose padding differs between the axes overwrites memory after its "
     "scratch buffer",
     "esp-nn issue 30, pull request 37; "
     "convolution/esp_nn_depthwise_conv_s8_esp32s3.c, "
     "esp_nn_get_depthwise_conv_scratch_size_esp32s3",
     "with PAD, bring the input to stride x output + 2 rows and columns and "
     "take VALID, or build ESP-NN without optimizations (CONFIG_NN_ANSI_C)",
     "", "esp-nn d8866fa3762e, after 1.2.6"},
    {"esp-nn-depthwise-strips", HazardSeverity::kMemory, HazardCode::kEspNn,
     "esp-nn", "DEPTHWISE_CONV_2D", Change::kEspDepthwiseTilesS3, std::nullopt,
     DepthwiseStrips,
     "on the ESP32-S3 a 3x3 depthwise convolution of 16 channels or a multiple "
     "and more than 40 KiB, with padding only after its input, overwrites "
     "memory after its scratch buffer",
     "convolution/esp_nn_depthwise_conv_s8_esp32s3.c, the branch for padding "
     "0, 0 of esp_nn_depthwise_conv_s8_esp32s3",
     "with PAD, bring the input to stride x output + 2 rows and columns and "
     "take VALID, or build ESP-NN without optimizations (CONFIG_NN_ANSI_C)"},
    {"esp-nn-depthwise-int16-margin", HazardSeverity::kMemory,
     HazardCode::kEspNn, "esp-nn", "DEPTHWISE_CONV_2D", std::nullopt,
     Change::kEspDepthwiseS16Margin, DepthwiseInt16Margin,
     "on the ESP32-S3 a depthwise convolution that works in int16 writes a few "
     "bytes past its scratch buffer",
     "esp-nn dd785b055241; convolution/esp_nn_depthwise_conv_s8_esp32s3.c at "
     "596b08401a63",
     "update ESP-NN to 1.2.0"},
    {"esp-nn-conv-unequal-padding", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-nn", "CONV_2D", std::nullopt,
     Change::kEspConvEndPaddingS3, ConvUnequalPadding,
     "on the ESP32-S3 a convolution that needs more padding after its input "
     "than before it reads past the padded input",
     "esp-nn issue 31; convolution/esp_nn_conv_esp32s3.c, "
     "esp_nn_conv_s8_esp32s3",
     "update ESP-NN to 1.2.5, pad with PAD and VALID, or build ESP-NN without "
     "optimizations (CONFIG_NN_ANSI_C)"},
    {"esp-nn-conv-end-padding", HazardSeverity::kResults, HazardCode::kEspNn,
     "esp-nn", "CONV_2D", std::nullopt, Change::kEspConvIm2colS3,
     ConvEndPadding,
     "on the ESP32-S3 a convolution with padding only after its input reads "
     "past the input and gets the last row or column wrong",
     "esp-nn 27d1f4ab1145; convolution/esp_nn_conv_esp32s3.c at b859e50b9019, "
     "esp_nn_conv_s8_esp32s3",
     "update ESP-NN, or pad with PAD and VALID"},
    {"esp-nn-softmax-scratch", HazardSeverity::kMemory, HazardCode::kEspNn,
     "esp-tflite-micro", "SOFTMAX", std::nullopt, std::nullopt, SoftmaxScratch,
     "an int8 softmax sizes its scratch buffer by dimension 1 and uses as many "
     "elements as the last dimension has",
     "esp-tflite-micro 99f49e1498b0, micro/kernels/esp_nn/softmax.cc, Prepare",
     "reshape the input to two dimensions"},
};

}  // namespace

std::span<const HazardRow> EspNnHazards() { return kRows; }

}  // namespace tinyml::runtime
