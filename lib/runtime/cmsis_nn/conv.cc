// CONV_2D on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/conv.cc.
#include "runtime/reference/conv.h"

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/kernels.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataConv), Int32()};
inline constexpr StructDef kOpData = {"OpData (CONV_2D)", kOpDataFields};

Status Init(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

Status Prepare(KernelContext& context) {
  const auto& options = context.Options<Conv2DOptions>();
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "the input is missing");
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_ENSURE(context, filter != nullptr, "the filter is missing");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  // The bias is asked for as an output, of which there is one: none is found,
  // and it counts as absent in all that follows.
  context.TempOutput(2);
  TINYML_RETURN_IF_ERROR(CheckConvTypes(context, *input, *filter, *output));

  TINYML_ENSURE(
      context, input->Rank() == 4 && filter->Rank() == 4 && output->Rank() == 4,
      "CMSIS-NN needs input, filter and output of rank 4");
  TINYML_ENSURE(context, input->Dim(0) == output->Dim(0),
                "input and output differ in batch size");
  TINYML_ENSURE(context,
                filter->Dim(3) > 0 && input->Dim(3) % filter->Dim(3) == 0,
                "the input's channels are no multiple of the filter's");
  const int32_t groups = input->Dim(3) / filter->Dim(3);
  TINYML_ENSURE(context, groups > 0 && output->Dim(3) % groups == 0,
                "the output's channels are no multiple of the groups");

  if (input->type != TensorType::kFloat32) {
    const int64_t channels = filter->Dim(0);
    context.Persistent("per-channel multipliers", channels * 4);
    context.Persistent("per-channel shifts", channels * 4);
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, input->type, options.fused_activation_function));
  if (input->type == TensorType::kFloat32) return {};

  const WindowAxis height = {input->Dim(1), filter->Dim(1), options.stride_h,
                             options.dilation_h_factor};
  const WindowAxis width = {input->Dim(2), filter->Dim(2), options.stride_w,
                            options.dilation_w_factor};
  ConvShape shape;
  shape.input = {input->Dim(0), input->Dim(1), input->Dim(2), input->Dim(3)};
  shape.filter = {1, filter->Dim(1), filter->Dim(2), filter->Dim(3)};
  shape.output = {output->Dim(0), output->Dim(1), output->Dim(2),
                  output->Dim(3)};
  shape.stride = {options.stride_h, options.stride_w};
  shape.dilation = {options.dilation_h_factor, options.dilation_w_factor};
  const PaddingValues padding = WindowPadding(options.padding, height, width);
  shape.padding = {padding.height, padding.width};
  int64_t bytes = 0;
  if (input->type == TensorType::kInt8) {
    bytes = ConvolveWrapperS8BufferBytes(shape, context.target().kernels);
  } else {
    TINYML_ENSURE(context, input->zero_point == 0 && output->zero_point == 0,
                  "int16 input and output need zero point 0");
    bytes = ConvolveWrapperS16BufferBytes(shape, context.target().kernels);
  }
  if (bytes > 0) return context.Scratch(bytes);
  return {};
}

}  // namespace

const Kernel kConv2D = {Init, Prepare};

}  // namespace tinyml::runtime::cmsis_nn
