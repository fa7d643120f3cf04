// CIRCULAR_BUFFER. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/circular_buffer.cc, CircularBufferInit, and
// circular_buffer_common.cc, CircularBufferPrepare.
#include <string>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"

namespace tinyml::runtime {
namespace {

constexpr Field kOpDataFields[] = {Int32(2)};
constexpr StructDef kOpData = {"OpDataCircularBuffer", kOpDataFields};

Status Init(KernelContext& context) {
  context.Persistent(kOpData);
  // Without options, the kernel guesses its stride from the shape.
  if (context.CustomOptions().empty()) return {};
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "cycles_max"));
  return {};
}

Status Prepare(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  // The kernel reads four dimensions whatever the rank.
  TINYML_ENSURE(context, input->Rank() >= 4 && output->Rank() >= 4,
                "input " + input->Describe() + " and output " +
                    output->Describe() + " need rank 4");
  TINYML_ENSURE(
      context, input->Dim(1) == 1,
      "input " + input->Describe() + " must have 1 in dimension 1, the slots");
  for (int i : {0, 2, 3}) {
    TINYML_ENSURE(context, input->Dim(i) == output->Dim(i),
                  "input " + input->Describe() + " and output " +
                      output->Describe() + " differ in dimension " +
                      std::to_string(i));
  }
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *input, "input", {TensorType::kInt8}));
  if (!output->IsVariable()) {
    context.Warn("output " + output->Describe() +
                 " is not a variable tensor: other tensors may overwrite what "
                 "the buffer keeps between invocations");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kCircularBuffer = {.init = Init,
                                                   .prepare = Prepare};

}  // namespace tinyml::runtime
