// MAXIMUM and MINIMUM on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/maximum_minimum.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// EvalMaximum and EvalMinimum; upstream prepares nothing.
Status Prepare(KernelContext& context) {
  // FillVariableShape, whatever the type.
  for (const RuntimeTensor* tensor :
       {context.Input(0), context.Input(1), context.Output(0)}) {
    if (tensor == nullptr) continue;
    if (tensor->Rank() > 4 && context.Has(Change::kCmsisRanks)) {
      return AbortsAtInvoke(context, "CMSIS-NN takes 4 dimensions at most, " +
                                         tensor->Describe() + " has more");
    }
  }
  return reference::kMaximum.prepare(context);
}

}  // namespace

const Kernel kMaximum = {.prepare = Prepare};
const Kernel kMinimum = {.prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
