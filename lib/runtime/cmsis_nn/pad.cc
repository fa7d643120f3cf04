// PAD and PADV2 on CMSIS-NN, which prepare like the reference kernels. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/cmsis_nn/pad.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(reference::kPad.prepare(context));
  const RuntimeTensor& input = *context.Input(0);
  if (input.type != TensorType::kInt8) return {};
  if (input.Rank() < 4 && !context.Has(Change::kCmsisRanks)) {
    return AbortsAtInvoke(context, "this revision pads int8 input " +
                                       input.Describe() +
                                       " only with four dimensions");
  }
  return {};
}

}  // namespace

const Kernel kPad = {.prepare = Prepare};
const Kernel kPadv2 = {.prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
