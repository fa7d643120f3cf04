// TRANSPOSE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/transpose_common.cc.
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

constexpr int kTransposeMaxRank = 5;

// Upstream checks neither that the axes are distinct nor the output's shape.
void WarnOfTransposedShape(KernelContext& context, const RuntimeTensor& input,
                           const std::vector<int32_t>& axes,
                           const RuntimeTensor& output) {
  std::vector<int32_t> dims;
  for (int32_t axis : axes) dims.push_back(input.Dim(axis));
  if (dims != output.dims) {
    context.Warn("output " + output.Describe() +
                 " does not have the shape of input " + input.Describe() +
                 " after the permutation: Invoke does not check that");
  }
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "permutation"}, {"output"}));
  const auto [input, order, output] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *input, "input", kTransposeMaxRank));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *order, "permutation"));
  TINYML_ENSURE(context, order->Rank() == 1 && order->Dim(0) == input->Rank(),
                "permutation " + order->Describe() +
                    " does not have one index for each dimension of input " +
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

}  // namespace

const OperatorKernel reference::kTranspose = {.prepare = Prepare};

}  // namespace tinyml::runtime
