// MAXIMUM and MINIMUM, which have no Prepare upstream. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/maximum_minimum.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {
namespace {

// Eval.
Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckBinaryPresent(context));
  const RuntimeTensor* input1 = context.Input(0);
  const RuntimeTensor* input2 = context.Input(1);
  const RuntimeTensor* output = context.Output(0);
  if (input1 == nullptr || input2 == nullptr || output == nullptr) return {};
  if (!RunsType(context, *output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
                 TensorType::kInt32, TensorType::kInt64},
                context.Has(Change::kMaximumMinimumInt16))) {
    return {};
  }
  WarnMixedTypes(context, *input1, *output);
  WarnMixedTypes(context, *input2, *output);
  if (input1->dims != input2->dims) {
    return CheckBroadcast(context, {*input1, *input2, *output});
  }
  return CheckEqualElements(context, {input1, input2, output});
}

}  // namespace

const OperatorKernel reference::kMaximum = {.prepare = Prepare};
const OperatorKernel reference::kMinimum = {.prepare = Prepare};

}  // namespace tinyml::runtime
