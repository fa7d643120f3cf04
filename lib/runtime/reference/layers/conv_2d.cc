// Source: tflite-micro 90b983c2b3f1, micro/kernels/conv.cc and conv_common.cc.
#include "runtime/reference/layers/conv_2d.h"

#include "base/macros.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

// Of the sums in int64, which ConvEval makes unless the bias is int32.
Status CheckInt16Invoke(KernelContext& context, const RuntimeTensor& input,
                        const RuntimeTensor& filter,
                        const RuntimeTensor& output) {
  WarnOfInt16BiasType(context);
  const RuntimeTensor* bias = context.Input(2);
  const bool int64_sums =
      bias != nullptr ? bias->type == TensorType::kInt64
                      : context.Options<Conv2DOptions>().quantized_bias_type !=
                            TensorType::kInt32;
  if (!int64_sums) return {};
  return AssertInt64Sums(context, input, filter, bias, output);
}

}  // namespace

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

Status CheckFilterScales(const KernelContext& context,
                         const RuntimeTensor& filter, int32_t channels) {
  TINYML_ENSURE(context, filter.IsAffine(),
                "filter " + filter.Describe() +
                    " has no quantization parameters (scale and zero point)");
  const auto scales = static_cast<int64_t>(filter.Scales().size());
  TINYML_ENSURE(context, scales == 1 || scales == channels,
                "filter " + filter.Describe() + " has " +
                    std::to_string(scales) + " scales for " +
                    std::to_string(channels) + " channels");
  return {};
}

void AllocatePerChannel(KernelContext& context, int64_t channels) {
  context.Persistent("per-channel multipliers", channels * 4);
  context.Persistent("per-channel shifts", channels * 4);
}

Status CalculateOpDataConv(KernelContext& context, TensorType data_type,
                           ActivationFunctionType activation) {
  TINYML_ENSURE(context, context.NumInputs() == 2 || context.NumInputs() == 3,
                "it needs 2 or 3 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* bias = context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  if (data_type == TensorType::kFloat32) return {};
  return CheckConvolutionQuantization(context, *input, *filter, bias, *output,
                                      activation, filter->Dim(0));
}

Status CheckConvInvoke(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& filter,
                       const RuntimeTensor& output) {
  for (const RuntimeTensor* tensor : {&input, &filter, &output}) {
    TINYML_RETURN_IF_ERROR(AssertRank(context, *tensor, 4));
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 0, output, 3));
  const int32_t channels = output.Dim(3);
  TINYML_RETURN_IF_ERROR(AssertBiasSize(context, context.Input(2), channels));
  const int32_t depth = filter.Dim(3);
  const bool groups_fit = depth > 0 && input.Dim(3) >= depth &&
                          input.Dim(3) % depth == 0 &&
                          channels % (input.Dim(3) / depth) == 0;
  TINYML_ENSURE_AT_INVOKE(context, groups_fit,
                          "filter " + filter.Describe() +
                              " does not divide the channels of input " +
                              input.Describe() + " into groups");
  return {};
}

void WarnOfInt16BiasType(KernelContext& context) {
  const RuntimeTensor* bias = context.Input(2);
  if (bias == nullptr) return;
  RunsType(context, *bias, {TensorType::kInt32, TensorType::kInt64});
}

Status ConvInit(KernelContext& context) {
  context.Persistent(kOpDataConv);
  return {};
}

Status ConvPrepare(KernelContext& context) {
  const auto& options = context.Options<Conv2DOptions>();
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
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
  TINYML_RETURN_IF_ERROR(CheckConvInvoke(context, *input, *filter, *output));
  if (input->type != TensorType::kInt16) return {};
  return CheckInt16Invoke(context, *input, *filter, *output);
}

}  // namespace tinyml::runtime
