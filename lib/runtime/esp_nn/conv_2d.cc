// CONV_2D and DEPTHWISE_CONV_2D on ESP-NN. Source: esp-tflite-micro
// 99f49e1498b0, micro/kernels/esp_nn/conv.cc and depthwise_conv.cc, Init and
// Prepare; lite/kernels/padding.h, which is older there than in tflite-micro.
#include <algorithm>
#include <string>

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/esp_nn/kernels.h"
#include "runtime/esp_nn/scratch_sizes.h"
#include "runtime/reference/layers/conv_2d.h"
#include "runtime/reference/layers/depthwise_conv_2d.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::esp_nn {
namespace {

constexpr Field kNodeDataFields[] = {Struct(kOpDataConv), Int32()};
constexpr StructDef kNodeData = {"NodeData (convolution)", kNodeDataFields};

// ComputePaddingHeightWidth for one axis: no argument is refused, and a window
// larger than a VALID input can have padding.
int32_t PaddingBefore(Padding padding, const WindowAxis& axis) {
  const int64_t filter = (int64_t{axis.filter} - 1) * axis.dilation + 1;
  int64_t output = 0;
  if (axis.stride != 0) {
    const int64_t reach = padding == Padding::kSame ? axis.stride - int64_t{1}
                                                    : axis.stride - filter;
    output = (axis.input + reach) / axis.stride;
  }
  const int64_t total = (output - 1) * axis.stride + filter - axis.input;
  return static_cast<int32_t>(std::max<int64_t>(total, 0) / 2);
}

// Conv2DOptions or DepthwiseConv2DOptions. A dimension that does not fit is cut
// to 16 bits, as in ESP-NN.
template <typename Options>
ConvShape MakeShape(const Options& options, const RuntimeTensor& input,
                    const RuntimeTensor& filter, const RuntimeTensor& output) {
  const auto cut = [](int32_t value) { return static_cast<uint16_t>(value); };
  ConvShape shape;
  shape.input_width = cut(input.Dim(2));
  shape.input_height = cut(input.Dim(1));
  shape.input_channels = cut(input.Dim(3));
  shape.filter_width = cut(filter.Dim(2));
  shape.filter_height = cut(filter.Dim(1));
  shape.output_width = output.Dim(2);
  shape.output_height = output.Dim(1);
  shape.output_channels = cut(output.Dim(3));
  shape.stride_width = cut(options.stride_w);
  shape.stride_height = cut(options.stride_h);
  shape.padding_width = cut(PaddingBefore(
      options.padding, {input.Dim(2), filter.Dim(2), options.stride_w,
                        options.dilation_w_factor}));
  shape.padding_height = cut(PaddingBefore(
      options.padding, {input.Dim(1), filter.Dim(1), options.stride_h,
                        options.dilation_h_factor}));
  return shape;
}

// Whether Invoke runs ESP-NN's code and not the reference kernel.
template <typename Options>
bool RunsEspNn(const Options& options, const RuntimeTensor& input,
               const RuntimeTensor& filter) {
  return input.type == TensorType::kInt8 && filter.type == TensorType::kInt8 &&
         options.dilation_w_factor == 1 && options.dilation_h_factor == 1;
}

// EvalQuantizedPerChannel looks at the bias without asking whether it is there.
Status CheckBias(KernelContext& context, int32_t channels) {
  const RuntimeTensor* bias = context.Input(2);
  TINYML_ENSURE_AT_INVOKE(context, bias != nullptr,
                          "the ESP-NN kernel needs a bias");
  return AssertBiasSize(context, bias, channels);
}

Status RequestScratch(KernelContext& context, int32_t bytes) {
  return bytes > 0 ? context.Scratch(bytes) : Status();
}

Status Init(KernelContext& context) {
  context.Persistent(kNodeData);
  return {};
}

// Without Change::kEspConvNodeData it forgot the member at the end.
Status ConvInit(KernelContext& context) {
  context.Persistent(context.Has(Change::kEspConvNodeData) ? kNodeData
                                                           : kOpDataConv);
  return {};
}

Status ConvPrepare(KernelContext& context) {
  const auto& options = context.Options<Conv2DOptions>();
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "the input is missing");
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_ENSURE(context, filter != nullptr, "the filter is missing");
  TINYML_ENSURE(
      context, filter->Dim(3) > 0 && input->Dim(3) % filter->Dim(3) == 0,
      "the channels of input " + input->Describe() +
          " are no multiple of those of filter " + filter->Describe());
  TINYML_RETURN_IF_ERROR(CheckConvTypes(context, *input, *filter, *output));

  AllocatePerChannel(context, filter->Dim(0));
  if (input->type != TensorType::kFloat32) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, *filter, filter->Dim(0)));
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, input->type, options.fused_activation_function));
  if (filter->type == TensorType::kInt4) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter->Elements()));
  }
  if (input->type == TensorType::kInt8) {
    const ConvShape shape = MakeShape(options, *input, *filter, *output);
    TINYML_RETURN_IF_ERROR(RequestScratch(
        context, ConvScratchBytes(shape, context.target().kernels)));
  }

  if (input->type == TensorType::kInt16) {
    WarnOfInt16BiasType(context);
  }
  if (!RunsEspNn(options, *input, *filter)) {
    return CheckConvInvoke(context, *input, *filter, *output);
  }
  for (const RuntimeTensor* tensor : {input, filter, output}) {
    TINYML_RETURN_IF_ERROR(AssertRank(context, *tensor, 4));
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, *input, 0, *output, 0));
  // No groups.
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, *input, 3, *filter, 3));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, *filter, 0, *output, 3));
  return CheckBias(context, output->Dim(3));
}

// What depthwise_conv.cc, Prepare checks of the shapes.
Status CheckDepthwiseShapes(const KernelContext& context,
                            const DepthwiseConv2DOptions& options,
                            const RuntimeTensor& input,
                            const RuntimeTensor& filter,
                            const RuntimeTensor& output) {
  TINYML_ENSURE(context,
                input.Rank() == 4 && filter.Rank() == 4 && output.Rank() == 4,
                "input " + input.Describe() + ", filter " + filter.Describe() +
                    " and output " + output.Describe() + " need rank 4");
  TINYML_ENSURE(context,
                options.dilation_h_factor > 0 && options.dilation_w_factor > 0,
                "its dilation is not above 0");
  TINYML_ENSURE(
      context, filter.Dim(0) == 1,
      "filter " + filter.Describe() + " needs a first dimension of 1");
  TINYML_ENSURE(context, input.Dim(3) != 0 && filter.Dim(3) % input.Dim(3) == 0,
                "the channels of filter " + filter.Describe() +
                    " are no multiple of those of input " + input.Describe());
  return {};
}

Status DepthwiseConvPrepare(KernelContext& context) {
  const auto& options = context.Options<DepthwiseConv2DOptions>();
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "the input is missing");
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_ENSURE(context, filter != nullptr, "the filter is missing");
  TINYML_RETURN_IF_ERROR(
      CheckDepthwiseShapes(context, options, *input, *filter, *output));
  // From here on as the reference kernel, whose temporary tensors are the same.
  TINYML_RETURN_IF_ERROR(PrepareDepthwiseConv(context, *input, *filter));
  if (input->type == TensorType::kInt8) {
    ConvShape shape = MakeShape(options, *input, *filter, *output);
    shape.channel_multiplier = static_cast<uint16_t>(options.depth_multiplier);
    TINYML_RETURN_IF_ERROR(RequestScratch(
        context, DepthwiseConvScratchBytes(shape, context.target().kernels)));
  }
  if (!RunsEspNn(options, *input, *filter)) {
    return CheckDepthwiseConvInvoke(context, *input, *filter, *output);
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, *input, 0, *output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, *filter, 3, *output, 3));
  TINYML_ENSURE_AT_INVOKE(
      context,
      output->Dim(3) == int64_t{input->Dim(3)} * options.depth_multiplier,
      "output " + output->Describe() + " should have " +
          std::to_string(options.depth_multiplier) +
          " times the channels of input " + input->Describe());
  return CheckBias(context, output->Dim(3));
}

}  // namespace

const Kernel kConv2D = {ConvInit, ConvPrepare};
const Kernel kDepthwiseConv2D = {Init, DepthwiseConvPrepare};

}  // namespace tinyml::runtime::esp_nn
