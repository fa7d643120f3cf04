// MUL. Source: tflite-micro 90b983c2b3f1, micro/kernels/{mul,mul_common}.cc.
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

// micro/kernels/mul.h, OpDataMul.
inline constexpr Field kOpDataMulFields[] = {Int32(7), Float(2)};
inline constexpr StructDef kOpDataMul = {"OpDataMul", kOpDataMulFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataMulFields[] = {Struct(kOpDataMul),
                                                     Pointer()};
inline constexpr StructDef kInfineonOpDataMul = {"OpDataMul",
                                                 kInfineonOpDataMulFields};

// Without Change::kKernelsOf2022.
inline constexpr Field kOpDataOf2020Fields[] = {Int32(7)};
inline constexpr StructDef kOpDataOf2020 = {"OpData (MUL)",
                                            kOpDataOf2020Fields};

Status Init(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kOpDataOf2020>(context);
  }
  return InitWith<kInfineonOpDataMul, Change::kInfineonKernelData, kOpDataMul>(
      context);
}

// Without Change::kKernelsOf2022: takes its tensors twice and ignores what it
// finds wrong with them. Source: tinyMLx/arduino-library 6b54b97,
// micro/kernels/cmsis-nn/mul.cpp and micro/memory_helpers.cpp,
// AllocateOutputDimensionsFromInput.
Status PrepareOf2020(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  if (output.Rank() == 0) {
    const RuntimeTensor& larger =
        input1.Rank() > input2.Rank() ? input1 : input2;
    TINYML_RETURN_IF_ERROR(CheckSameType(context, output, larger));
    // As many dimensions as the tensor has bytes.
    context.Persistent("shape of the output", 4 + 4 * larger.Bytes());
    return {};
  }
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands again, TakeBinary(context));
  if (!CheckArity(context, 2, 1) || again.input1.type != again.input2.type) {
    context.Warn("the kernel ignores that its inputs do not fit");
  }
  return {};
}

// What the kernel asserts when it runs (MulEval).
Status CheckEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(context, input1,
                {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32,
                 TensorType::kFloat32},
                context.Has(Change::kMulInt16))) {
    return {};
  }
  WarnMixedTypes(context, input1, output);
  if (!SameExtendedShape(input1, input2)) {
    return CheckBroadcast(context, operands);
  }
  if (IsInt8OrInt16(input1)) {
    return CheckEqualElements(context, {&input1, &input2, &output});
  }
  return CheckEqualExtendedShapes(context, {&input1, &input2, &output});
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) return PrepareOf2020(context);
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  const bool is_int16 = output.type == TensorType::kInt16;
  if (is_int16 && !context.Has(Change::kMulInt16Rescaled)) {
    context.Warn("this revision uses multipliers that it never set");
  } else if (IsInt8OrInt16(output)) {
    TINYML_RETURN_IF_ERROR(CheckActivationRangeQuantized(
        context, context.Options<MulOptions>().fused_activation_function,
        output));
    WarnMultiplier(context, static_cast<double>(input1.scale) *
                                static_cast<double>(input2.scale) /
                                static_cast<double>(output.scale));
    if (input1.type == TensorType::kInt16) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input1));
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input2));
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, output));
    }
  }
  return CheckEval(context, operands);
}

}  // namespace

const OperatorKernel reference::kMul = {
    .builtin_data = &kTfLiteMulParams, .init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime
