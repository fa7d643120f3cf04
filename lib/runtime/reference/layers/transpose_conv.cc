// Source: tflite-micro 90b983c2b3f1, micro/kernels/transpose_conv.cc.
#include "runtime/reference/layers/transpose_conv.h"

#include "base/macros.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/conv_2d.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kConvParams), Int32(), Int32(),
                                          Pointer(2)};
inline constexpr StructDef kOpData = {"OpData (TRANSPOSE_CONV)", kOpDataFields};

}  // namespace

Status CalculateOpDataTransposeConv(KernelContext& context,
                                    TensorType data_type,
                                    ActivationFunctionType activation) {
  TINYML_ENSURE(context, context.NumInputs() == 3 || context.NumInputs() == 4,
                "it needs 3 or 4 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  if (data_type == TensorType::kFloat32) return {};
  const RuntimeTensor* input = context.TempInput(kTransposeConvInput);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(kTransposeConvFilter);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const RuntimeTensor* bias = context.TempInput(kTransposeConvBias);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckConvolutionQuantization(
      context, *input, *filter, bias, *output, activation, filter->Dim(0)));
  if (input->type != TensorType::kInt16) return {};
  TINYML_ENSURE(
      context,
      filter->type == TensorType::kInt8 && output->type == TensorType::kInt16,
      "int16 input goes with an int8 filter and int16 output: filter " +
          filter->Describe() + ", output " + output->Describe());
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

Status CheckTransposeConvInvoke(KernelContext& context) {
  const RuntimeTensor& input = *context.Input(kTransposeConvInput);
  const RuntimeTensor& filter = *context.Input(kTransposeConvFilter);
  const RuntimeTensor& output = *context.Output(0);
  if (input.type != output.type) {
    FailsAtInvoke(context, "input " + input.Describe() + " and output " +
                               output.Describe() + " differ in type");
    return {};
  }
  const bool runs =
      RunsType(context, input,
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
  if (!runs) return {};
  for (const RuntimeTensor* tensor : {&input, &filter, &output}) {
    TINYML_RETURN_IF_ERROR(AssertRank(context, *tensor, 4));
  }
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, filter, 3));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 0, output, 3));
  const RuntimeTensor* bias = context.Input(kTransposeConvBias);
  TINYML_RETURN_IF_ERROR(AssertBiasSize(context, bias, output.Dim(3)));
  if (input.type != TensorType::kInt16) return {};
  // An int16 bias is converted.
  const bool converted = bias != nullptr && bias->type == TensorType::kInt16;
  return AssertInt64Sums(context, input, filter, converted ? nullptr : bias,
                         output);
}

Status TransposeConvInit(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

Status TransposeConvPrepare(KernelContext& context) {
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(kTransposeConvInput);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(kTransposeConvFilter);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  const bool types_fit =
      input->type == filter->type ||
      (input->type == TensorType::kInt16 && filter->type == TensorType::kInt8);
  TINYML_ENSURE(context, types_fit,
                "hybrid models are not supported: input " + input->Describe() +
                    " with filter " + filter->Describe());

  AllocatePerChannel(context, filter->Dim(0));
  const bool is_int8 = input->type == TensorType::kInt8;
  const bool is_int16 = input->type == TensorType::kInt16;
  if (is_int8 || is_int16) {
    // Accumulators of the whole output: int32, or int64 for int16.
    TINYML_RETURN_IF_ERROR(
        context.Scratch(output->Elements() * (is_int8 ? 4 : 8)));
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, *filter, filter->Dim(0)));
  }
  auto activation =
      context.Options<TransposeConvOptions>().fused_activation_function;
  if (!context.Has(Change::kTransposeConvActivation)) {
    if ((is_int8 || is_int16) && activation != ActivationFunctionType::kNone) {
      context.Warn("this revision ignores its fused activation");
    }
    activation = ActivationFunctionType::kNone;
  }
  TINYML_RETURN_IF_ERROR(
      CalculateOpDataTransposeConv(context, input->type, activation));
  return CheckTransposeConvInvoke(context);
}

}  // namespace tinyml::runtime
