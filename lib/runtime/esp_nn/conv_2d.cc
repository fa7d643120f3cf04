// CONV_2D on ESP-NN. Source: esp-tflite-micro 99f49e1498b0,
// micro/kernels/esp_nn/conv.cc, Init and Prepare.
#include "runtime/reference/layers/conv_2d.h"

#include "base/macros.h"
#include "runtime/esp_nn/convolution.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::esp_nn {
namespace {

Status Prepare(KernelContext& context) {
  const auto& options = context.Options<Conv2DOptions>();
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context));
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckGroups(context, tensors));
  TINYML_RETURN_IF_ERROR(PrepareConv2D(context, tensors));
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(
        RequestScratch(context, ConvScratchBytes(MakeShape(options, tensors),
                                                 context.target().kernels)));
  } else if (input.type == TensorType::kInt16) {
    WarnOfInt16BiasType(context);
  }
  if (!RunsEspNn(options, tensors)) return CheckConvInvoke(context, tensors);
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &filter, &output}));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  // No groups.
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, filter, 3));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 0, output, 3));
  return CheckBias(context, output.Dim(3));
}

}  // namespace

// Before the change, upstream forgot the last member.
const Kernel kConv2D = {
    .init = InitWith<kNodeData, Change::kEspConvNodeData, kOpDataConv>,
    .prepare = Prepare};

}  // namespace tinyml::runtime::esp_nn
