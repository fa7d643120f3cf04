// Source: tflite-micro 90b983c2b3f1, micro/kernels/conv.cc and conv_common.cc.
#include "runtime/reference/conv.h"

#include "base/macros.h"
#include "runtime/quantization_checks.h"

namespace tinyml::runtime {

Status CheckConvTypes(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& filter,
                      const RuntimeTensor& output) {
  TINYML_ENSURE(context, input.type == output.type,
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in type");
  const bool is_float =
      input.type == TensorType::kFloat32 && filter.type == TensorType::kFloat32;
  const bool is_int16 =
      input.type == TensorType::kInt16 && filter.type == TensorType::kInt8;
  const bool is_int8 =
      input.type == TensorType::kInt8 &&
      (filter.type == TensorType::kInt8 || filter.type == TensorType::kInt4);
  TINYML_ENSURE(context, is_float || is_int16 || is_int8,
                "hybrid models are not supported: input " + input.Describe() +
                    " with filter " + filter.Describe());
  return {};
}

Status CalculateOpDataConv(KernelContext& context, TensorType data_type,
                           ActivationFunctionType activation) {
  TINYML_ENSURE(context, context.NumInputs() == 2 || context.NumInputs() == 3,
                "it needs 2 or 3 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "the input is missing");
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_ENSURE(context, filter != nullptr, "the filter is missing");
  context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  if (data_type == TensorType::kFloat32) return {};
  return CheckConvolutionQuantization(context, *input, *filter, *output,
                                      activation, filter->Dim(0));
}

Status ConvInit(KernelContext& context) {
  context.Persistent(kOpDataConv);
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
  TINYML_RETURN_IF_ERROR(CheckConvTypes(context, *input, *filter, *output));

  const int64_t channels = filter->Dim(0);
  context.Persistent("per-channel multipliers", channels * 4);
  context.Persistent("per-channel shifts", channels * 4);

  if (input->type != TensorType::kFloat32) {
    TINYML_ENSURE(context, filter->IsAffine(),
                  "filter " + filter->Describe() +
                      " has no quantization parameters (scale and zero point)");
    const auto scales = static_cast<int64_t>(filter->Scales().size());
    TINYML_ENSURE(context, scales == 1 || scales == channels,
                  "filter " + filter->Describe() + " has " +
                      std::to_string(scales) + " scales for " +
                      std::to_string(channels) + " channels");
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, input->type, options.fused_activation_function));
  if (filter->type == TensorType::kInt4) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter->Elements()));
  }
  return {};
}

}  // namespace tinyml::runtime
