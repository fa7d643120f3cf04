// ADD on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/add.cc, PrepareAdd.
#include "runtime/reference/arithmetic/add_sub.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// What PrepareAdd checks first.
Status CheckTypes(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, output));
  TINYML_ENSURE(
      context,
      input1.type == TensorType::kFloat32 ||
          input1.type == TensorType::kInt32 ||
          input1.type == TensorType::kInt16 || input1.type == TensorType::kInt8,
      input1.Describe() +
          " is of a type that CMSIS-NN's ADD does not take (float32, int32, "
          "int16 or int8)");
  return CheckSameType(context, input1, input2);
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  if (!context.Has(Change::kKernelsOf2022)) {
    return PrepareAddOf2020(context, operands);
  }
  const auto& [input1, input2, output] = operands;
  if (context.Has(Change::kCmsisTypeChecks)) {
    TINYML_RETURN_IF_ERROR(CheckTypes(context, operands));
  }
  if (input1.type == TensorType::kInt16 &&
      context.Has(Change::kInt16ZeroPoints)) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input1));
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input2));
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, output));
  }
  return PrepareAdd(context, operands, AddLoop::kAssertsNothing);
}

}  // namespace

const Kernel kAdd = {.init = InitAdd, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
