// ADD_N. Source: tflite-micro 90b983c2b3f1, micro/kernels/add_n.cc.
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Int32(10)};
inline constexpr StructDef kOpData = {"OpData (ADD_N)", kOpDataFields};

Status Prepare(KernelContext& context) {
  const int count = context.NumInputs();
  TINYML_ENSURE(context, count >= 2, "it needs 2 inputs or more");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [first, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, output, first));
  for (int i = 1; i < count; ++i) {
    const RuntimeTensor* input = context.TempInput(i);
    TINYML_ENSURE(context, input != nullptr,
                  "input " + std::to_string(i) + " is missing");
    TINYML_ENSURE(context, input->dims == first.dims,
                  first.Describe() + " and " + input->Describe() +
                      " must have the same shape");
    TINYML_RETURN_IF_ERROR(CheckSameType(context, first, *input));
    if (first.type == TensorType::kInt8) {
      TINYML_ENSURE(
          context,
          first.zero_point == input->zero_point && first.scale == input->scale,
          first.Describe() + " and " + input->Describe() +
              " must have the same scale and zero point");
    }
  }

  const int64_t pointers = int64_t{context.abi().pointer_bytes} * count;
  if (output.type == TensorType::kFloat32) {
    TINYML_RETURN_IF_ERROR(context.Scratch(pointers));
  } else if (output.type == TensorType::kInt8) {
    context.Persistent(kOpData);
    TINYML_RETURN_IF_ERROR(context.Scratch(pointers));
    TINYML_RETURN_IF_ERROR(CheckSumScales(context, first, output));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, first, -128, 127));
  } else {
    return context.Refuse("output " + output.Describe() +
                          " must be float32 or int8");
  }
  if (output.Elements() > first.Elements()) {
    context.Warn("output " + output.Describe() +
                 " has more elements than the inputs, past whose end the "
                 "kernel reads at Invoke");
  }
  return CheckShapeRanks(context, {&output});
}

}  // namespace

const OperatorKernel reference::kAddN = {.prepare = Prepare};

}  // namespace tinyml::runtime
