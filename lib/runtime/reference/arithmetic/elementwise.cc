// SIN, COS, LOG, SQRT, SQUARE, NEG, FLOOR, CEIL, ROUND and EXP. Source:
// tflite-micro 90b983c2b3f1,
// micro/kernels/{elementwise,neg,floor,ceil,round,exp}.cc.
#include "runtime/reference/arithmetic/elementwise.h"

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

Status FloatPrepare(KernelContext& context) {
  return PrepareElementwise(context, TensorType::kFloat32);
}

Status UnpreparedPrepare(KernelContext& context) {
  const RuntimeTensor* input = context.Input(0);
  const RuntimeTensor* output = context.Output(0);
  if (input == nullptr || output == nullptr) {
    return AbortsAtInvoke(context, "the input or the output is missing");
  }
  if (!RunsType(context, *input, {TensorType::kFloat32})) return {};
  WarnMixedTypes(context, *input, *output);
  return CheckEqualShapes(context, {input, output});
}

inline constexpr Field kNegOpDataFields[] = {Int32()};
inline constexpr StructDef kNegOpData = {"OpData (NEG)", kNegOpDataFields};

// With Change::kAmbiqInt16Kernels. AmbiqAI/helia-rt b730fb09d600, neg.cc.
Status NegInit(KernelContext& context) {
  if (context.Has(Change::kAmbiqInt16Kernels)) context.Persistent(kNegOpData);
  return {};
}

Status NegPrepare(KernelContext& context) {
  if (!context.Has(Change::kAmbiqInt16Kernels)) {
    return UnpreparedPrepare(context);
  }
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "input 0 is missing");
  const RuntimeTensor* output = context.Output(0);
  if (output == nullptr) {
    return AbortsAtInvoke(context, "the output is missing");
  }
  return CheckUnaryEval(
      context, {*input, *output},
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
}

Status SameShapePrepare(KernelContext& context) {
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

Status PrepareElementwise(KernelContext& context, TensorType type) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, operands.input, operands.output));
  if (RunsType(context, operands.input, {type})) {
    WarnSmallOutput(context, operands);
  }
  return {};
}

const OperatorKernel reference::kSin = {.prepare = FloatPrepare};
const OperatorKernel reference::kCos = {.prepare = FloatPrepare};
const OperatorKernel reference::kLog = {.prepare = FloatPrepare};
const OperatorKernel reference::kSqrt = {.prepare = FloatPrepare};
const OperatorKernel reference::kSquare = {.prepare = FloatPrepare};
const OperatorKernel reference::kNeg = {.init = NegInit, .prepare = NegPrepare};
const OperatorKernel reference::kFloor = {.prepare = UnpreparedPrepare};
const OperatorKernel reference::kCeil = {.prepare = SameShapePrepare};
const OperatorKernel reference::kRound = {.prepare = SameShapePrepare};
const OperatorKernel reference::kExp = {.prepare = SameShapePrepare};

}  // namespace tinyml::runtime
