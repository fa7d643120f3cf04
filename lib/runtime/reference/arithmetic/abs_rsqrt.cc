// ABS and RSQRT. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/elementwise.cc.
#include <cmath>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// OpDataAbsRsqrt. In C++, TfLiteQuantizationType
// is an enum of type int, TfLiteType is not.
inline constexpr Field kOpDataFields[] = {Int32(4), Bool(), Int32(), Enum()};
inline constexpr StructDef kOpData = {"OpDataAbsRsqrt", kOpDataFields};

// Without Change::kQuantizationTypeIsInt.
inline constexpr Field kOldOpDataFields[] = {Int32(4), Bool(), Enum(), Enum()};
inline constexpr StructDef kOldOpData = {"OpDataAbsRsqrt", kOldOpDataFields};

Status Init(KernelContext& context) {
  if (!context.Has(Change::kAbsRsqrtQuantized)) return {};
  context.Persistent(context.Has(Change::kQuantizationTypeIsInt) ? kOpData
                                                                 : kOldOpData);
  return {};
}

// Without Change::kAbsRsqrtQuantized (GenericPrepare).
Status PrepareFloat(KernelContext& context, const UnaryOperands& operands) {
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, operands.input, operands.output));
  if (RunsType(context, operands.input, {TensorType::kFloat32})) {
    WarnSmallOutput(context, operands);
  }
  return {};
}

// The part of PrepareAbsRsqrt that both share. Its test of the type never
// refuses.
Status CheckAbsRsqrt(KernelContext& context, const UnaryOperands& operands) {
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input, output));
  const bool is_int16 = input.type == TensorType::kInt16 && input.IsAffine();
  if (input.type != TensorType::kInt8 && !is_int16) return {};
  for (const RuntimeTensor* tensor : {&input, &output}) {
    TINYML_ENSURE(context, tensor->IsAffine(),
                  tensor->Describe() +
                      " has no quantization parameters (scale and zero point)");
    if (is_int16) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, *tensor));
    }
  }
  return {};
}

Status AbsPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  if (!context.Has(Change::kAbsRsqrtQuantized)) {
    return PrepareFloat(context, operands);
  }
  TINYML_RETURN_IF_ERROR(CheckAbsRsqrt(context, operands));
  if (input.IsAffine() && input.type != TensorType::kFloat32) {
    WarnMultiplier(context, static_cast<double>(input.scale / output.scale));
  }
  if (RunsType(context, input,
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    WarnSmallOutput(context, operands);
  }
  return {};
}

Status RsqrtPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  if (!context.Has(Change::kAbsRsqrtQuantized)) {
    return PrepareFloat(context, operands);
  }
  TINYML_RETURN_IF_ERROR(CheckAbsRsqrt(context, operands));
  if (!RunsType(context, input,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
                context.Has(Change::kRsqrtInt16))) {
    return {};
  }
  WarnSmallOutput(context, operands);
  const bool unset = input.type == TensorType::kInt16 && !input.IsAffine();
  if (input.type != TensorType::kFloat32 && !unset) {
    WarnMultiplier(context, 1.0 / static_cast<double>(std::sqrt(input.scale) *
                                                      output.scale));
    context.Warn("Invoke fails when the input is negative");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kAbs = {.init = Init, .prepare = AbsPrepare};
const OperatorKernel reference::kRsqrt = {.init = Init,
                                          .prepare = RsqrtPrepare};

}  // namespace tinyml::runtime
