// Defects of convolutions on CMSIS-NN: along one row with Helium, in groups,
// and sums of int16. Source, unless a row names another: CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/; tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/. "Measured" means that the library's code, built for
// a Cortex-M4 and a Cortex-M55 and run in an emulator of the core on random
// shapes, differed from the reference kernels exactly where the row says so.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "ops/window.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/hazards/int16_sums.h"
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using cmsis_nn::ConvShape;

// The shape of an int8 convolution.
std::optional<ConvShape> ShapeOf(const HazardSite& site) {
  const RuntimeTensor* filter = site.Input(1);
  if (!site.InputIs(0, TensorType::kInt8) || filter == nullptr ||
      filter->type != TensorType::kInt8 || site.Output(0) == nullptr) {
    return {};
  }
  const RuntimeTensor& input = *site.Input(0);
  const RuntimeTensor& output = *site.Output(0);
  if (input.Rank() != 4 || filter->Rank() != 4 || output.Rank() != 4) return {};
  const auto& options = site.Options<Conv2DOptions>();
  if (options.stride_w < 1 || options.stride_h < 1) return {};
  const PaddingValues padding =
      WindowPadding(options.padding,
                    {input.Dim(1), filter->Dim(1), options.stride_h,
                     options.dilation_h_factor},
                    {input.Dim(2), filter->Dim(2), options.stride_w,
                     options.dilation_w_factor});
  return ConvShape{
      .input = {input.Dim(0), input.Dim(1), input.Dim(2), input.Dim(3)},
      .filter = {filter->Dim(0), filter->Dim(1), filter->Dim(2),
                 filter->Dim(3)},
      .output = {output.Dim(0), output.Dim(1), output.Dim(2), output.Dim(3)},
      .stride = {options.stride_h, options.stride_w},
      .dilation = {options.dilation_h_factor, options.dilation_w_factor},
      .padding = {padding.height, padding.width}};
}

// A convolution that arm_convolve_1_x_n_s8 takes apart with Helium: columns
// that touch the padding before the input, plain ones, and those that touch the
// padding after it.
std::optional<ConvShape> SplitRowOf(const HazardSite& site) {
  const auto shape = ShapeOf(site);
  if (!site.kernels().mve || !shape || cmsis_nn::IsConvolve1x1(*shape) ||
      !cmsis_nn::IsConvolve1xN(*shape) ||
      !cmsis_nn::SplitRow(*shape).complete) {
    return {};
  }
  return shape;
}

// One column of the input is left over, which counts as padding of -1.
HazardFinding RowUnusedColumn(const HazardSite& site) {
  const auto shape = SplitRowOf(site);
  return MetIf(shape && cmsis_nn::SplitRow(*shape).total_padding == -1);
}

// The last columns are computed from kernel width - 1 columns of the input and
// as much padding as the first ones have, or one column of it for each of them
// if there is more padding after the input than before.
HazardFinding RowPadding(const HazardSite& site) {
  const auto shape = SplitRowOf(site);
  if (!shape) return {};
  const cmsis_nn::RowSplit split = cmsis_nn::SplitRow(*shape);
  if (split.total_padding < 0) return {};
  const int64_t width = shape->input.w;
  const int64_t kernel = shape->filter.w;
  const int64_t stride = shape->stride.w;
  const int64_t before = shape->padding.w;
  const int64_t plain =
      std::max<int64_t>(shape->output.w - split.left - split.right, 0);
  // Whether the last of the first `columns` windows ends inside of the input.
  const auto fits = [&](int64_t columns) {
    return (columns - 1) * stride - before + kernel <= width;
  };
  bool right = (split.left == 0 || fits(split.left)) &&
               (plain == 0 || fits(split.left + plain));
  if (split.right > 0) {
    const int64_t left_over = width - ((split.left + plain) * stride - before);
    const int64_t after = split.asymmetric_padding != 0 ? split.right : before;
    right =
        right && left_over == kernel - 1 && (split.right - 1) * stride < after;
  }
  return MetIf(!right);
}

bool IsGrouped(const ConvShape& shape) {
  return shape.input.c != shape.filter.c;
}

HazardFinding GroupedPointwise(const HazardSite& site) {
  const auto shape = ShapeOf(site);
  return MetIf(shape && IsGrouped(*shape) && site.ScratchBytes().empty());
}

HazardFinding GroupedRow(const HazardSite& site) {
  const auto shape = ShapeOf(site);
  const std::vector<int64_t> requests = site.ScratchBytes();
  if (!site.kernels().mve || !shape || !IsGrouped(*shape) || requests.empty()) {
    return {};
  }
  // What the general function needs, which a convolution of several rows gets.
  ConvShape general = *shape;
  general.input.h = 2;
  const int64_t needed =
      cmsis_nn::ConvolveWrapperS8BufferBytes(general, site.kernels());
  return MetIf(requests.front() < needed, "it takes " + std::to_string(needed) +
                                              " bytes, and has " +
                                              std::to_string(requests.front()));
}

// More padded columns than columns of output: they fail, where later revisions
// run the general function.
HazardFinding RowShort(const HazardSite& site) {
  const auto shape = ShapeOf(site);
  return MetIf(
      site.kernels().mve && shape && !cmsis_nn::IsConvolve1x1(*shape) &&
      cmsis_nn::IsConvolve1xN(*shape) && !cmsis_nn::SplitRow(*shape).complete);
}

constexpr HazardRow kRows[] = {
    {"cmsis-nn-conv-row-unused-column", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "CONV_2D", Change::kConv1xNMveBuffer,
     std::nullopt, RowUnusedColumn,
     "with Helium, an int8 convolution along one row that leaves the last "
     "column of its input unused gets its last column wrong",
     "measured; arm_convolve_1_x_n_s8.c takes the unused column for padding",
     "cut the unused column off with SLICE, or take stride 1"},
    {"cmsis-nn-conv-row-padding", HazardSeverity::kResults,
     HazardCode::kCmsisNn, "cmsis-nn", "CONV_2D", Change::kConv1xNMveBuffer,
     std::nullopt, RowPadding,
     "with Helium, an int8 convolution along one row with a stride and padding "
     "computes its last columns from the wrong part of the input",
     "measured; arm_convolve_1_x_n_s8.c, the right padded elements",
     "pad with PAD and take VALID"},
    {"cmsis-nn-conv-row-short", HazardSeverity::kAbort, HazardCode::kCmsisNn,
     "cmsis-nn", "CONV_2D", Change::kConv1xNStride, Change::kConv1xNFallback,
     RowShort,
     "with Helium, an int8 convolution along one row fails when it runs if it "
     "has more padded columns than columns of output",
     "measured; CMSIS-NN issue 109; arm_convolve_1_x_n_s8.c at bfc54edb61e8",
     "pad with PAD and take VALID, or update CMSIS-NN"},
    {"cmsis-nn-conv-grouped-pointwise", HazardSeverity::kAbort,
     HazardCode::kCmsisNn, "cmsis-nn", "CONV_2D", Change::kCmsisGroupedConv,
     Change::kConvDispatchByChannels, GroupedPointwise,
     "an int8 1x1 convolution in groups fails when it runs: its size function "
     "asks for no buffer, and the function that runs wants one",
     "measured; CMSIS-NN pull request 200; arm_convolve_wrapper_s8.c at "
     "e096196a0c49",
     "split the convolution into one for each group, or update CMSIS-NN"},
    {"cmsis-nn-conv-grouped-row", HazardSeverity::kMemory, HazardCode::kCmsisNn,
     "cmsis-nn", "CONV_2D", Change::kCmsisGroupedConv,
     Change::kConvDispatchByChannels, GroupedRow,
     "with Helium, an int8 convolution along one row in groups writes past its "
     "scratch buffer",
     "measured; CMSIS-NN pull request 200; arm_convolve_get_buffer_sizes_s8.c "
     "at e096196a0c49",
     "split the convolution into one for each group, or update CMSIS-NN"},
    {"cmsis-nn-conv-int16-sum", HazardSeverity::kResults, HazardCode::kCmsisNn,
     "tflm", "CONV_2D", Change::kCmsisConvInt32Bias, Change::kInt16SumsAreInt64,
     Int16SumOverflows,
     "an int16 convolution without a bias sums up in int32, which its weights "
     "can leave",
     "tflite-micro 7ca66d18e748; conv.cc, EvalInt16x8",
     "give it an int64 bias of zeros, or update the runtime"},
};

}  // namespace

std::span<const HazardRow> CmsisNnConvHazards() { return kRows; }

}  // namespace tinyml::runtime
