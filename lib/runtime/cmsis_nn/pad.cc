// PAD, PADV2 and TRANSPOSE on CMSIS-NN, which prepare like the reference
// kernels. Source: tflite-micro 90b983c2b3f1, micro/kernels/cmsis_nn/pad.cc,
// transpose.cc.
#include "runtime/reference/movement/movement.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/kernels.h"
#include "runtime/kernels/invoke_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

bool IsInt8OfRank5(const RuntimeTensor& tensor) {
  return tensor.type == TensorType::kInt8 && tensor.Rank() > 4;
}

Status PreparePad(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(PadPrepare(context));
  const RuntimeTensor& input = *context.Input(0);
  if (input.type == TensorType::kInt8 && input.Rank() < 4 &&
      !context.Has(Change::kCmsisRanks)) {
    return AbortsAtInvoke(context, "this revision pads int8 input " +
                                       input.Describe() +
                                       " only with four dimensions");
  }
  if (IsInt8OfRank5(*context.Input(0))) {
    context.Warn("CMSIS-NN pads only the last four dimensions of int8 input " +
                 context.Input(0)->Describe());
  }
  return {};
}

Status PrepareTranspose(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TransposePrepare(context));
  if (IsInt8OfRank5(*context.Input(0))) {
    context.Warn("CMSIS-NN leaves the output unwritten for int8 input " +
                 context.Input(0)->Describe() +
                 " of more than four dimensions");
  }
  return {};
}

}  // namespace

const Kernel kPad = {PadInit, PreparePad};
const Kernel kPadV2 = {PadInit, PreparePad};
const Kernel kTranspose = {nullptr, PrepareTranspose};

}  // namespace tinyml::runtime::cmsis_nn
