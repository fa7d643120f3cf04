// BATCH_MATMUL. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{batch_matmul,batch_matmul_common}.cc.
#include "runtime/reference/sequence/batch_matmul.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/abi/core_structs.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

int OutputRank(const MatMulTensors& tensors) {
  return std::max(tensors.lhs->Rank(), tensors.rhs->Rank());
}

// Dimension `i` counted from the end, 0 being the last; 1 past the rank.
int32_t FromBack(const RuntimeTensor& tensor, int i) {
  return i < tensor.Rank() ? tensor.Dim(tensor.Rank() - 1 - i) : 1;
}

void AllocateTransposedTensor(KernelContext& context,
                              const RuntimeTensor& tensor) {
  context.Persistent(kTfLiteEvalTensor);
  context.Persistent("shape of a transposed operand",
                     4 + 4 * int64_t{tensor.Rank()});
  context.Persistent("transposed operand", tensor.Bytes());
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  MatMulTensors tensors;
  TINYML_RETURN_IF_ERROR(TakeMatMulTensors(context, 5, &tensors));
  const bool quantized = tensors.lhs->type != TensorType::kFloat32;
  if (quantized) context.Persistent(kQuantizationOpDataBatchMatmul);
  AllocateTransposed(context, tensors);
  if (quantized) {
    TINYML_RETURN_IF_ERROR(CheckMatMulQuantization(context, tensors));
  }
  TINYML_RETURN_IF_ERROR(CheckMatMulShapes(context, tensors));
  TINYML_RETURN_IF_ERROR(ReshapeMatMulOutput(context, tensors));
  if (tensors.lhs->type != TensorType::kInt16) return {};
  return AssertInt64Sums(context, *tensors.lhs, *tensors.rhs, nullptr,
                         *tensors.output);
}

}  // namespace

Status TakeMatMulTensors(KernelContext& context, int max_rank,
                         MatMulTensors* tensors) {
  tensors->lhs = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors->lhs, "first input"));
  tensors->rhs = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors->rhs, "second input"));
  tensors->output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors->output, "output"));
  const TensorType type = tensors->lhs->type;
  TINYML_ENSURE(context,
                type == TensorType::kFloat32 || type == TensorType::kInt8 ||
                    type == TensorType::kInt16,
                "input " + tensors->lhs->Describe() +
                    " has a type other than float32, int8 and int16");
  TINYML_ENSURE(context,
                tensors->rhs->type == type && tensors->output->type == type,
                "inputs " + tensors->lhs->Describe() + " and " +
                    tensors->rhs->Describe() + " and output " +
                    tensors->output->Describe() + " differ in type");
  for (const RuntimeTensor* tensor : {tensors->lhs, tensors->rhs}) {
    TINYML_ENSURE(context, tensor->Rank() >= 2 && tensor->Rank() <= max_rank,
                  "the rank of input " + tensor->Describe() +
                      " should be 2 to " + std::to_string(max_rank));
  }
  return {};
}

void AllocateTransposed(KernelContext& context, const MatMulTensors& tensors) {
  const auto& options = context.Options<BatchMatMulOptions>();
  if (options.adj_x) AllocateTransposedTensor(context, *tensors.lhs);
  // The kernels need the second operand's columns as rows.
  if (!options.adj_y) AllocateTransposedTensor(context, *tensors.rhs);
}

Status CheckMatMulQuantization(KernelContext& context,
                               const MatMulTensors& tensors) {
  const auto& [lhs, rhs, output] = tensors;
  TINYML_RETURN_IF_ERROR(
      CheckProductMultiplier(context, *lhs, *rhs, nullptr, *output));
  TINYML_ENSURE(context,
                lhs->type != TensorType::kInt16 ||
                    (lhs->zero_point == 0 && rhs->zero_point == 0 &&
                     output->zero_point == 0),
                "int16 inputs and output need zero point 0");
  return {};
}

Status CheckMatMulShapes(const KernelContext& context,
                         const MatMulTensors& tensors) {
  const auto& [lhs, rhs, output] = tensors;
  const std::string operands = lhs->Describe() + " and " + rhs->Describe();
  for (int i = 2; i < OutputRank(tensors); ++i) {
    const int32_t a = FromBack(*lhs, i);
    const int32_t b = FromBack(*rhs, i);
    TINYML_ENSURE(context, a == b || a == 1 || b == 1,
                  "the batch dimensions of " + operands + " do not broadcast");
  }
  const auto& options = context.Options<BatchMatMulOptions>();
  TINYML_ENSURE(
      context,
      FromBack(*lhs, options.adj_x ? 1 : 0) ==
          FromBack(*rhs, options.adj_y ? 0 : 1),
      "columns and rows of " + operands + " do not match for a product");
  return {};
}

Status ReshapeMatMulOutput(KernelContext& context,
                           const MatMulTensors& tensors) {
  const auto& [lhs, rhs, output] = tensors;
  const int rank = OutputRank(tensors);
  TINYML_ENSURE(context, rank <= output->Rank(),
                "output " + output->Describe() + " should have rank " +
                    std::to_string(rank));
  const int64_t elements_in_file = output->Elements();
  const auto& options = context.Options<BatchMatMulOptions>();
  std::vector<int32_t> dims(static_cast<size_t>(rank));
  for (int i = 2; i < rank; ++i) {
    const int32_t a = FromBack(*lhs, i);
    dims[rank - 1 - i] = a == 1 ? FromBack(*rhs, i) : a;
  }
  dims[rank - 2] = FromBack(*lhs, options.adj_x ? 0 : 1);
  dims[rank - 1] = FromBack(*rhs, options.adj_y ? 1 : 0);
  context.RelocateDims(0) = std::move(dims);
  TINYML_ENSURE(context, output->Elements() == elements_in_file,
                "its result " + output->Describe() +
                    " differs in size from the output in the file");
  return {};
}

const OperatorKernel reference::kBatchMatmul = {
    .builtin_data = &kTfLiteBatchMatMulParams,
    .init = InitWith<kOpDataBatchMatmul>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
