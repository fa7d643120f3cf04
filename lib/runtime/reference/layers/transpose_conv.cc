// TRANSPOSE_CONV. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/transpose_conv.cc.
#include "runtime/reference/layers/transpose_conv.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/convolution.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kConvParams), Int32(), Int32(),
                                          Pointer(2)};
inline constexpr StructDef kOpData = {"OpData (TRANSPOSE_CONV)", kOpDataFields};

Status Parse(KernelContext& context) {
  return CheckBiasTypeOption(
      context, context.Options<TransposeConvOptions>().quantized_bias_type);
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context, kTransposeConvInputs));
  const auto& [input, filter, output] = tensors;
  const Status types = CheckNotHybrid(context, tensors, false);
  if (context.Has(Change::kDepthwiseConvTypes)) {
    TINYML_RETURN_IF_ERROR(types);
  }

  AllocatePerChannel(context, filter.Dim(0));
  if (IsInt8OrInt16(input)) {
    // Accumulators of the whole output: int32, or int64 for int16.
    TINYML_RETURN_IF_ERROR(context.Scratch(
        output.Elements() * (input.type == TensorType::kInt8 ? 4 : 8)));
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, filter.Dim(0)));
  }
  auto activation =
      context.Options<TransposeConvOptions>().fused_activation_function;
  if (!context.Has(Change::kTransposeConvActivation)) {
    activation = ActivationFunctionType::kNone;
  }
  TINYML_RETURN_IF_ERROR(
      CalculateOpDataTransposeConv(context, tensors, activation));
  if (!types.has_value()) {
    FailsAtInvoke(context, "the kernel has no code for input " +
                               input.Describe() + " with filter " +
                               filter.Describe());
    return {};
  }
  return CheckTransposeConvInvoke(context, tensors);
}

}  // namespace

Status CalculateOpDataTransposeConv(KernelContext& context,
                                    const ConvTensors& tensors,
                                    ActivationFunctionType activation) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckConvCounts(context, kTransposeConvInputs));
  if (input.type == TensorType::kFloat32) return {};
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors, activation, filter.Dim(0), kTransposeConvInputs));
  if (input.type != TensorType::kInt16) return {};
  const RuntimeTensor* bias = context.Input(kTransposeConvInputs.bias);
  TINYML_ENSURE(
      context,
      filter.type == TensorType::kInt8 && output.type == TensorType::kInt16,
      "int16 input needs an int8 filter and int16 output: filter " +
          filter.Describe() + ", output " + output.Describe());
  TINYML_ENSURE(
      context,
      bias != nullptr || context.Has(Change::kTransposeConvInt16WithoutBias),
      "it has no bias, without which the int16 kernel of this revision "
      "crashes");
  // An int16 bias is converted to int64.
  if (bias != nullptr && bias->type == TensorType::kInt16) {
    return context.Scratch(8 * bias->Elements());
  }
  return {};
}

Status CheckTransposeConvInvoke(KernelContext& context,
                                const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  if (input.type != output.type) {
    FailsAtInvoke(context, "input " + input.Describe() + " and output " +
                               output.Describe() + " differ in type");
    return {};
  }
  const bool runs =
      RunsType(context, input,
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
  if (!runs) return {};
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &filter, &output}));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, filter, 3));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 0, output, 3));
  const RuntimeTensor* bias = context.Input(kTransposeConvInputs.bias);
  TINYML_RETURN_IF_ERROR(AssertBiasSize(context, bias, output.Dim(3)));
  if (input.type != TensorType::kInt16) return {};
  // An int16 bias is converted.
  const bool converted = bias != nullptr && bias->type == TensorType::kInt16;
  return AssertInt64Sums(context, input, filter, converted ? nullptr : bias,
                         output);
}

const OperatorKernel reference::kTransposeConv = {
    .builtin_data = &kTfLiteTransposeConvParams,
    .builtin_data_before =
        {{{Change::kTransposeConvParams, &kFirstTfLiteTransposeConvParams},
          {Change::kBiasTypeParams, &kOldTfLiteTransposeConvParams}}},
    .parse = Parse,
    .init = InitWith<kOpData>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
