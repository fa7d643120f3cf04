// SPLIT, SPLIT_V and UNPACK. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{split,split_v,unpack}.cc.
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

constexpr auto kSplitTypes = {TensorType::kFloat32, TensorType::kInt8,
                              TensorType::kInt16, TensorType::kInt32};

// Prepare checks only the axis and leaves the rest to Invoke. `equal_parts`:
// only the first output is checked and counts for all.
Status CheckSplitEval(KernelContext& context, const RuntimeTensor* input,
                      const RuntimeTensor& axis_tensor, bool equal_parts) {
  const RuntimeTensor* first = context.Output(0);
  const auto axis_value = axis_tensor.DataAs<int32_t>();
  if (input == nullptr || first == nullptr || axis_value.empty()) {
    return AbortsAtInvoke(context, "an input or output is missing");
  }
  const int axis =
      axis_value[0] < 0 ? axis_value[0] + input->Rank() : axis_value[0];
  if (axis < 0 || axis >= input->Rank()) {
    FailsAtInvoke(context, "axis " + std::to_string(axis_value[0]) +
                               " is out of range for input " +
                               input->Describe());
    return {};
  }
  if (!RunsType(context, *input, kSplitTypes)) return {};
  int64_t parts = 0;
  for (int i = 0; i < context.NumOutputs(); ++i) {
    const RuntimeTensor* output = equal_parts ? first : context.Output(i);
    if (output != nullptr) parts += output->Dim(axis);
  }
  if (first->Rank() != input->Rank() || parts != input->Dim(axis)) {
    return AbortsAtInvoke(context, "the outputs do not make up input " +
                                       input->Describe() + " along axis " +
                                       std::to_string(axis));
  }
  return {};
}

Status SplitPrepare(KernelContext& context) {
  const RuntimeTensor* axis = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, axis, "axis"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *axis, "axis"));
  return CheckSplitEval(context, context.Input(1), *axis, true);
}

Status SplitVPrepare(KernelContext& context) {
  TINYML_ENSURE(context, context.NumInputs() == 3, "it needs 3 inputs");
  const RuntimeTensor* axis = context.TempInput(2);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, axis, "axis"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *axis, "axis"));
  return CheckSplitEval(context, context.Input(0), *axis, false);
}

// Upstream has no Prepare.
Status UnpackPrepare(KernelContext& context) {
  const auto& options = context.Options<UnpackOptions>();
  const RuntimeTensor* input = context.Input(0);
  const RuntimeTensor* output = context.Output(0);
  if (input == nullptr || output == nullptr) {
    return AbortsAtInvoke(context, "an input or output is missing");
  }
  if (!RunsType(context, *input, kSplitTypes,
                context.Has(Change::kInt16Movement))) {
    return {};
  }
  if (options.num > context.NumOutputs()) {
    context.Warn("its option num is " + std::to_string(options.num) +
                 ", but it has " + std::to_string(context.NumOutputs()) +
                 " outputs: Invoke writes to outputs that do not exist");
  }
  const int axis =
      options.axis < 0 ? options.axis + input->Rank() : options.axis;
  if (axis >= input->Rank() ||
      (axis >= 0 && input->Dim(axis) > 0 &&
       output->Elements() != input->Elements() / input->Dim(axis))) {
    return AbortsAtInvoke(context, "output " + output->Describe() +
                                       " is not a slice of input " +
                                       input->Describe() + " along axis " +
                                       std::to_string(options.axis));
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kSplit = {.builtin_data = &kTfLiteSplitParams,
                                          .prepare = SplitPrepare};
const OperatorKernel reference::kSplitV = {.builtin_data = &kTfLiteSplitVParams,
                                           .prepare = SplitVPrepare};
const OperatorKernel reference::kUnpack = {.builtin_data = &kTfLiteUnpackParams,
                                           .prepare = UnpackPrepare};

}  // namespace tinyml::runtime
