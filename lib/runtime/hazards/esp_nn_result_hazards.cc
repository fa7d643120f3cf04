// Defects of ESP-NN's arithmetic and of esp-tflite-micro's kernels around it.
// Source, unless a row names another: ESP-NN d45b843ca5f8, src/;
// esp-tflite-micro 99f49e1498b0, micro/kernels/esp_nn/. The C code of ESP-NN
// was built for the host and compared with the reference kernels on random
// shapes, with the assembly functions that it calls written again in C:
// "measured" rows were found or confirmed that way, the others are read.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/size.h"
#include "runtime/hazards/esp_nn_site.h"
#include "runtime/hazards/int16_sums.h"
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using esp_nn::ConvShape;

// How many rows or columns the windows of an axis want after the input.
int64_t After(int64_t input, int64_t padding, int64_t filter, int64_t stride,
              int64_t output) {
  return std::max<int64_t>(0, (output - 1) * stride - padding + filter - input);
}

bool IsPointwise(const ConvShape& s) {
  return s.filter_width == 1 && s.filter_height == 1 && s.padding_width == 0 &&
         s.padding_height == 0 && s.stride_width == 1 && s.stride_height == 1;
}

// A row of 32 values or more is searched in vectors of 16 from the aligned
// address before it.
HazardFinding SoftmaxRows(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  if (!RunsOn(site, EspVariant::kS3) || input == nullptr ||
      input->Rank() == 0 || input->type != TensorType::kInt8 ||
      !site.OutputIs(0, TensorType::kInt8)) {
    return {};
  }
  const int32_t width = input->Dim(input->Rank() - 1);
  return MetIf(width >= 32 && width % 16 != 0 && input->Elements() > width);
}

struct FullyConnected {
  int64_t depth;
  int64_t rows;
};

// A layer that esp_nn_fully_connected_s8 or ..._per_ch_s8 computes.
std::optional<FullyConnected> FullyConnectedOf(const HazardSite& site) {
  const RuntimeTensor* filter = site.Input(1);
  if (!site.InputIs(0, TensorType::kInt8) || filter == nullptr ||
      filter->type != TensorType::kInt8 || site.Output(0) == nullptr) {
    return {};
  }
  const RuntimeTensor& output = *site.Output(0);
  const int32_t outputs = output.Dim(output.Rank() - 1);
  if (filter->Rank() == 0 || outputs < 1) return {};
  return FullyConnected{filter->Dim(filter->Rank() - 1),
                        output.Elements() / outputs};
}

HazardFinding FullyConnectedOddBlocks(const HazardSite& site) {
  const auto layer = FullyConnectedOf(site);
  if (!RunsOn(site, EspVariant::kS3) || !layer ||
      site.Input(1)->zero_point != 0) {
    return {};
  }
  const int64_t blocks = layer->depth / 16;
  return MetIf(blocks >= 3 && blocks % 2 == 1);
}

// The int16 code loads 8 values of the input from the aligned address before
// them. It runs for every row until dot products of blocks exist, and then for
// rows that are not aligned to 16 bytes.
HazardFinding FullyConnectedRows(const HazardSite& site) {
  const auto layer = FullyConnectedOf(site);
  return MetIf(RunsOn(site, EspVariant::kS3) && layer && layer->rows > 1 &&
               layer->depth >= 8 && layer->depth % 8 != 0);
}

HazardFinding FullyConnectedLongRows(const HazardSite& site) {
  const auto layer = FullyConnectedOf(site);
  return MetIf(layer && layer->depth > UINT16_MAX,
               "it takes the first " +
                   Thousands(layer ? layer->depth & UINT16_MAX : 0) +
                   " of them");
}

// ESP-NN keeps the dimensions of convolutions and pools in 16 bits.
HazardFinding LongDimension(const HazardSite& site) {
  if (!site.InputIs(0, TensorType::kInt8)) return {};
  for (const RuntimeTensor* tensor : {site.Input(0), site.Output(0)}) {
    if (tensor == nullptr) continue;
    for (int i = 1; i < tensor->Rank(); ++i) {
      if (tensor->Dim(i) > UINT16_MAX) return tensor->Describe();
    }
  }
  return std::nullopt;
}

HazardFinding FullyConnectedInt16Bias(const HazardSite& site) {
  const RuntimeTensor* bias = site.Input(2);
  return MetIf(site.InputIs(0, TensorType::kInt16) && bias != nullptr &&
               bias->type == TensorType::kInt32);
}

HazardFinding FullyConnectedInt16Channels(const HazardSite& site) {
  const RuntimeTensor* filter = site.Input(1);
  return MetIf(site.InputIs(0, TensorType::kInt16) && filter != nullptr &&
               filter->IsAffine() && filter->Scales().size() > 1);
}

// Above 48 KiB a window of rows is copied at a time, and those outside of the
// input are filled with its offset where they should be 0.
HazardFinding DepthwiseRowStrips(const HazardSite& site) {
  const auto s = EspConvShape<DepthwiseConv2DOptions>(site);
  if (!RunsOn(site, EspVariant::kS3) || !s || s->input_channels % 8 != 0 ||
      site.Options<DepthwiseConv2DOptions>().depth_multiplier != 1 ||
      (s->filter_width == 3 && s->filter_height == 3)) {
    return {};
  }
  const int64_t values = int64_t{s->input_channels} *
                         (int64_t{s->filter_width} * s->filter_height +
                          int64_t{s->input_width} * s->input_height);
  const bool padded =
      s->padding_height != 0 ||
      After(s->input_height, s->padding_height, s->filter_height,
            s->stride_height, s->output_height) > 0;
  return MetIf(2 * values > int64_t{48} * 1024 && padded &&
               site.Input(0)->zero_point != 0);
}

// The window-by-window code takes a window that is larger than the input, but
// by less than the stride, for one inside of it.
HazardFinding ConvWindowEdge(const HazardSite& site) {
  const auto s = EspConvShape<Conv2DOptions>(site);
  if (!RunsOn(site, EspVariant::kS3) || !s) return {};
  const int64_t row = int64_t{s->filter_width} * s->input_channels;
  if (IsPointwise(*s) || row >= 16 || row * s->filter_height < 16) return {};
  const auto misjudged = [](int64_t input, int64_t filter, int64_t padding,
                            int64_t stride) {
    return padding == 0 && input < filter && filter - input < stride;
  };
  return MetIf(misjudged(s->input_width, s->filter_width, s->padding_width,
                         s->stride_width) ||
               misjudged(s->input_height, s->filter_height, s->padding_height,
                         s->stride_height));
}

// A convolution of the ESP32-P4 that has no padding before its input.
std::optional<ConvShape> UnpaddedP4(const HazardSite& site) {
  const auto s = EspConvShape<Conv2DOptions>(site);
  if (!RunsOn(site, EspVariant::kP4) || !s || IsPointwise(*s) ||
      s->padding_width != 0 || s->padding_height != 0) {
    return {};
  }
  return s;
}

int64_t RowsAfter(const ConvShape& s) {
  return After(s.input_height, 0, s.filter_height, s.stride_height,
               s.output_height);
}

HazardFinding P4ConvEndPadding(const HazardSite& site) {
  const auto s = UnpaddedP4(site);
  return MetIf(
      s && (RowsAfter(*s) > 0 || After(s->input_width, 0, s->filter_width,
                                       s->stride_width, s->output_width) > 0));
}

HazardFinding P4ConvLastRow(const HazardSite& site) {
  const auto s = UnpaddedP4(site);
  // Others work window by window.
  if (s && site.Has(Change::kEspConvPathsP4) &&
      s->filter_width * s->input_channels < 16) {
    return {};
  }
  return MetIf(s && site.Has(Change::kEspConvEndPaddingP4) &&
               RowsAfter(*s) > 0 && s->filter_height != 3);
}

constexpr HazardRow kRows[] = {
    {"esp-nn-softmax-rows", HazardSeverity::kResults, HazardCode::kEspNn,
     "esp-nn", "SOFTMAX", Change::kEspSoftmaxS3, std::nullopt, SoftmaxRows,
     "on the ESP32-S3 an int8 softmax over several rows of 32 or more values, "
     "but no multiple of 16, looks for the maximum of a row in parts of the "
     "row before it",
     "softmax/esp_nn_softmax_s8_esp32s3.c, find_max_s8: ee.vld.128.ip ignores "
     "the lowest four bits of the address",
     "bring the rows to a multiple of 16 values"},
    {"esp-nn-fully-connected-odd-blocks", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-nn", "FULLY_CONNECTED", Change::kEspSharedDotS3,
     Change::kEspDotOddBlocksS3, FullyConnectedOddBlocks,
     "on the ESP32-S3 an int8 fully connected layer of 48 to 63, 80 to 95 and "
     "so on inputs (an odd number of blocks of 16) is wrong",
     "esp-nn 65c2d99e0865; common/esp_nn_dot_s8_esp32s3.S at def4d7a70ec8, "
     "esp_nn_dot_s8_unaligned_esp32s3",
     "update ESP-NN to 1.2.3"},
    {"esp-nn-fully-connected-rows", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-nn", "FULLY_CONNECTED", std::nullopt,
     Change::kEspFullyConnectedAlignmentS3, FullyConnectedRows,
     "on the ESP32-S3 an int8 fully connected layer of several rows whose "
     "length is no multiple of 8 gets rows wrong that start elsewhere than at "
     "a multiple of 8",
     "esp-nn issue 34; fully_connected/esp_nn_fully_connected_s8_esp32s3.S: "
     "ee.vld.l.64.ip ignores the lowest three bits of the address",
     "update ESP-NN to 1.2.6, bring the rows to a multiple of 8 values, or "
     "build ESP-NN without optimizations (CONFIG_NN_ANSI_C)"},
    {"esp-nn-fully-connected-long-rows", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-nn", "FULLY_CONNECTED", std::nullopt,
     std::nullopt, FullyConnectedLongRows,
     "an int8 fully connected layer keeps its number of inputs in 16 bits",
     "include/esp_nn_ansi_headers.h, row_len of esp_nn_fully_connected_s8_ansi "
     "and its like",
     "take fewer inputs, by pooling before it for example"},
    {"esp-nn-long-dimension", HazardSeverity::kResults, HazardCode::kEspNn,
     "esp-nn", "CONV_2D, DEPTHWISE_CONV_2D, AVERAGE_POOL_2D, MAX_POOL_2D",
     std::nullopt, std::nullopt, LongDimension,
     "ESP-NN keeps dimensions of int8 convolutions and pools in 16 bits",
     "include/esp_nn_ansi_headers.h; "
     "convolution/esp_nn_conv_opt.c, esp_nn_conv_s8_opt",
     "reshape the input, so that no dimension has more than 65,535 elements"},
    {"esp-tflite-micro-fully-connected-int16-bias", HazardSeverity::kMemory,
     HazardCode::kEspNn, "esp-tflite-micro", "FULLY_CONNECTED", std::nullopt,
     std::nullopt, FullyConnectedInt16Bias,
     "a fully connected layer with int16 activations reads its bias as int64, "
     "whatever its type: the results are wrong, and it reads past the bias",
     "fully_connected.cc, FullyConnectedEval",
     "make the bias int64, as tinyml convert does for such a target"},
    {"esp-tflite-micro-fully-connected-int16-channels",
     HazardSeverity::kUndefined, HazardCode::kEspNn, "esp-tflite-micro",
     "FULLY_CONNECTED", Change::kFullyConnectedPerChannel, std::nullopt,
     FullyConnectedInt16Channels,
     "a fully connected layer with int16 activations and a scale for each "
     "output multiplies by a factor that nothing has set",
     "fully_connected.cc, FullyConnectedEval, which does not ask for "
     "is_per_channel",
     "quantize its weights per tensor"},
    {"esp-tflite-micro-conv-int16-sum", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-tflite-micro", "CONV_2D", std::nullopt,
     std::nullopt, Int16SumOverflows,
     "an int16 convolution without a bias sums up in int32, which its weights "
     "can leave",
     "conv.cc, Eval; upstream's is mended in tflite-micro 7ca66d18e748",
     "give it an int64 bias of zeros"},
    {"esp-nn-depthwise-row-strips", HazardSeverity::kResults,
     HazardCode::kEspNn, "esp-nn", "DEPTHWISE_CONV_2D",
     Change::kEspDepthwiseTilesS3, std::nullopt, DepthwiseRowStrips,
     "on the ESP32-S3 an int8 depthwise convolution of more than 48 KiB whose "
     "filter is not 3x3 takes rows of padding for rows of its input's zero "
     "point",
     "measured; convolution/esp_nn_depthwise_conv_s8_esp32s3.c, the row tiles "
     "of esp_nn_depthwise_conv_s8_esp32s3",
     "pad with PAD and take VALID, or build ESP-NN without optimizations "
     "(CONFIG_NN_ANSI_C)"},
    {"esp-nn-conv-window-edge", HazardSeverity::kMemory, HazardCode::kEspNn,
     "esp-nn", "CONV_2D", Change::kEspConvIm2colS3, std::nullopt,
     ConvWindowEdge,
     "on the ESP32-S3 a convolution of few channels whose filter is larger "
     "than its input reads past the input",
     "measured; convolution/esp_nn_conv_esp32s3.c, esp_nn_conv_s8_im2col_s3",
     "pad with PAD and take VALID"},
    {"esp-nn-conv-end-padding-p4", HazardSeverity::kResults, HazardCode::kEspNn,
     "esp-nn", "CONV_2D", std::nullopt, Change::kEspConvEndPaddingP4,
     P4ConvEndPadding,
     "on the ESP32-P4 a convolution with padding only after its input reads "
     "past the input and gets the last row or column wrong",
     "esp-nn c24977718c4d; convolution/esp_nn_conv_esp32p4.c at d47fb37af4bf, "
     "esp_nn_conv_s8_padded",
     "update ESP-NN, or pad with PAD and VALID"},
    {"esp-nn-conv-last-row-p4", HazardSeverity::kResults, HazardCode::kEspNn,
     "esp-nn", "CONV_2D", Change::kEspConvEndPaddingP4,
     Change::kEspConvLastRowP4, P4ConvLastRow,
     "on the ESP32-P4 a convolution with padding only after its input and a "
     "filter that is not 3 rows high computes its last row from the wrong rows",
     "convolution/esp_nn_conv_esp32p4.c at 596b08401a63, the last row of "
     "esp_nn_conv_s8_padded",
     "update ESP-NN to 1.2.5, or pad with PAD and VALID"},
};

}  // namespace

std::span<const HazardRow> EspNnResultHazards() { return kRows; }

}  // namespace tinyml::runtime
