// SELECT_V2. Source: tflite-micro 90b983c2b3f1, micro/kernels/select.cc.
#include <algorithm>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Bool()};
inline constexpr StructDef kOpData = {"OpData (SELECT_V2)", kOpDataFields};

// CheckBroadcastShape.
Status CheckShapes(const KernelContext& context, const RuntimeTensor& condition,
                   const RuntimeTensor& x, const RuntimeTensor& y,
                   const RuntimeTensor& output) {
  const int rank = std::max({condition.Rank(), x.Rank(), y.Rank()});
  TINYML_ENSURE(context, output.Rank() == rank,
                "output " + output.Describe() + " must have " +
                    std::to_string(rank) + " dimensions");
  for (int i = 1; i <= rank; ++i) {  // From the last dimension to the first.
    const auto dim = [i](const RuntimeTensor& tensor) {
      return i <= tensor.Rank() ? tensor.Dim(tensor.Rank() - i) : 1;
    };
    const int32_t dims[] = {dim(condition), dim(x), dim(y)};
    const auto [least, most] = std::minmax_element(dims, dims + 3);
    const int32_t expected = *least == 0 ? 0 : *most;
    for (int32_t each : dims) {
      TINYML_ENSURE(context, each == 1 || each == expected,
                    condition.Describe() + ", " + x.Describe() + " and " +
                        y.Describe() + " cannot be broadcast to one shape");
    }
    TINYML_ENSURE(context, dim(output) == expected,
                  "output " + output.Describe() +
                      " does not have the shape that the inputs broadcast to");
  }
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 3, 1));
  const RuntimeTensor* condition = context.TempInput(0);
  const RuntimeTensor* x = context.TempInput(1);
  const RuntimeTensor* y = context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(
      context,
      condition != nullptr && x != nullptr && y != nullptr && output != nullptr,
      "an input or the output is missing");
  TINYML_RETURN_IF_ERROR(CheckType(context, *condition, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *x, *y));
  bool all_single = true;
  for (const RuntimeTensor* tensor : {condition, x, y, output}) {
    // A RuntimeShape is made of each, until one has several elements.
    if (!all_single) break;
    TINYML_ENSURE(context, tensor->Rank() <= 6,
                  tensor->Describe() + " has more than 6 dimensions");
    all_single = tensor->Elements() == 1;
  }
  // Without the change Prepare returns with temporary tensors in use, and the
  // allocator refuses to go on.
  TINYML_ENSURE(context, !all_single || context.Has(Change::kSelectV2Scalars),
                "all of its tensors are scalars, on which this revision fails");
  const bool same_shape = condition->dims == x->dims && x->dims == y->dims;
  const bool broadcast = !same_shape && !all_single;
  if (broadcast) {
    TINYML_RETURN_IF_ERROR(CheckShapes(context, *condition, *x, *y, *output));
  }
  // SelectEval.
  if (!RunsType(
          context, *x,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    return {};
  }
  WarnMixedTypes(context, *x, *output);
  if (broadcast) return CheckShapeRanks(context, {condition, x, y, output});
  if (all_single) return {};
  return CheckEqualShapes(context, {condition, x, y, output});
}

}  // namespace

const OperatorKernel reference::kSelectV2 = {.init = InitWith<kOpData>,
                                             .prepare = Prepare};

}  // namespace tinyml::runtime
