#include "runtime/reference/layers/convolution.h"

#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

Status RefuseHybrid(const KernelContext& context, const ConvTensors& tensors) {
  return context.Refuse("hybrid models are not supported: input " +
                        tensors.input.Describe() + " with filter " +
                        tensors.filter.Describe());
}

}  // namespace

Result<ConvTensors> TakeOutputInputFilter(KernelContext& context,
                                          const ConvInputs& at) {
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(at.input);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(at.filter);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  return ConvTensors{*input, *filter, *output};
}

Result<ConvTensors> TakeInputFilterOutput(KernelContext& context,
                                          const ConvInputs& at) {
  const RuntimeTensor* input = context.TempInput(at.input);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(at.filter);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  return ConvTensors{*input, *filter, *output};
}

Status CheckConvTypes(const KernelContext& context,
                      const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckOutputType(context, input, output));
  const bool is_float =
      input.type == TensorType::kFloat32 && filter.type == TensorType::kFloat32;
  const bool is_int16 =
      input.type == TensorType::kInt16 && filter.type == TensorType::kInt8;
  const bool is_int8 = input.type == TensorType::kInt8 &&
                       HasType(filter, {TensorType::kInt8, TensorType::kInt4});
  return is_float || is_int16 || is_int8 ? Status()
                                         : RefuseHybrid(context, tensors);
}

bool RunsConvTypes(KernelContext& context, const ConvTensors& tensors) {
  if (CheckConvTypes(context, tensors).has_value()) return true;
  FailsAtInvoke(context, "this revision does not check that input " +
                             tensors.input.Describe() + ", filter " +
                             tensors.filter.Describe() + " and output " +
                             tensors.output.Describe() + " match");
  return false;
}

Status CheckNotHybrid(const KernelContext& context, const ConvTensors& tensors,
                      bool takes_int4) {
  const auto& [input, filter, output] = tensors;
  const bool is_int16 =
      input.type == TensorType::kInt16 && filter.type == TensorType::kInt8;
  const bool is_int4 = takes_int4 && input.type == TensorType::kInt8 &&
                       filter.type == TensorType::kInt4;
  return input.type == filter.type || is_int16 || is_int4
             ? Status()
             : RefuseHybrid(context, tensors);
}

Status CheckGroups(const KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_ENSURE(context, filter.Dim(3) > 0 && input.Dim(3) % filter.Dim(3) == 0,
                "the channels of input " + input.Describe() +
                    " are not a multiple of those of filter " +
                    filter.Describe());
  return {};
}

Status CheckBatchSize(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& output) {
  TINYML_ENSURE(context, input.Dim(0) == output.Dim(0),
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in batch size");
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

Status CheckConvCounts(const KernelContext& context, const ConvInputs& at) {
  TINYML_ENSURE(
      context,
      context.NumInputs() == at.bias || context.NumInputs() == at.bias + 1,
      "it needs " + std::to_string(at.bias) + " or " +
          std::to_string(at.bias + 1) + " inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  return {};
}

Status CalculateOpDataConv(KernelContext& context, const ConvTensors& tensors,
                           ActivationFunctionType activation, int32_t channels,
                           const ConvInputs& at) {
  TINYML_RETURN_IF_ERROR(CheckConvCounts(context, at));
  context.TempInput(at.input);
  context.TempInput(at.filter);
  const RuntimeTensor* bias = context.TempInput(at.bias);
  context.TempOutput(0);
  const auto& [input, filter, output] = tensors;
  if (input.type == TensorType::kFloat32) return {};
  return CheckConvolutionQuantization(context, input, filter, bias, output,
                                      activation, channels);
}

Status CheckBiasTypeOption(const KernelContext& context, TensorType type) {
  if (!context.Has(Change::kBiasTypeParams)) return {};
  const bool known =
      type >= TensorType::kFloat32 && type <= TensorType::kFloat8E5M2;
  TINYML_ENSURE(context, known,
                "its options name a bias type that the format does not have");
  return {};
}

}  // namespace tinyml::runtime
