// CUMSUM. Source: tflite-micro 90b983c2b3f1, micro/kernels/cumsum.cc.
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

inline constexpr Field kOpDataFields[] = {Int32(9)};
inline constexpr StructDef kOpData = {"OpData (CUMSUM)", kOpDataFields};

// CumSumEval.
Status CheckEval(KernelContext& context, const RuntimeTensor& input,
                 const RuntimeTensor& axis) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {&input}));
  const auto values = axis.DataAs<int32_t>();
  if (!values.empty()) {
    const int32_t value = values[0] < 0 ? values[0] + input.Rank() : values[0];
    if (value < 0 || value >= input.Rank()) {
      FailsAtInvoke(context, "axis " + std::to_string(values[0]) +
                                 " is not one of " + input.Describe());
      return {};
    }
  }
  if (input.type == TensorType::kInt8) {
    return CheckZeroPointRange(context, input, -128, 127);
  }
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "input 0 is missing");
  const RuntimeTensor* axis = context.TempInput(1);
  TINYML_ENSURE(context, axis != nullptr, "the axis is missing");
  TINYML_ENSURE(context,
                input->type == TensorType::kFloat32 ||
                    input->type == TensorType::kInt8 ||
                    (input->type == TensorType::kInt16 &&
                     context.Has(Change::kAmbiqInt16Kernels)),
                "input " + input->Describe() + " must be float32 or int8");
  TINYML_RETURN_IF_ERROR(CheckType(context, *axis, TensorType::kInt32));
  TINYML_ENSURE(context, axis->Elements() == 1,
                "axis " + axis->Describe() + " must have 1 element");
  TINYML_ENSURE(context, input->Rank() >= 1, "the input must not be a scalar");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_ENSURE(context, input->dims == output->dims,
                input->Describe() + " and " + output->Describe() +
                    " must have the same shape");
  if (IsInt8OrInt16(*output)) {
    context.Persistent(kOpData);
    const int left_shift = output->type == TensorType::kInt16 ? 10 : 20;
    TINYML_RETURN_IF_ERROR(
        CheckSumScales(context, *input, *output, left_shift));
  }
  return CheckEval(context, *input, *axis);
}

}  // namespace

const OperatorKernel reference::kCumsum = {.builtin_data = &kTfLiteCumsumParams,
                                           .prepare = Prepare};

}  // namespace tinyml::runtime
