// Defects of CMSIS-NN and of tflite-micro's kernels that call it. Source,
// unless a row names another: CMSIS-NN 4ab83cc3cc98, Source/; tflite-micro
// 90b983c2b3f1, micro/kernels/cmsis_nn/.
#include <cstdint>
#include <string>

#include "ops/window.h"
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// Where the input of TRANSPOSE_CONV, its filter and its bias are.
constexpr int kTransposeConvInput = 2;
constexpr int kTransposeConvFilter = 1;

// REVERSE_TCOL_EFFICIENT_THRESHOLD: with more channels and strides up to 2 the
// filter is reversed instead.
constexpr int32_t kMaxChannelsByRows = 16;

bool IsInt8TransposeConv(const HazardSite& site) {
  const bool plain = site.kernels().optimize_for_size &&
                     site.Has(Change::kCmsisTransposeConvForSize) &&
                     !site.Has(Change::kCmsisTransposeConvBuffers);
  return !plain && site.InputIs(kTransposeConvInput, TensorType::kInt8) &&
         site.Input(kTransposeConvFilter) != nullptr &&
         site.OutputIs(0, TensorType::kInt8);
}

HazardFinding TransposeConvPartialRows(const HazardSite& site) {
  if (!IsInt8TransposeConv(site)) return {};
  const auto& options = site.Options<TransposeConvOptions>();
  const RuntimeTensor& input = *site.Input(kTransposeConvInput);
  const RuntimeTensor& filter = *site.Input(kTransposeConvFilter);
  const bool by_rows = options.stride_w > 2 || options.stride_h > 2 ||
                       input.Dim(3) <= kMaxChannelsByRows;
  const PaddingValues padding =
      WindowPadding(options.padding,
                    {site.Output(0)->Dim(1), filter.Dim(1), options.stride_h},
                    {site.Output(0)->Dim(2), filter.Dim(2), options.stride_w});
  return MetIf(
      by_rows && options.stride_h > 0 && padding.height % options.stride_h != 0,
      "padding " + std::to_string(padding.height) + ", stride " +
          std::to_string(options.stride_h));
}

HazardFinding TransposeConvActivation(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(kTransposeConvInput);
  return MetIf(input != nullptr && input->type != TensorType::kFloat32 &&
               site.Options<TransposeConvOptions>().fused_activation_function !=
                   ActivationFunctionType::kNone);
}

bool IsGrouped(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* filter = site.Input(1);
  return input != nullptr && filter != nullptr &&
         input->Dim(3) != filter->Dim(3);
}

HazardFinding ConvInt16Groups(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) && IsGrouped(site));
}

HazardFinding ConvInt4Groups(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt8) &&
               site.InputIs(1, TensorType::kInt4) && IsGrouped(site));
}

HazardFinding FullyConnectedInt16Bias(const HazardSite& site) {
  const RuntimeTensor* bias = site.Input(2);
  return MetIf(site.InputIs(0, TensorType::kInt16) && bias != nullptr &&
               bias->type != TensorType::kInt64);
}

HazardFinding DepthwiseInt4Channels(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt8) &&
               site.InputIs(1, TensorType::kInt4) &&
               site.Input(0)->Dim(3) % 2 != 0);
}

HazardFinding MoreThan4Dimensions(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt8) && site.Input(0)->Rank() > 4);
}

HazardFinding MaximumMinimumRanks(const HazardSite& site) {
  if (!site.OutputIs(0, TensorType::kInt8)) return {};
  for (const RuntimeTensor* tensor :
       {site.Input(0), site.Input(1), site.Output(0)}) {
    if (tensor != nullptr && (tensor->Rank() < 2 || tensor->Rank() > 4)) {
      return tensor->Describe();
    }
  }
  return std::nullopt;
}

// MAX_COL_COUNT: how many products of int16 and int8 an int32 holds.
constexpr int64_t kMaxColumns = 512;

HazardFinding ConvInt16Columns(const HazardSite& site) {
  const RuntimeTensor* filter = site.Input(1);
  if (!site.kernels().dsp || site.kernels().mve ||
      !site.InputIs(0, TensorType::kInt16) ||
      !site.InputIs(2, TensorType::kInt64) || filter == nullptr ||
      filter->Dim(0) == 0) {
    return {};
  }
  const int64_t columns = filter->Elements() / filter->Dim(0);
  return MetIf(columns > kMaxColumns && columns % 4 != 0 &&
               filter->Dim(0) % 2 != 0);
}

// Dimension `i` of 4, to which leading ones are added.
int32_t Dim4(const RuntimeTensor& tensor, int i) {
  const int at = i + tensor.Rank() - 4;
  return at < 0 ? 1 : tensor.Dim(at);
}

// A column [n, h, 1, 1] beside [.., w, c] with w > 1: from line to line the
// kernel goes on by two values of the column.
HazardFinding MaximumMinimumColumn(const HazardSite& site) {
  const RuntimeTensor* inputs[] = {site.Input(0), site.Input(1)};
  if (!site.OutputIs(0, TensorType::kInt8) || inputs[0] == nullptr ||
      inputs[1] == nullptr || site.Output(0)->Rank() > 4) {
    return {};
  }
  for (const int i : {0, 1}) {
    const RuntimeTensor& a = *inputs[i];
    const RuntimeTensor& b = *inputs[1 - i];
    if (Dim4(a, 1) > 1 && Dim4(a, 2) == 1 && Dim4(a, 3) == 1 &&
        Dim4(b, 2) > 1) {
      return a.Describe();
    }
  }
  return std::nullopt;
}

// CH_IN_BLOCK_MVE: channels that Helium's depthwise convolution takes at once.
constexpr int32_t kHeliumChannels = 124;

HazardFinding DepthwiseNoBias(const HazardSite& site) {
  const auto& options = site.Options<DepthwiseConv2DOptions>();
  return MetIf(
      site.kernels().mve && site.InputIs(0, TensorType::kInt8) &&
      site.InputIs(1, TensorType::kInt8) && site.Input(2) == nullptr &&
      site.Output(0) != nullptr && site.Output(0)->Dim(3) > kHeliumChannels &&
      options.depth_multiplier == 1 && site.Input(0)->Dim(0) == 1 &&
      options.dilation_w_factor == 1 && options.dilation_h_factor == 1);
}

constexpr HazardRow kRows[] = {
    {"cmsis-nn-transpose-conv-partial-rows", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "TRANSPOSE_CONV",
     Change::kTransposeConvReversed, Change::kTransposeConvPartialRows,
     TransposeConvPartialRows,
     "an int8 transposed convolution whose padding above is no multiple of its "
     "stride shifts rows of the output and leaves the last one unwritten",
     "CMSIS-NN issue 230, pull request 233; "
     "ConvolutionFunctions/arm_transpose_conv_s8.c",
     "take padding VALID and cut the output with SLICE, as tinyml convert and "
     "quantize do for such a target, or update CMSIS-NN",
     "", "", true},
    {"cmsis-nn-transpose-conv-activation", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "tflm", "TRANSPOSE_CONV", std::nullopt, std::nullopt,
     TransposeConvActivation,
     "a quantized transposed convolution ignores its fused activation",
     "transpose_conv.cc, CalculateOpData: it passes on no activation",
     "make the activation an operator of its own", "", "", true},
    {"cmsis-nn-conv-int16-groups", HazardSeverity::kMemory,
     HazardCode::kCmsisNn, "cmsis-nn", "CONV_2D", std::nullopt, std::nullopt,
     ConvInt16Groups,
     "an int16 convolution ignores its groups: it reads past the end of the "
     "filter and its results are wrong",
     "ConvolutionFunctions/arm_convolve_s16.c",
     "split the convolution into one for each group, or quantize to int8"},
    {"cmsis-nn-conv-int4-groups", HazardSeverity::kMemory, HazardCode::kCmsisNn,
     "cmsis-nn", "CONV_2D", std::nullopt, std::nullopt, ConvInt4Groups,
     "a convolution with int4 weights ignores its groups: it reads past the "
     "end of the filter and its results are wrong",
     "ConvolutionFunctions/arm_convolve_s4.c",
     "split the convolution into one for each group, or take int8 weights"},
    {"cmsis-nn-fully-connected-int16-bias", HazardSeverity::kMemory,
     HazardCode::kCmsisNn, "tflm", "FULLY_CONNECTED", std::nullopt,
     std::nullopt, FullyConnectedInt16Bias,
     "a fully connected layer with int16 activations reads its bias as int64, "
     "whatever its type: the results are wrong, and it reads past the bias",
     "fully_connected.cc, EvalQuantizedInt16",
     "make the bias int64, as tinyml convert does for such a target"},
    {"cmsis-nn-depthwise-int4-channels", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "DEPTHWISE_CONV_2D", Change::kCmsisInt4,
     std::nullopt, DepthwiseInt4Channels,
     "a depthwise convolution with int4 weights and an odd number of channels "
     "takes the wrong halves of bytes",
     "ConvolutionFunctions/arm_depthwise_conv_s4.c and "
     "arm_depthwise_conv_s4_opt.c",
     "take int8 weights, or an even number of channels", "", "", true},
    {"cmsis-nn-pad-dimensions", HazardSeverity::kUndefined,
     HazardCode::kCmsisNn, "tflm", "PAD, PADV2", Change::kCmsisPadTranspose,
     std::nullopt, MoreThan4Dimensions,
     "an int8 PAD of more than four dimensions pads only the last four and "
     "leaves the rest of its output unwritten",
     "pad.cc, Eval", "reshape to four dimensions before it"},
    {"cmsis-nn-transpose-dimensions", HazardSeverity::kUndefined,
     HazardCode::kCmsisNn, "tflm", "TRANSPOSE", Change::kCmsisPadTranspose,
     std::nullopt, MoreThan4Dimensions,
     "an int8 TRANSPOSE of more than four dimensions leaves its output "
     "unwritten",
     "transpose.cc, TransposeEvalInt8", "reshape to four dimensions before it"},
    {"cmsis-nn-maximum-minimum-dimensions", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "tflm", "MAXIMUM, MINIMUM",
     Change::kCmsisMaximumMinimum, Change::kCmsisRanks, MaximumMinimumRanks,
     "MAXIMUM and MINIMUM of int8 take a tensor of other than 2 to 4 "
     "dimensions "
     "for a single element",
     "tflite-micro 2ba41b0f3e6c; maximum_minimum.cc before it, "
     "FillVariableShape",
     "reshape to 2 to 4 dimensions before it"},
    {"cmsis-nn-maximum-minimum-column", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "MAXIMUM, MINIMUM",
     Change::kCmsisMaximumMinimum, std::nullopt, MaximumMinimumColumn,
     "MAXIMUM and MINIMUM of int8 with one value for each line read every "
     "other of these values, and past their end",
     "BasicMathFunctions/arm_maximum_s8.c and arm_minimum_s8.c",
     "broadcast the column with BROADCAST_TO before it", "", "", true},
    {"cmsis-nn-conv-int16-columns", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "CONV_2D", Change::kConvS16Buffer,
     std::nullopt, ConvInt16Columns,
     "on cores with the DSP extension an int16 convolution with an int64 bias, "
     "more than 512 weights for each output and an odd number of outputs takes "
     "up to three products too many in the last output",
     "ConvolutionFunctions/arm_nn_mat_mult_kernel_s16.c, the last odd row",
     "take an even number of output channels"},
    {"cmsis-nn-depthwise-no-bias", HazardSeverity::kMemory,
     HazardCode::kCmsisNn, "cmsis-nn", "DEPTHWISE_CONV_2D", std::nullopt,
     std::nullopt, DepthwiseNoBias,
     "with Helium a depthwise convolution of more than 124 channels without a "
     "bias reads one from an address near 0",
     "ConvolutionFunctions/arm_depthwise_conv_s8_opt.c, which passes on "
     "bias + block_offset",
     "give it a bias of zeros"},
};

}  // namespace

std::span<const HazardRow> CmsisNnHazards() { return kRows; }

}  // namespace tinyml::runtime
