// CONV_2D on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/conv.cc; what its Invoke asserts is from CMSIS-NN
// 4ab83cc3cc98, Source/ConvolutionFunctions/.
#include "runtime/reference/layers/conv_2d.h"

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/kernels.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataConv), Int32()};
inline constexpr StructDef kOpData = {"OpData (CONV_2D)", kOpDataFields};

Status CheckShapes(const KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& filter, const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(CheckRank(context, input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, filter, "filter", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, output, "output", 4));
  TINYML_ENSURE(context, input.Dim(0) == output.Dim(0),
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in batch size");
  TINYML_ENSURE(context, filter.Dim(3) > 0 && input.Dim(3) % filter.Dim(3) == 0,
                "the channels of input " + input.Describe() +
                    " are no multiple of those of filter " + filter.Describe());
  const int32_t groups = input.Dim(3) / filter.Dim(3);
  TINYML_ENSURE(context, groups > 0 && output.Dim(3) % groups == 0,
                "the channels of output " + output.Describe() +
                    " are no multiple of the " + std::to_string(groups) +
                    " groups");
  return {};
}

// Without Change::kCmsisTypeChecks.
Status CheckHybridTypes(const KernelContext& context,
                        const RuntimeTensor& input, const RuntimeTensor& filter,
                        const RuntimeTensor& output) {
  TINYML_ENSURE(context, input.type == output.type,
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in type");
  const bool types_fit =
      input.type == filter.type ||
      (input.type == TensorType::kInt16 && filter.type == TensorType::kInt8) ||
      (input.type == TensorType::kInt8 && filter.type == TensorType::kInt4);
  TINYML_ENSURE(context, types_fit,
                "hybrid models are not supported: input " + input.Describe() +
                    " with filter " + filter.Describe());
  return {};
}

ConvShape ShapeOf(const KernelContext& context, const RuntimeTensor& input,
                  const RuntimeTensor& filter, const RuntimeTensor& output) {
  const auto& options = context.Options<Conv2DOptions>();
  const WindowAxis height = {input.Dim(1), filter.Dim(1), options.stride_h,
                             options.dilation_h_factor};
  const WindowAxis width = {input.Dim(2), filter.Dim(2), options.stride_w,
                            options.dilation_w_factor};
  const PaddingValues padding = WindowPadding(options.padding, height, width);
  ConvShape shape;
  shape.input = {input.Dim(0), input.Dim(1), input.Dim(2), input.Dim(3)};
  const bool grouped = context.Has(Change::kCmsisGroupedConv);
  shape.filter = {1, filter.Dim(1), filter.Dim(2),
                  grouped ? filter.Dim(3) : input.Dim(3)};
  shape.output = {output.Dim(0), output.Dim(1), output.Dim(2), output.Dim(3)};
  shape.stride = {options.stride_h, options.stride_w};
  shape.padding = {padding.height, padding.width};
  // Without an options table the runtime has zeros, not the format's defaults.
  if (context.op().options.As<Conv2DOptions>() != nullptr) {
    shape.dilation = {options.dilation_h_factor, options.dilation_w_factor};
  }
  return shape;
}

// Without Change::kCmsisGroupedConv: MatchingDim of RuntimeShapes, and what
// Invoke asserts.
Status CheckUngroupedShapes(KernelContext& context, const RuntimeTensor& input,
                            const RuntimeTensor& filter,
                            const RuntimeTensor& output) {
  TINYML_ENSURE(context, input.Rank() >= 4 && output.Rank() >= 4,
                "input " + input.Describe() + " and output " +
                    output.Describe() + " need rank 4");
  TINYML_ENSURE(context, input.Dim(0) == output.Dim(0),
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in batch size");
  if (input.type == TensorType::kFloat32) return {};
  for (const RuntimeTensor* tensor : {&input, &filter, &output}) {
    TINYML_RETURN_IF_ERROR(AssertRank(context, *tensor, 4));
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, filter, 3));
  return AssertSameDim(context, filter, 0, output, 3);
}

// arm_convolve_1_x_n_s8 and arm_convolve_1_x_n_s4.
Status CheckRowInvoke(KernelContext& context, const ConvShape& shape,
                      bool int4_filter) {
  TINYML_ENSURE_AT_INVOKE(context, shape.stride.w != 0,
                          "CMSIS-NN needs a stride above 0");
  if (!context.target().kernels.mve) return {};
  const RowSplit split = SplitRow(shape);
  const bool padding_fits =
      2 * int64_t{shape.padding.w} + split.asymmetric_padding ==
      split.total_padding;
  TINYML_ENSURE_AT_INVOKE(
      context, padding_fits,
      "CMSIS-NN's convolution along one row with Helium cannot leave columns "
      "of the input unused (stride " +
          std::to_string(shape.stride.w) + ")");
  TINYML_ENSURE_AT_INVOKE(
      context, split.complete || !int4_filter,
      "CMSIS-NN's int4 convolution along one row with Helium needs more "
      "columns of output than padding");
  return {};
}

Status CheckInvoke(KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& filter, const ConvShape& shape) {
  const RuntimeTensor* bias = context.Input(2);
  const bool grouped = shape.input.c != shape.filter.c;
  if (input.type == TensorType::kInt16) {
    WarnOfInt16BiasType(context);
    if (grouped) {
      context.Warn("CMSIS-NN ignores the groups of an int16 convolution");
    }
    return {};
  }
  if (IsConvolve1x1(shape)) return {};
  const bool int4_filter = filter.type == TensorType::kInt4;
  if (IsConvolve1xN(shape)) return CheckRowInvoke(context, shape, int4_filter);
  if (grouped && int4_filter) {
    context.Warn("CMSIS-NN ignores the groups of an int4 convolution");
    return {};
  }
  TINYML_ENSURE_AT_INVOKE(context, !grouped || bias != nullptr,
                          "CMSIS-NN's grouped convolution needs a bias");
  return {};
}

Status Init(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

Status Prepare(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  // The bias is asked for as an output, of which there is one: none is found,
  // and it counts as absent in all that follows.
  context.TempOutput(2);
  if (context.Has(Change::kCmsisTypeChecks)) {
    TINYML_RETURN_IF_ERROR(CheckConvTypes(context, *input, *filter, *output));
  } else {
    TINYML_RETURN_IF_ERROR(CheckHybridTypes(context, *input, *filter, *output));
  }
  if (context.Has(Change::kCmsisGroupedConv)) {
    TINYML_RETURN_IF_ERROR(CheckShapes(context, *input, *filter, *output));
  } else {
    TINYML_RETURN_IF_ERROR(
        CheckUngroupedShapes(context, *input, *filter, *output));
  }

  const bool is_float = input->type == TensorType::kFloat32;
  // Where types are not checked: CalculateOpDataConv writes multipliers that
  // only these types have memory for.
  TINYML_ENSURE(
      context,
      is_float || HasType(*input, {TensorType::kInt8, TensorType::kInt16}),
      input->Describe() +
          " is of a type on which this revision crashes while it prepares");
  if (!is_float) AllocatePerChannel(context, filter->Dim(0));
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, input->type,
      context.Options<Conv2DOptions>().fused_activation_function));
  if (is_float) return CheckConvInvoke(context, *input, *filter, *output);

  const ConvShape shape = ShapeOf(context, *input, *filter, *output);
  const KernelConfig& config = context.target().kernels;
  if (input->type == TensorType::kInt8) {
    // Also for int4 filters, though their functions may want less.
    TINYML_RETURN_IF_ERROR(
        RequestScratch(context, ConvolveWrapperS8BufferBytes(shape, config)));
  } else {
    TINYML_ENSURE(context, input->zero_point == 0 && output->zero_point == 0,
                  "int16 input and output need zero point 0");
    TINYML_RETURN_IF_ERROR(
        RequestScratch(context, ConvolveWrapperS16BufferBytes(shape, config)));
  }
  return CheckInvoke(context, *input, *filter, shape);
}

}  // namespace

const Kernel kConv2D = {Init, Prepare};

}  // namespace tinyml::runtime::cmsis_nn
