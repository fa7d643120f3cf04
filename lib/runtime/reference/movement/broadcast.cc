// BROADCAST_ARGS and BROADCAST_TO. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{broadcast_args,broadcast_to}.cc.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

constexpr int kBroadcastToMaxRank = 5;

// The first `count` values of a constant shape, whose type was checked,
// truncated to int32 as the kernel truncates them.
std::vector<int32_t> ShapeValues(const RuntimeTensor& shape, int count) {
  std::vector<int32_t> values;
  if (shape.type == TensorType::kInt32) {
    values = shape.DataAs<int32_t>();
  } else {
    for (int64_t value : shape.DataAs<int64_t>()) {
      values.push_back(static_cast<int32_t>(value));
    }
  }
  values.resize(count);
  return values;
}

Status ArgsPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"first shape", "second shape"}, {"output"}));
  const auto [first, second, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckType(context, *first, "input",
                                   {TensorType::kInt32, TensorType::kInt64}));
  TINYML_ENSURE(context, first->type == second->type,
                "inputs " + first->Describe() + " and " + second->Describe() +
                    " differ in type");
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *first, *output));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *first, "input", 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *second, "input", 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *output, "output", 1));
  if (output->Dim(0) != std::max(first->Dim(0), second->Dim(0))) {
    context.Warn("output " + output->Describe() +
                 " is not as long as the longer input, which the kernel does "
                 "not check");
  }
  const auto a = ShapeValues(*first, first->Dim(0));
  const auto b = ShapeValues(*second, second->Dim(0));
  const size_t common =
      first->IsConstant() && second->IsConstant()
          ? std::min({a.size(), b.size(), static_cast<size_t>(output->Dim(0))})
          : 0;
  for (size_t i = 1; i <= common; ++i) {
    const int32_t dim_a = a[a.size() - i];
    const int32_t dim_b = b[b.size() - i];
    if (dim_a == dim_b || dim_a == 1 || dim_b == 1) continue;
    return AbortsAtInvoke(context,
                          "the shapes that it takes differ in a "
                          "dimension: " +
                              std::to_string(dim_a) + " and " +
                              std::to_string(dim_b));
  }
  return {};
}

Status ToPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "shape"}, {"output"}));
  const auto [input, shape, output] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *input, "input", kBroadcastToMaxRank));
  TINYML_RETURN_IF_ERROR(CheckType(context, *shape, "shape",
                                   {TensorType::kInt32, TensorType::kInt64}));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *shape, "shape"));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *shape, "shape", 1));
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *output, "output", kBroadcastToMaxRank));
  TINYML_ENSURE(context,
                shape->Dim(0) == output->Rank() &&
                    ShapeValues(*shape, output->Rank()) == output->dims,
                "output " + output->Describe() +
                    " does not have the shape that input " + shape->Describe() +
                    " holds");
  const int extension = output->Rank() - input->Rank();
  bool fits = extension >= 0;
  for (int i = 0; fits && i < input->Rank(); ++i) {
    fits = input->Dim(i) == 1 || input->Dim(i) == output->Dim(extension + i);
  }
  TINYML_ENSURE(context, fits,
                "input " + input->Describe() +
                    " cannot be broadcast to output " + output->Describe());
  return {};
}

}  // namespace

const OperatorKernel reference::kBroadcastArgs = {.prepare = ArgsPrepare};
const OperatorKernel reference::kBroadcastTo = {.prepare = ToPrepare};

}  // namespace tinyml::runtime
