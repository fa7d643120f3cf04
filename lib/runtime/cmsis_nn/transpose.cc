// TRANSPOSE on CMSIS-NN, which prepares like the reference kernel. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/cmsis_nn/transpose.cc.
#include "base/macros.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(reference::kTranspose.prepare(context));
  const RuntimeTensor& input = *context.Input(0);
  if (input.type == TensorType::kInt8 && input.Rank() > 4) {
    context.Warn("CMSIS-NN leaves the output unwritten for int8 input " +
                 input.Describe() + " of more than four dimensions");
  }
  return {};
}

}  // namespace

const Kernel kTranspose = {.prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
