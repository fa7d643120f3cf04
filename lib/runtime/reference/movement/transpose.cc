// TRANSPOSE and REVERSE_V2. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/transpose_common.cc, reverse.cc.
#include <algorithm>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/movement/movement.h"

namespace tinyml::runtime {
namespace {

constexpr int kTransposeMaxRank = 5;

// Upstream checks neither that the axes differ nor the output's shape.
void WarnOfTransposedShape(KernelContext& context, const RuntimeTensor& input,
                           const std::vector<int32_t>& axes,
                           const RuntimeTensor& output) {
  std::vector<int32_t> dims;
  for (int32_t axis : axes) dims.push_back(input.Dim(axis));
  if (dims != output.dims) {
    context.Warn("output " + output.Describe() +
                 " is not of the shape of input " + input.Describe() +
                 " in its new order: Invoke does not check that");
  }
}

}  // namespace

Status TransposePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* order = context.TempInput(1);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, order, "permutation"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *input, "input", kTransposeMaxRank));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *order, "permutation"));
  TINYML_ENSURE(context, order->Rank() == 1 && order->Dim(0) == input->Rank(),
                "permutation " + order->Describe() +
                    " is not one index for each dimension of input " +
                    input->Describe());
  TINYML_ASSIGN_OR_RETURN(
      const std::vector<int32_t> axes,
      ReadInt32(context, *order, "permutation", input->Rank()));
  for (int32_t axis : axes) {
    TINYML_ENSURE(context, axis >= 0 && axis < input->Rank(),
                  "permutation " + order->Describe() + " names dimension " +
                      std::to_string(axis) + ", which input " +
                      input->Describe() + " does not have");
  }
  if (context.Has(Change::kInt16Movement)) {
    WarnOfType(context, *input, "input",
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
  } else {
    WarnOfType(context, *input, "input",
               {TensorType::kFloat32, TensorType::kInt8});
  }
  WarnOfTransposedShape(context, *input, axes, *output);
  return {};
}

Status ReverseV2Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* axis = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, axis, "axis"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
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

}  // namespace tinyml::runtime
