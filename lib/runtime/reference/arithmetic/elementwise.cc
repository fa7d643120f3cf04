// One input, one output, element by element. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{elementwise,neg,floor,ceil,round,exp}.cc.
#include <cmath>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
namespace {

// micro/kernels/elementwise.cc, OpDataAbsRsqrt. In C++, TfLiteQuantizationType
// is an enum of type int, TfLiteType is not.
inline constexpr Field kOpDataAbsRsqrtFields[] = {Int32(4), Bool(), Int32(),
                                                  Enum()};
inline constexpr StructDef kOpDataAbsRsqrt = {"OpDataAbsRsqrt",
                                              kOpDataAbsRsqrtFields};
// Without Change::kQuantizationTypeIsInt.
inline constexpr Field kOldOpDataAbsRsqrtFields[] = {Int32(4), Bool(), Enum(),
                                                     Enum()};
inline constexpr StructDef kOldOpDataAbsRsqrt = {"OpDataAbsRsqrt",
                                                 kOldOpDataAbsRsqrtFields};

// elementwise.cc, EvalImpl: the input's size counts.
void WarnSmallOutput(KernelContext& context, const UnaryOperands& operands) {
  if (operands.output.Elements() < operands.input.Elements()) {
    context.Warn("output " + operands.output.Describe() +
                 " has fewer elements than the input: the kernel writes past "
                 "its end at Invoke");
  }
}

// --- elementwise.cc

Status AbsRsqrtInit(KernelContext& context) {
  context.Persistent(context.Has(Change::kQuantizationTypeIsInt)
                         ? kOpDataAbsRsqrt
                         : kOldOpDataAbsRsqrt);
  return {};
}

// PrepareAbsRsqrt as far as both do the same. The test of the type there never
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
  TINYML_RETURN_IF_ERROR(CheckAbsRsqrt(context, operands));
  if (!RunsType(
          context, input,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    return {};
  }
  WarnSmallOutput(context, operands);
  if (input.type == TensorType::kInt16 && !input.IsAffine()) {
    context.Warn(
        "int16 without quantization parameters: the kernel uses a multiplier "
        "that was never set at Invoke");
  } else if (input.type != TensorType::kFloat32) {
    WarnMultiplier(context, 1.0 / static_cast<double>(std::sqrt(input.scale) *
                                                      output.scale));
    context.Warn("Invoke fails when the input is negative");
  }
  return {};
}

// GenericPrepare. The test of the type there never refuses.
Status PrepareUnary(KernelContext& context, TensorType type) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, operands.input, operands.output));
  if (RunsType(context, operands.input, {type})) {
    WarnSmallOutput(context, operands);
  }
  return {};
}

Status UnaryFloatPrepare(KernelContext& context) {
  return PrepareUnary(context, TensorType::kFloat32);
}

Status LogicalNotPrepare(KernelContext& context) {
  return PrepareUnary(context, TensorType::kBool);
}

// --- neg.cc and floor.cc, without Prepare: NegEval, FloorEval

Status UnpreparedFloatPrepare(KernelContext& context) {
  const RuntimeTensor* input = context.Input(0);
  const RuntimeTensor* output = context.Output(0);
  if (input == nullptr || output == nullptr) {
    return AbortsAtInvoke(context, "the input or the output is missing");
  }
  if (!RunsType(context, *input, {TensorType::kFloat32})) return {};
  WarnMixedTypes(context, *input, *output);
  return CheckEqualShapes(context, {input, output});
}

// --- ceil.cc, round.cc, exp.cc

Status SameShapeFloatPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckType(context, input, TensorType::kFloat32));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, output, input));
  TINYML_ENSURE(context, input.dims == output.dims,
                input.Describe() + " and " + output.Describe() +
                    " must have the same shape");
  return CheckShapeRanks(context, {&input});
}

}  // namespace

const Kernel kAbs = {AbsRsqrtInit, AbsPrepare};
const Kernel kRsqrt = {AbsRsqrtInit, RsqrtPrepare};
const Kernel kUnaryFloat = {nullptr, UnaryFloatPrepare};
const Kernel kLogicalNot = {nullptr, LogicalNotPrepare};
const Kernel kNeg = {nullptr, UnpreparedFloatPrepare};
const Kernel kFloor = {nullptr, UnpreparedFloatPrepare};
const Kernel kSameShapeFloat = {nullptr, SameShapeFloatPrepare};

}  // namespace tinyml::runtime::reference
