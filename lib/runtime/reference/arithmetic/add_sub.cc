// ADD and SUB. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{add,add_common,sub,sub_common}.cc.
#include "runtime/reference/arithmetic/add_sub.h"

#include <algorithm>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/sub.h, OpDataSub.
inline constexpr Field kOpDataSubFields[] = {Bool(),   Int32(2), Int32(2),
                                             Int32(3), Int32(2), Int32(3)};
inline constexpr StructDef kOpDataSub = {"OpDataSub", kOpDataSubFields};

// Whether the kernels have code for the output's type.
bool RunsSum(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(context, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16})) {
    return false;
  }
  WarnMixedTypes(context, input1, output);
  WarnMixedTypes(context, input2, output);
  return true;
}

bool Broadcasts(const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  return IsInt8OrInt16(output) ? !SameExtendedShape(input1, input2)
                               : input1.dims != input2.dims;
}

// SubEval.
Status CheckSubEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (output.type == TensorType::kInt32 && !context.Has(Change::kSubInt32)) {
    FailsAtInvoke(context,
                  "this revision has no code for int32 " + output.Describe());
    return {};
  }
  if (!RunsSum(context, operands)) return {};
  const bool broadcast = Broadcasts(operands);
  if (broadcast) return CheckBroadcast(context, operands);
  TINYML_RETURN_IF_ERROR(
      CheckEqualElements(context, {&input1, &input2, &output}));
  for (const RuntimeTensor* input : {&input1, &input2}) {
    if (output.type == TensorType::kInt8) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, *input, -128, 128));
    } else if (output.type == TensorType::kInt16) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, *input, 0, 0));
    }
  }
  return {};
}

// --- ADD

Status CalculateOpDataAdd(const KernelContext& context,
                          const BinaryOperands& operands,
                          ActivationFunctionType activation) {
  const auto& [input1, input2, output] = operands;
  if (!IsInt8OrInt16(output) && output.type != TensorType::kUInt8) return {};
  const int left_shift = output.type == TensorType::kInt16 ? 15 : 20;
  const double twice_max =
      2 * static_cast<double>(std::max(input1.scale, input2.scale));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input1.scale) / twice_max,
      "the multiplier of input 0"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input2.scale) / twice_max,
      "the multiplier of input 1"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context,
      twice_max / ((1 << left_shift) * static_cast<double>(output.scale)),
      "the output's multiplier"));
  return CheckActivationRangeQuantized(context, activation, output);
}

Status CheckUnquantizedInt32Add(const KernelContext& context,
                                const BinaryOperands& operands) {
  if (operands.output.type != TensorType::kInt32 ||
      !context.Has(Change::kAddInt32)) {
    return {};
  }
  TINYML_ENSURE(context,
                !operands.input1.IsAffine() && !operands.input2.IsAffine(),
                "int32 inputs must not be quantized");
  return {};
}

// AddEval.
Status CheckAddEval(KernelContext& context, const BinaryOperands& operands,
                    AddLoop loop) {
  const auto& [input1, input2, output] = operands;
  if (output.type == TensorType::kInt32 && !context.Has(Change::kAddInt32)) {
    FailsAtInvoke(context,
                  "this revision has no code for int32 " + output.Describe());
    return {};
  }
  if (!RunsSum(context, operands)) return {};
  const bool broadcast = Broadcasts(operands);
  const bool asserts = loop == AddLoop::kAssertsZeroPoints;
  if (output.type == TensorType::kInt8 && (broadcast || asserts)) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input1, -128, 127));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input2, -128, 127));
  } else if (output.type == TensorType::kInt16 && !broadcast && asserts) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input1, -32766, 32766));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input2, -32766, 32766));
  }
  if (broadcast) return CheckBroadcast(context, operands);
  return CheckEqualElements(context, {&input1, &input2, &output});
}

Status AddPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const RuntimeTensor& output = operands.output;
  if (IsInt8OrInt16(output) && context.Has(Change::kAddNeedsQuantization)) {
    TINYML_ENSURE(context, output.IsAffine(),
                  "output " + output.Describe() +
                      " has no quantization parameters (scale and zero point)");
  }
  return PrepareAdd(context, operands, AddLoop::kAssertsZeroPoints);
}

// --- SUB again: as ADD on Ambiq's CMSIS-NN

Status SubInit(KernelContext& context) {
  return InitWith<kInfineonOpDataAdd, Change::kInfineonKernelData, kOpDataAdd,
                  Change::kAmbiqSub, kOpDataSub>(context);
}

// With Change::kAmbiqSub. AmbiqAI/helia-rt e57cd5fdd963, micro/kernels/ambiq/
// sub.cc, PrepareSub.
Status PrepareAmbiqSub(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, output));
  TINYML_RETURN_IF_ERROR(CheckType(context, input1, "input",
                                   {TensorType::kFloat32, TensorType::kInt32,
                                    TensorType::kInt16, TensorType::kInt8}));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  if (input1.type == TensorType::kInt16) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input1));
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input2));
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, output));
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataAdd(
      context, operands,
      context.Options<SubOptions>().fused_activation_function));
  return CheckAddEval(context, operands, AddLoop::kAssertsNothing);
}

// With Change::kInfineonKernelData, read from the binary: sub::Prepare and
// addsub::CalculateOpData.
Status PrepareInfineonSub(KernelContext& context,
                          const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CalculateOpDataAdd(
      context, operands,
      context.Options<SubOptions>().fused_activation_function));
  TINYML_RETURN_IF_ERROR(CheckType(context, output, "output",
                                   {TensorType::kFloat32, TensorType::kInt32,
                                    TensorType::kInt16, TensorType::kInt8}));
  TINYML_ENSURE(
      context,
      output.type != TensorType::kInt32 ||
          (!input1.IsAffine() && !input2.IsAffine() && !output.IsAffine()),
      "int32 inputs and output must not be quantized");
  return CheckAddEval(context, operands, AddLoop::kAssertsNothing);
}

Status SubPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  if (context.Has(Change::kAmbiqSub)) return PrepareAmbiqSub(context, operands);
  if (context.Has(Change::kInfineonKernelData)) {
    return PrepareInfineonSub(context, operands);
  }
  const auto& [input1, input2, output] = operands;
  const bool of_2020 = !context.Has(Change::kKernelsOf2022);
  const bool quantized =
      of_2020 ? HasType(output, {TensorType::kInt8, TensorType::kUInt8})
              : IsInt8OrInt16(output);
  if (quantized) {
    // In single precision, unlike ADD.
    const int left_shift = output.type == TensorType::kInt16 ? 15 : 20;
    const float twice_max = 2 * std::max(input1.scale, input2.scale);
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input1.scale / twice_max),
        "the multiplier of input 0"));
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input2.scale / twice_max),
        "the multiplier of input 1"));
    const float scaled = static_cast<float>(1 << left_shift) * output.scale;
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(twice_max / scaled),
        "the output's multiplier"));
    TINYML_RETURN_IF_ERROR(CheckActivationRangeQuantized(
        context, context.Options<SubOptions>().fused_activation_function,
        output));
  } else if (output.type == TensorType::kInt32 &&
             context.Has(Change::kSubInt32)) {
    TINYML_ENSURE(
        context, !input1.IsAffine() && !input2.IsAffine() && !output.IsAffine(),
        "int32 inputs and output must not be quantized");
  }
  if (of_2020 && output.type == TensorType::kUInt8) return {};
  return CheckSubEval(context, operands);
}

}  // namespace

Status InitAdd(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kOpDataSub>(context);  // Without the bounds of floats.
  }
  return InitWith<kInfineonOpDataAdd, Change::kInfineonKernelData, kOpDataAdd>(
      context);
}

Status PrepareAddOf2020(KernelContext& context,
                        const BinaryOperands& operands) {
  const RuntimeTensor& output = operands.output;
  if (!HasType(output, {TensorType::kInt8, TensorType::kUInt8})) {
    RunsType(context, output, {TensorType::kFloat32});
    return {};
  }
  return CalculateOpDataAdd(
      context, operands,
      context.Options<AddOptions>().fused_activation_function);
}

Status PrepareAdd(KernelContext& context, const BinaryOperands& operands,
                  AddLoop loop) {
  TINYML_RETURN_IF_ERROR(CalculateOpDataAdd(
      context, operands,
      context.Options<AddOptions>().fused_activation_function));
  TINYML_RETURN_IF_ERROR(CheckUnquantizedInt32Add(context, operands));
  return CheckAddEval(context, operands, loop);
}

const OperatorKernel reference::kAdd = {.builtin_data = &kTfLiteAddParams,
                                        .init = InitWith<kOpDataAdd>,
                                        .prepare = AddPrepare};
const OperatorKernel reference::kSub = {
    .builtin_data = &kTfLiteSubParams, .init = SubInit, .prepare = SubPrepare};

}  // namespace tinyml::runtime
