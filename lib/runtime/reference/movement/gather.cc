// GATHER and GATHER_ND. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{gather,gather_nd}.cc.
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

constexpr int kMaxIndexDepth = 5;

// Both kernels write their output's shape over a copy of the model's, which has
// room only for the model's rank.
void WriteOutputShape(KernelContext& context, const std::vector<int32_t>& dims,
                      const RuntimeTensor& output) {
  if (dims.size() > output.dims.size()) {
    context.Warn("output " + output.Describe() + " is of rank " +
                 std::to_string(dims.size()) +
                 " by the inputs: the runtime writes past the memory that it "
                 "takes for the shape");
  }
  context.RelocateDims(0) = dims;
}

Status CheckGatherTensors(const KernelContext& context,
                          const RuntimeTensor& input,
                          const RuntimeTensor& indices, bool takes_int64) {
  if (!takes_int64 || indices.type != TensorType::kInt64) {
    TINYML_RETURN_IF_ERROR(
        CheckType(context, indices, "indices", {TensorType::kInt32}));
  }
  return CheckFloatOrInt8(context, input, "input");
}

// Warns of constant indices of GATHER_ND that lie outside the input; the kernel
// checks only the offset that they add up to.
void WarnOfOffsets(KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& indices, int depth) {
  const auto values = indices.DataAs<int32_t>();
  std::vector<int64_t> strides(static_cast<size_t>(depth));
  int64_t slice = input.Elements();
  for (int i = 0; i < depth; ++i) {
    if (input.Dim(i) <= 0) return;
    slice /= input.Dim(i);
    strides[i] = slice;
  }
  for (size_t i = 0; depth > 0 && i + strides.size() <= values.size();
       i += strides.size()) {
    const int64_t offset = std::inner_product(
        strides.begin(), strides.end(),
        values.begin() + static_cast<ptrdiff_t>(i), int64_t{0});
    if (offset >= 0 && offset + slice <= input.Elements()) continue;
    FailsAtInvoke(context, "indices " + indices.Describe() +
                               " point outside of input " + input.Describe());
    return;
  }
}

Status GatherPrepare(KernelContext& context) {
  const auto& options = context.Options<GatherOptions>();
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "indices"}, {"output"}));
  const auto [input, indices, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckGatherTensors(
      context, *input, *indices, context.Has(Change::kEdgeImpulseGatherInt64)));

  const int rank = input->Rank();
  const int axis = options.axis < 0 ? options.axis + rank : options.axis;
  TINYML_ENSURE(context, axis >= 0 && axis < rank,
                "axis " + std::to_string(options.axis) +
                    " is out of range for input " + input->Describe());
  const int batch_dims = options.batch_dims < 0
                             ? options.batch_dims + indices->Rank()
                             : options.batch_dims;
  TINYML_ENSURE(context,
                batch_dims >= 0 && batch_dims <= axis && batch_dims < rank &&
                    batch_dims <= indices->Rank(),
                "batch_dims " + std::to_string(options.batch_dims) +
                    " does not fit input " + input->Describe() + ", indices " +
                    indices->Describe() + " and axis " + std::to_string(axis));
  for (int i = 0; i < batch_dims; ++i) {
    TINYML_ENSURE(context, input->Dim(i) == indices->Dim(i),
                  "input " + input->Describe() + " and indices " +
                      indices->Describe() + " differ in batch dimension " +
                      std::to_string(i));
  }

  std::vector<int32_t> dims(input->dims.begin(), input->dims.begin() + axis);
  dims.insert(dims.end(), indices->dims.begin() + batch_dims,
              indices->dims.end());
  dims.insert(dims.end(), input->dims.begin() + axis + 1, input->dims.end());
  WriteOutputShape(context, dims, *output);

  const auto values = indices->type == TensorType::kInt32
                          ? indices->DataAs<int32_t>()
                          : std::vector<int32_t>();
  for (int32_t value : values) {
    if (batch_dims > 0 || (value >= 0 && value < input->Dim(axis))) continue;
    return AbortsAtInvoke(context, "index " + std::to_string(value) +
                                       " is out of range for axis " +
                                       std::to_string(axis) + " of input " +
                                       input->Describe());
  }
  return {};
}

Status GatherNdPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "indices"}, {"output"}));
  const auto [input, indices, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckGatherTensors(context, *input, *indices, false));

  TINYML_ENSURE(context, input->Rank() >= 1 && indices->Rank() >= 1,
                "input " + input->Describe() + " and indices " +
                    indices->Describe() + " may not be scalars");
  const int depth = indices->Dim(indices->Rank() - 1);
  TINYML_ENSURE(
      context, depth >= 0 && depth <= input->Rank() && depth <= kMaxIndexDepth,
      "the last dimension of indices " + indices->Describe() +
          " is more than 5 or than the rank of input " + input->Describe());

  std::vector<int32_t> dims(indices->dims.begin(), indices->dims.end() - 1);
  dims.insert(dims.end(), input->dims.begin() + depth, input->dims.end());
  if (context.Has(Change::kGatherNdShape)) {
    WriteOutputShape(context, dims, *output);
  } else {
    context.OverwriteDims(0) = dims;
  }
  WarnOfOffsets(context, *input, *indices, depth);
  return {};
}

}  // namespace

const OperatorKernel reference::kGather = {.builtin_data = &kTfLiteGatherParams,
                                           .prepare = GatherPrepare};
const OperatorKernel reference::kGatherNd = {.prepare = GatherNdPrepare};

}  // namespace tinyml::runtime
