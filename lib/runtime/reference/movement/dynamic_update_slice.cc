// DYNAMIC_UPDATE_SLICE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/dynamic_update_slice.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"operand", "update", "start indices"},
                   {"output"}));
  const auto [operand, update, start, output] = operands;

  TINYML_ENSURE(context, operand->type == update->type,
                "operand " + operand->Describe() + " and update " +
                    update->Describe() + " differ in type");
  TINYML_RETURN_IF_ERROR(CheckType(context, *start, "start indices",
                                   {TensorType::kInt32, TensorType::kInt64}));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *start, "start indices", 1));
  TINYML_ENSURE(context, start->Dim(0) == operand->Rank(),
                "start indices " + start->Describe() +
                    " do not have one value for each dimension of operand " +
                    operand->Describe());
  TINYML_RETURN_IF_ERROR(
      CheckRank(context, *update, "update", operand->Rank()));
  for (int i = 0; i < operand->Rank(); ++i) {
    TINYML_ENSURE(context, update->Dim(i) <= operand->Dim(i),
                  "update " + update->Describe() +
                      " does not fit into operand " + operand->Describe());
  }

  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {operand}));
  WarnOfType(context, *operand, "operand",
             {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
              TensorType::kInt32});
  if (output->Bytes() < operand->Bytes()) {
    context.Warn("output " + output->Describe() + " is smaller than operand " +
                 operand->Describe() + ": Invoke writes past its end");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kDynamicUpdateSlice = {.prepare = Prepare};

}  // namespace tinyml::runtime
