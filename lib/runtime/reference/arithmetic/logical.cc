// LOGICAL_AND, LOGICAL_OR and LOGICAL_NOT. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{logical,logical_common,elementwise}.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/reference/arithmetic/elementwise.h"

namespace tinyml::runtime {
namespace {

// LogicalImpl. Types are not checked.
Status BinaryPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckBinaryPresent(context));
  const RuntimeTensor* input1 = context.Input(0);
  const RuntimeTensor* input2 = context.Input(1);
  const RuntimeTensor* output = context.Output(0);
  if (input1 == nullptr || input2 == nullptr || output == nullptr) return {};
  if (input1->type != TensorType::kBool || input2->type != TensorType::kBool ||
      output->type != TensorType::kBool) {
    context.Warn("the kernel treats every type as bool at Invoke");
  }
  if (input1->dims != input2->dims) {
    return CheckBroadcast(context, {*input1, *input2, *output});
  }
  return CheckEqualShapes(context, {input1, input2, output});
}

Status NotPrepare(KernelContext& context) {
  return PrepareElementwise(context, TensorType::kBool);
}

}  // namespace

const OperatorKernel reference::kLogicalAnd = {.prepare = BinaryPrepare};
const OperatorKernel reference::kLogicalOr = {.prepare = BinaryPrepare};
const OperatorKernel reference::kLogicalNot = {.prepare = NotPrepare};

}  // namespace tinyml::runtime
