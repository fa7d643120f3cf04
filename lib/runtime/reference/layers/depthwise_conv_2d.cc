// Source: tflite-micro 90b983c2b3f1, micro/kernels/depthwise_conv.cc and
// depthwise_conv_common.cc.
#include "runtime/reference/layers/depthwise_conv_2d.h"

#include "base/macros.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/conv_2d.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

// Whether Invoke takes the types; Prepare lets more pass.
bool InvokeAccepts(const RuntimeTensor& input, const RuntimeTensor& filter) {
  return input.type == TensorType::kFloat32 ||
         input.type == TensorType::kInt8 ||
         (input.type == TensorType::kInt16 && filter.type == TensorType::kInt8);
}

}  // namespace

Status CalculateOpDataDepthwiseConv(KernelContext& context,
                                    TensorType data_type,
                                    ActivationFunctionType activation) {
  const bool has_bias = context.NumInputs() == 3;
  TINYML_ENSURE(context, has_bias || context.NumInputs() == 2,
                "it needs 2 or 3 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* bias = context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  if (data_type != TensorType::kFloat32) {
    TINYML_RETURN_IF_ERROR(CheckConvolutionQuantization(
        context, *input, *filter, bias, *output, activation,
        filter->Dim(kDepthwiseChannelAxis)));
  }
  // The runtime gives the bias back without looking whether there is one.
  TINYML_ENSURE(
      context,
      bias != nullptr || context.Has(Change::kDepthwiseConvWithoutBias),
      "it has no bias, without which this revision aborts");
  TINYML_ENSURE(context, !has_bias || bias != nullptr,
                "its bias is marked as omitted, on which the runtime aborts; "
                "leave the third input out instead");
  return {};
}

Status CheckDepthwiseConvInvoke(KernelContext& context,
                                const RuntimeTensor& input,
                                const RuntimeTensor& filter,
                                const RuntimeTensor& output) {
  for (const RuntimeTensor* tensor : {&input, &filter, &output}) {
    TINYML_RETURN_IF_ERROR(AssertRank(context, *tensor, 4));
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 3, output, 3));
  const int32_t channels = output.Dim(3);
  const int32_t multiplier =
      context.Options<DepthwiseConv2DOptions>().depth_multiplier;
  TINYML_ENSURE_AT_INVOKE(
      context, channels == int64_t{input.Dim(3)} * multiplier,
      "output " + output.Describe() + " should have " +
          std::to_string(multiplier) + " times the channels of input " +
          input.Describe() + ", by the depth multiplier of its options");
  // A missing bias counts as one of one element.
  const RuntimeTensor* bias = context.Input(2);
  TINYML_ENSURE_AT_INVOKE(context, bias != nullptr || channels == 1,
                          "the reference kernel needs a bias");
  TINYML_RETURN_IF_ERROR(AssertBiasSize(context, bias, channels));
  if (input.type != TensorType::kInt16) return {};
  return AssertInt64Sums(context, input, filter, bias, output);
}

Status PrepareDepthwiseConv(KernelContext& context, const RuntimeTensor& input,
                            const RuntimeTensor& filter) {
  const int32_t channels = filter.Dim(kDepthwiseChannelAxis);
  AllocatePerChannel(context, channels);
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, channels));
  }
  const bool types_fit =
      input.type == filter.type ||
      (input.type == TensorType::kInt8 && filter.type == TensorType::kInt4) ||
      (input.type == TensorType::kInt16 && filter.type == TensorType::kInt8);
  TINYML_ENSURE(context, types_fit,
                "hybrid models are not supported: input " + input.Describe() +
                    " with filter " + filter.Describe());
  if (filter.type == TensorType::kInt4) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  }
  return CalculateOpDataDepthwiseConv(
      context, input.type,
      context.Options<DepthwiseConv2DOptions>().fused_activation_function);
}

Status DepthwiseConvPrepare(KernelContext& context) {
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  TINYML_RETURN_IF_ERROR(PrepareDepthwiseConv(context, *input, *filter));

  if (!InvokeAccepts(*input, *filter)) {
    FailsAtInvoke(context, "the kernel has no code for input " +
                               input->Describe() + " with filter " +
                               filter->Describe());
    return {};
  }
  WarnMixedTypes(context, *input, *output);
  return CheckDepthwiseConvInvoke(context, *input, *filter, *output);
}

}  // namespace tinyml::runtime
