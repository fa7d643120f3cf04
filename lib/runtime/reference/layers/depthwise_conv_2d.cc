// DEPTHWISE_CONV_2D. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{depthwise_conv,depthwise_conv_common}.cc.
#include "runtime/reference/layers/depthwise_conv_2d.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

// Whether Invoke takes the types; Prepare accepts more.
bool InvokeAccepts(const KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& filter) {
  const bool int8_filter = filter.type == TensorType::kInt8;
  switch (input.type) {
    case TensorType::kFloat32:
      return filter.type == TensorType::kFloat32;
    case TensorType::kInt8:
      return int8_filter || filter.type == TensorType::kInt4;
    case TensorType::kInt16:
      return int8_filter && context.Has(Change::kDepthwiseConvInt16);
    default:
      return false;
  }
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context));
  TINYML_RETURN_IF_ERROR(PrepareDepthwiseConv2D(context, tensors));
  const auto& [input, filter, output] = tensors;
  if (!InvokeAccepts(context, input, filter)) {
    FailsAtInvoke(context, "the kernel has no code for input " +
                               input.Describe() + " with filter " +
                               filter.Describe());
    return {};
  }
  WarnMixedTypes(context, input, output);
  return CheckDepthwiseConvInvoke(context, tensors);
}

}  // namespace

Status CalculateOpDataDepthwiseConv(KernelContext& context,
                                    const ConvTensors& tensors) {
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors,
      context.Options<DepthwiseConv2DOptions>().fused_activation_function,
      tensors.filter.Dim(kDepthwiseChannelAxis)));
  // The runtime deallocates the bias without checking that there is one.
  const bool has_bias = context.Input(2) != nullptr;
  TINYML_ENSURE(context,
                has_bias || context.Has(Change::kDepthwiseConvWithoutBias),
                "it has no bias, without which this revision aborts");
  TINYML_ENSURE(context, has_bias || context.NumInputs() == 2,
                "its bias is marked as omitted, which makes the runtime abort; "
                "leave the third input out instead");
  return {};
}

Status PrepareDepthwiseConv2D(KernelContext& context,
                              const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  const int32_t channels = filter.Dim(kDepthwiseChannelAxis);
  if (KeepsMultipliers(context, input)) AllocatePerChannel(context, channels);
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, channels));
  }
  if (context.Has(Change::kDepthwiseConvTypes)) {
    TINYML_RETURN_IF_ERROR(CheckNotHybrid(context, tensors, true));
  }
  if (filter.type == TensorType::kInt4) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  }
  return CalculateOpDataDepthwiseConv(context, tensors);
}

Status CheckDepthwiseConvInvoke(KernelContext& context,
                                const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &filter, &output}));
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
  // A missing bias is treated as one with a single element.
  const RuntimeTensor* bias = context.Input(2);
  TINYML_ENSURE_AT_INVOKE(context, bias != nullptr || channels == 1,
                          "the reference kernel needs a bias");
  TINYML_RETURN_IF_ERROR(AssertBiasSize(context, bias, channels));
  if (input.type != TensorType::kInt16) return {};
  return AssertInt64Sums(context, input, filter, bias, output);
}

const OperatorKernel reference::kDepthwiseConv2D = {
    .builtin_data = &kTfLiteDepthwiseConvParams,
    .init = InitWith<kOpDataConv, Change::kConvInt4, kOldOpDataConv>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
