// FILL and ZEROS_LIKE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{fill,zeros_like}.cc.
#include <algorithm>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

Status ZerosLikePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  // ZerosLikeEval.
  TINYML_RETURN_IF_ERROR(CheckEqualShapes(context, {&input, &output}));
  if (RunsType(context, input,
               {TensorType::kInt64, TensorType::kInt32, TensorType::kInt8,
                TensorType::kFloat32, TensorType::kInt16},
               context.Has(Change::kAmbiqInt16Kernels))) {
    WarnMixedTypes(context, input, output);
  }
  return {};
}

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

const OperatorKernel reference::kFill = {.prepare = FillPrepare};
const OperatorKernel reference::kZerosLike = {.prepare = ZerosLikePrepare};

}  // namespace tinyml::runtime
