// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS and LESS_EQUAL. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/comparisons.cc.
#include <initializer_list>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, ComparisonParams, in comparisons.cc, OpData.
inline constexpr Field kOpDataFields[] = {Int32(7), Bool()};
inline constexpr StructDef kOpData = {"OpData (comparison)", kOpDataFields};

Status PrepareComparison(KernelContext& context,
                         std::initializer_list<TensorType> types,
                         bool takes_int16) {
  const RuntimeTensor* input1 = context.TempInput(0);
  TINYML_ENSURE(context, input1 != nullptr, "input 0 is missing");
  const RuntimeTensor* input2 = context.TempInput(1);
  TINYML_ENSURE(context, input2 != nullptr, "input 1 is missing");
  const bool int16_scales = context.Has(Change::kAmbiqInt16Kernels);
  const bool is_uint8 =
      input1->type == TensorType::kUInt8 && !context.Has(Change::kWithoutUInt8);
  if (input1->type == TensorType::kInt8 || is_uint8 ||
      (input1->type == TensorType::kInt16 && int16_scales)) {
    // The scales themselves serve as multipliers.
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input1->scale), "the scale of input 0"));
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input2->scale), "the scale of input 1"));
  }

  TINYML_RETURN_IF_ERROR(CheckBinaryPresent(context));
  const RuntimeTensor* output = context.Output(0);
  if (output == nullptr) return {};
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {input1, input2, output}));
  if (!is_uint8 && !RunsType(context, *input1, types, takes_int16)) return {};
  WarnMixedTypes(context, *input1, *input2);
  if (input1->dims != input2->dims) {
    return CheckBroadcast(context, {*input1, *input2, *output});
  }
  return CheckEqualShapes(context, {input1, input2, output});
}

// ComparisonsPrepare with EqualEval and NotEqualEval.
Status EqualPrepare(KernelContext& context) {
  return PrepareComparison(
      context,
      {TensorType::kBool, TensorType::kFloat32, TensorType::kInt32,
       TensorType::kInt64, TensorType::kInt8, TensorType::kInt16},
      context.Has(Change::kAmbiqInt16Kernels));
}

// ComparisonsPrepare with the Evals of GREATER_EQUAL, LESS and LESS_EQUAL.
Status OrderPrepare(KernelContext& context) {
  return PrepareComparison(
      context,
      {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt64,
       TensorType::kInt8, TensorType::kInt16},
      context.Has(Change::kAmbiqInt16Kernels));
}

// ComparisonsPrepare with GreaterEval.
Status GreaterPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(PrepareComparison(
      context,
      {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt64,
       TensorType::kInt8, TensorType::kInt16},
      /*takes_int16=*/true));
  if (context.Input(0)->type == TensorType::kInt16 &&
      !context.Has(Change::kAmbiqInt16Kernels) &&
      !context.Has(Change::kInt16Movement)) {
    FailsAtInvoke(context, "this revision has no code for int16");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kEqual = {.init = InitWith<kOpData>,
                                          .prepare = EqualPrepare};
const OperatorKernel reference::kNotEqual = {.init = InitWith<kOpData>,
                                             .prepare = EqualPrepare};
const OperatorKernel reference::kGreater = {.init = InitWith<kOpData>,
                                            .prepare = GreaterPrepare};
const OperatorKernel reference::kGreaterEqual = {.init = InitWith<kOpData>,
                                                 .prepare = OrderPrepare};
const OperatorKernel reference::kLess = {.init = InitWith<kOpData>,
                                         .prepare = OrderPrepare};
const OperatorKernel reference::kLessEqual = {.init = InitWith<kOpData>,
                                              .prepare = OrderPrepare};

}  // namespace tinyml::runtime
