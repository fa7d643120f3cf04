// SELECT_V2, ZEROS_LIKE and FILL. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{select,zeros_like,fill}.cc.
#include <algorithm>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
namespace {

// micro/kernels/select.cc, OpData.
inline constexpr Field kOpDataSelectFields[] = {Bool()};
inline constexpr StructDef kOpDataSelect = {"OpData (SELECT_V2)",
                                            kOpDataSelectFields};

// --- SELECT_V2

Status SelectInit(KernelContext& context) {
  context.Persistent(kOpDataSelect);
  return {};
}

// CheckBroadcastShape.
Status CheckSelectShapes(const KernelContext& context,
                         const RuntimeTensor& condition, const RuntimeTensor& x,
                         const RuntimeTensor& y, const RuntimeTensor& output) {
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

Status SelectPrepare(KernelContext& context) {
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
  const bool same_shape = condition->dims == x->dims && x->dims == y->dims;
  const bool broadcast = !same_shape && !all_single;
  if (broadcast) {
    TINYML_RETURN_IF_ERROR(
        CheckSelectShapes(context, *condition, *x, *y, *output));
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

// --- ZEROS_LIKE

Status ZerosLikePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  // ZerosLikeEval.
  TINYML_RETURN_IF_ERROR(CheckEqualShapes(context, {&input, &output}));
  if (RunsType(context, input,
               {TensorType::kInt64, TensorType::kInt32, TensorType::kInt8,
                TensorType::kFloat32})) {
    WarnMixedTypes(context, input, output);
  }
  return {};
}

// --- FILL

// EnsureEqImpl.
template <typename T>
bool DimsEqual(const RuntimeTensor& dims, const RuntimeTensor& output) {
  return std::ranges::equal(dims.DataAs<T>(), output.dims);
}

// EnsureEq.
Status CheckFillDims(const KernelContext& context, const RuntimeTensor& dims,
                     const RuntimeTensor& output) {
  TINYML_ENSURE(context, dims.Rank() == 1,
                "the shape " + dims.Describe() + " must have 1 dimension");
  bool equal = dims.Dim(0) == output.Rank();
  if (equal) {
    switch (dims.type) {
      case TensorType::kInt8:
        equal = DimsEqual<int8_t>(dims, output);
        break;
      case TensorType::kInt16:
        equal = DimsEqual<int16_t>(dims, output);
        break;
      case TensorType::kInt32:
        equal = DimsEqual<int32_t>(dims, output);
        break;
      case TensorType::kInt64:
        equal = DimsEqual<int64_t>(dims, output);
        break;
      default:
        return context.Refuse("the shape " + dims.Describe() +
                              " must be int8, int16, int32 or int64");
    }
  }
  TINYML_ENSURE(context, equal,
                "the shape in " + dims.Describe() + " is not that of output " +
                    output.Describe());
  return {};
}

Status FillPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [dims, value, output] = operands;
  TINYML_ENSURE(context, value.Rank() == 0,
                "the value " + value.Describe() + " must be a scalar");
  TINYML_RETURN_IF_ERROR(CheckSameType(context, value, output));
  const bool constant = dims.IsConstant();
  TINYML_ENSURE(context,
                constant || !context.Has(Change::kConstantTensorChecks),
                "the shape " + dims.Describe() + " must be constant");
  if (constant) {
    TINYML_RETURN_IF_ERROR(CheckFillDims(context, dims, output));
  }
  // FillEval.
  if (!RunsType(
          context, value,
          {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8})) {
    return {};
  }
  return CheckShapeRanks(context, {&output});
}

}  // namespace

const Kernel kSelectV2 = {SelectInit, SelectPrepare};
const Kernel kZerosLike = {nullptr, ZerosLikePrepare};
const Kernel kFill = {nullptr, FillPrepare};

}  // namespace tinyml::runtime::reference
