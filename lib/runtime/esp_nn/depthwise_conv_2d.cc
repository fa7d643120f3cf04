// DEPTHWISE_CONV_2D on ESP-NN. Source: esp-tflite-micro 99f49e1498b0,
// micro/kernels/esp_nn/depthwise_conv.cc, Init and Prepare.
#include "runtime/reference/layers/depthwise_conv_2d.h"

#include <string>

#include "base/macros.h"
#include "runtime/esp_nn/convolution.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::esp_nn {
namespace {

Status CheckShapes(const KernelContext& context,
                   const DepthwiseConv2DOptions& options,
                   const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
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
                    " are not a multiple of those of input " +
                    input.Describe());
  return {};
}

Status Prepare(KernelContext& context) {
  const auto& options = context.Options<DepthwiseConv2DOptions>();
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context));
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckShapes(context, options, tensors));
  // From here on as the reference kernel, whose temporary tensors are the same.
  TINYML_RETURN_IF_ERROR(PrepareDepthwiseConv2D(context, tensors));
  if (input.type == TensorType::kInt8) {
    ConvShape shape = MakeShape(options, tensors);
    shape.channel_multiplier = static_cast<uint16_t>(options.depth_multiplier);
    TINYML_RETURN_IF_ERROR(RequestScratch(
        context, DepthwiseConvScratchBytes(shape, context.target().kernels)));
  }
  if (!RunsEspNn(options, tensors)) {
    return CheckDepthwiseConvInvoke(context, tensors);
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 3, output, 3));
  TINYML_ENSURE_AT_INVOKE(
      context,
      output.Dim(3) == int64_t{input.Dim(3)} * options.depth_multiplier,
      "output " + output.Describe() + " should have " +
          std::to_string(options.depth_multiplier) +
          " times the channels of input " + input.Describe());
  return CheckBias(context, output.Dim(3));
}

}  // namespace

const Kernel kDepthwiseConv2D = {.init = InitWith<kNodeData>,
                                 .prepare = Prepare};

}  // namespace tinyml::runtime::esp_nn
