// SQUARED_DIFFERENCE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/squared_difference.cc.
#include <algorithm>
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/squared_difference.cc, OpData.
inline constexpr Field kOpDataFields[] = {Bool(), Struct(kArithmeticParams)};
inline constexpr StructDef kOpData = {"OpData (SQUARED_DIFFERENCE)",
                                      kOpDataFields};

// PrepareQuantized.
Status CheckScales(KernelContext& context, const BinaryOperands& operands,
                   int left_shift) {
  const auto& [input1, input2, output] = operands;
  const double twice_max =
      2.0 * static_cast<double>(std::max(input1.scale, input2.scale));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input1.scale) / twice_max,
      "the multiplier of input 0"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input2.scale) / twice_max,
      "the multiplier of input 1"));
  const float scaled = static_cast<float>(1 << left_shift * 2) * output.scale;
  WarnMultiplier(context, twice_max * twice_max / static_cast<double>(scaled));
  return {};
}

// SquaredDifferenceEval.
Status CheckEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(context, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16},
                context.Has(Change::kSquaredDifferenceInt16))) {
    return {};
  }
  WarnMixedTypes(context, input1, output);
  if (input1.dims != input2.dims) return CheckBroadcast(context, operands);
  if (IsInt8OrInt16(output)) {
    if (output.Elements() < input1.Elements()) {
      context.Warn("the kernel writes past the end of " + output.Describe() +
                   " at Invoke");
    }
    return CheckShapeRanks(context, {&input1});
  }
  return CheckEqualShapes(context, {&input1, &input2, &output});
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  if (input1.type == TensorType::kInt8) {
    for (const RuntimeTensor* tensor : {&input1, &input2, &output}) {
      TINYML_ENSURE(
          context, tensor->zero_point >= -128 && tensor->zero_point <= 127,
          "the zero point of " + tensor->Describe() + " is " +
              std::to_string(tensor->zero_point) + ", outside of int8");
    }
    TINYML_RETURN_IF_ERROR(CheckScales(context, operands, 7));
  } else if (input1.type == TensorType::kInt16 &&
             context.Has(Change::kSquaredDifferenceInt16)) {
    for (const RuntimeTensor* tensor : {&input1, &input2, &output}) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, *tensor));
    }
    TINYML_RETURN_IF_ERROR(CheckScales(context, operands, 0));
  }
  return CheckEval(context, operands);
}

}  // namespace

const OperatorKernel reference::kSquaredDifference = {.init = InitWith<kOpData>,
                                                      .prepare = Prepare};

}  // namespace tinyml::runtime
