// SPLIT, SPLIT_V and UNPACK. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/split.cc, split_v.cc, unpack.cc.
#include <string>

#include "base/macros.h"
#include "model/options.h"
#include "runtime/reference/movement.h"
#include "runtime/tensor_checks.h"

namespace tinyml::runtime {
namespace {

constexpr auto kSplitTypes = {TensorType::kFloat32, TensorType::kInt8,
                              TensorType::kInt16, TensorType::kInt32};

// Prepare looks at the axis alone; the rest is left to Invoke, which aborts on
// it. `equal_parts`: only the first output is looked at and counts for all.
void WarnOfSplit(KernelContext& context, const RuntimeTensor* input,
                 const RuntimeTensor& axis_tensor, bool equal_parts) {
  const RuntimeTensor* first = context.Output(0);
  const auto axis_value = axis_tensor.DataAs<int32_t>();
  if (input == nullptr || first == nullptr || axis_value.empty()) {
    context.Warn("an input or output is missing: Invoke() will fail");
    return;
  }
  WarnOfType(context, *input, "input", kSplitTypes);
  const int axis =
      axis_value[0] < 0 ? axis_value[0] + input->Rank() : axis_value[0];
  if (axis < 0 || axis >= input->Rank()) {
    context.Warn("axis " + std::to_string(axis_value[0]) +
                 " is out of range for input " + input->Describe() +
                 ": Invoke() will fail");
    return;
  }
  int64_t parts = 0;
  for (int i = 0; i < context.NumOutputs(); ++i) {
    const RuntimeTensor* output = equal_parts ? first : context.Output(i);
    if (output != nullptr) parts += output->Dim(axis);
  }
  if (first->Rank() != input->Rank() || parts != input->Dim(axis)) {
    context.Warn("the outputs do not make up input " + input->Describe() +
                 " along axis " + std::to_string(axis) +
                 ": Invoke() will abort");
  }
}

}  // namespace

Status SplitPrepare(KernelContext& context) {
  const RuntimeTensor* axis = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, axis, "axis"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *axis, "axis"));
  WarnOfSplit(context, context.Input(1), *axis, true);
  return {};
}

Status SplitVPrepare(KernelContext& context) {
  TINYML_ENSURE(context, context.NumInputs() == 3, "it needs 3 inputs");
  const RuntimeTensor* axis = context.TempInput(2);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, axis, "axis"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *axis, "axis"));
  WarnOfSplit(context, context.Input(0), *axis, false);
  return {};
}

// Upstream has no Prepare.
Status UnpackPrepare(KernelContext& context) {
  const auto& options = context.Options<UnpackOptions>();
  const RuntimeTensor* input = context.Input(0);
  const RuntimeTensor* output = context.Output(0);
  if (input == nullptr || output == nullptr ||
      options.num > context.NumOutputs()) {
    context.Warn("an input or output is missing: Invoke() will fail");
    return {};
  }
  WarnOfType(context, *input, "input", kSplitTypes);
  const int axis =
      options.axis < 0 ? options.axis + input->Rank() : options.axis;
  if (axis < 0 || axis >= input->Rank()) {
    context.Warn("axis " + std::to_string(options.axis) +
                 " is out of range for input " + input->Describe() +
                 ": Invoke() will abort");
  } else if (input->Dim(axis) > 0 &&
             output->Elements() != input->Elements() / input->Dim(axis)) {
    context.Warn("output " + output->Describe() + " is no slice of input " +
                 input->Describe() + " along axis " + std::to_string(axis) +
                 ": Invoke() will abort");
  }
  return {};
}

}  // namespace tinyml::runtime
