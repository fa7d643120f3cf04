// FULLY_CONNECTED. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{fully_connected,fully_connected_common}.cc.
#include "runtime/reference/layers/fully_connected.h"

#include <string>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/convolution.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

Status Parse(KernelContext& context) {
  const auto& options = context.Options<FullyConnectedOptions>();
  TINYML_RETURN_IF_ERROR(
      CheckBiasTypeOption(context, options.quantized_bias_type));
  const bool known =
      options.weights_format == FullyConnectedOptionsWeightsFormat::kDefault ||
      options.weights_format ==
          FullyConnectedOptionsWeightsFormat::kShuffled4x16int8;
  TINYML_ENSURE(context, known,
                "its options name a weights format that the format does not "
                "have");
  return {};
}

Status Init(KernelContext& context) {
  context.Persistent(context.Has(Change::kFullyConnectedPerChannel)
                         ? kOpDataFullyConnected
                     : context.Has(Change::kFullyConnectedInt4)
                         ? kOpDataPerTensorFullyConnected
                         : kOpDataInt8FullyConnected);
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FullyConnectedTensors tensors,
                          TakeFullyConnected(context));
  const auto& [input, filter, bias, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckOutputType(context, input, output));
  const TensorType type = input.type;
  const bool hybrid =
      (type == TensorType::kFloat32 && filter.type != TensorType::kFloat32) ||
      (type == TensorType::kInt8 && filter.type != TensorType::kInt8 &&
       filter.type != TensorType::kInt4) ||
      (type == TensorType::kInt16 && filter.type != TensorType::kInt8);
  TINYML_ENSURE(context, !hybrid || !context.Has(Change::kFullyConnectedTypes),
                "input " + input.Describe() + " with filter " +
                    filter.Describe() + " is not supported");
  if (filter.type == TensorType::kInt4) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataFullyConnected(
      context,
      context.Options<FullyConnectedOptions>().fused_activation_function,
      tensors));

  if (hybrid) {
    FailsAtInvoke(context, "the kernel has no code for input " +
                               input.Describe() + " with filter " +
                               filter.Describe());
    return {};
  }
  const bool runs =
      RunsType(context, input,
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
  if (!runs) return {};
  return CheckFullyConnectedInvoke(context, tensors);
}

}  // namespace

Result<FullyConnectedTensors> TakeFullyConnected(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* bias = context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  return FullyConnectedTensors{*input, *filter, bias, *output};
}

bool IsPerChannel(const RuntimeTensor& filter) {
  return filter.IsAffine() && filter.Scales().size() > 1;
}

Status CalculateOpDataFullyConnected(KernelContext& context,
                                     ActivationFunctionType activation,
                                     const FullyConnectedTensors& tensors) {
  const auto& [input, filter, bias, output] = tensors;
  if (input.type == TensorType::kFloat32) return {};
  const bool per_channel = IsPerChannel(filter);
  if (per_channel && context.Has(Change::kFullyConnectedPerChannel)) {
    const bool types_fit =
        IsInt8OrInt16(input) && filter.type != TensorType::kInt4;
    TINYML_ENSURE(context, types_fit,
                  "per-channel quantization needs int8 or int16 input and a "
                  "filter other than int4: input " +
                      input.Describe() + ", filter " + filter.Describe());
    const auto scales = static_cast<int64_t>(filter.Scales().size());
    TINYML_ENSURE(context, scales == filter.Dim(filter.QuantizedDimension()),
                  "filter " + filter.Describe() + " has " +
                      std::to_string(scales) + " scales for dimension " +
                      std::to_string(filter.QuantizedDimension()));
    AllocatePerChannel(context, scales);
    WarnMultiplier(context, static_cast<double>(input.scale) /
                                static_cast<double>(output.scale));
  } else {
    TINYML_ENSURE(
        context,
        !per_channel || !context.Has(Change::kFullyConnectedPerChannelRefused),
        "filter " + filter.Describe() +
            " is quantized per channel, which this revision does "
            "not support");
    TINYML_RETURN_IF_ERROR(
        CheckProductMultiplier(context, input, filter, bias, output));
  }
  TINYML_ENSURE(context, filter.zero_point == 0,
                "filter " + filter.Describe() + " has zero point " +
                    std::to_string(filter.zero_point) +
                    "; the runtime aborts unless it is 0");
  return CheckActivationRangeQuantized(context, activation, output);
}

Status CheckFullyConnectedInvoke(KernelContext& context,
                                 const FullyConnectedTensors& tensors) {
  const auto& [input, filter, bias, output] = tensors;
  const int filter_axis = filter.Rank() - 2;
  const int output_axis = output.Rank() - 1;
  if (input.type == TensorType::kFloat32) {
    return AssertSameDim(context, filter, filter_axis, output, output_axis);
  }
  const bool fits = filter_axis >= 0 && output_axis >= 0 &&
                    output.Dim(output_axis) <= filter.Dim(filter_axis);
  TINYML_ENSURE_AT_INVOKE(context, fits,
                          "filter " + filter.Describe() +
                              " should have at least as many rows as output " +
                              output.Describe() + " has channels");
  if (input.type != TensorType::kInt16) return {};
  const TensorType sums =
      bias != nullptr
          ? bias->type
          : context.Options<FullyConnectedOptions>().quantized_bias_type;
  if (sums == TensorType::kInt32) return {};
  return AssertInt64Sums(context, input, filter, bias, output);
}

const OperatorKernel reference::kFullyConnected = {
    .builtin_data = &kTfLiteFullyConnectedParams,
    .builtin_data_before = {{{Change::kBiasTypeParams,
                              &kOldTfLiteFullyConnectedParams}}},
    .parse = Parse,
    .init = Init,
    .prepare = Prepare};

}  // namespace tinyml::runtime
