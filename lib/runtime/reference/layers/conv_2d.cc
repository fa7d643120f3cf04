// CONV_2D. Source: tflite-micro 90b983c2b3f1, micro/kernels/{conv,
// conv_common}.cc.
#include "runtime/reference/layers/conv_2d.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

// For the sums in int64, which ConvEval computes unless the bias is int32.
Status CheckInt16Invoke(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  WarnOfInt16BiasType(context);
  const RuntimeTensor* bias = context.Input(2);
  const bool int64_sums =
      bias != nullptr ? bias->type == TensorType::kInt64
                      : context.Options<Conv2DOptions>().quantized_bias_type !=
                            TensorType::kInt32;
  if (!int64_sums) return {};
  return AssertInt64Sums(context, input, filter, bias, output);
}

Status Parse(KernelContext& context) {
  return CheckBiasTypeOption(
      context, context.Options<Conv2DOptions>().quantized_bias_type);
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context));
  TINYML_RETURN_IF_ERROR(PrepareConv2D(context, tensors));
  if (!RunsConvTypes(context, tensors)) return {};
  TINYML_RETURN_IF_ERROR(CheckConvInvoke(context, tensors));
  if (tensors.input.type != TensorType::kInt16) return {};
  return CheckInt16Invoke(context, tensors);
}

}  // namespace

Status PrepareConv2D(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  if (context.Has(Change::kConvTypes)) {
    TINYML_RETURN_IF_ERROR(CheckConvTypes(context, tensors));
  }
  const int32_t channels = filter.Dim(0);
  if (KeepsMultipliers(context, input)) AllocatePerChannel(context, channels);
  if (IsInt8OrInt16(input)) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, channels));
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors,
      context.Options<Conv2DOptions>().fused_activation_function, channels));
  TINYML_RETURN_IF_ERROR(CheckConvBias(context));
  if (filter.type != TensorType::kInt4) return {};
  return context.Scratch(filter.Elements());
}

Status CheckConvBias(const KernelContext& context) {
  TINYML_ENSURE(
      context, context.Input(2) != nullptr || context.Has(Change::kConvTypes),
      "it has no bias, without which this revision fails while it prepares");
  return {};
}

Status CheckConvInvoke(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &filter, &output}));
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

const OperatorKernel reference::kConv2D = {
    .builtin_data = &kTfLiteConvParams,
    .builtin_data_before = {{{Change::kBiasTypeParams, &kOldTfLiteConvParams}}},
    .parse = Parse,
    .init = InitWith<kOpDataConv, Change::kConvInt4, kOldOpDataConv>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
