// REVERSE_V2. Source: tflite-micro 90b983c2b3f1, micro/kernels/reverse.cc.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input", "axis"}, {"output"}));
  const auto [input, axis, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckRank(context, *axis, "axis", 1));
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *input, "input", kMaxShapeRank));
  TINYML_ENSURE(context, input->Rank() >= axis->Elements(),
                "axis " + axis->Describe() + " has more elements than input " +
                    input->Describe() + " has dimensions");
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *input, "input",
                {TensorType::kInt32, TensorType::kFloat32, TensorType::kUInt8,
                 TensorType::kInt8, TensorType::kInt16, TensorType::kInt64,
                 TensorType::kBool}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *axis, "axis", {TensorType::kInt32}));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));

  std::vector<int32_t> axes = axis->DataAs<int32_t>();
  for (int32_t& value : axes) {
    if (value < 0) value += input->Rank();
  }
  std::sort(axes.begin(), axes.end());
  bool runs = true;
  for (size_t i = 0; i < axes.size(); ++i) {
    runs = runs && axes[i] >= 0 && axes[i] < input->Rank() &&
           (i == 0 || axes[i] == axes[i - 1] + 1);
  }
  if (!runs) {
    context.Warn("axis " + axis->Describe() +
                 " does not name neighbouring dimensions of input " +
                 input->Describe() + ", once each: Invoke will fail");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kReverseV2 = {.prepare = Prepare};

}  // namespace tinyml::runtime
