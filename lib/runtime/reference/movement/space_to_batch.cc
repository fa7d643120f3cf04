// BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND, DEPTH_TO_SPACE and SPACE_TO_DEPTH.
// Source: tflite-micro 90b983c2b3f1, micro/kernels/batch_to_space_nd.cc,
// space_to_batch_nd.cc, depth_to_space.cc, space_to_depth.cc.
#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/movement/movement.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, SpaceToBatchParams.
inline constexpr Field kSpaceToBatchParamsFields[] = {Int32()};
inline constexpr StructDef kSpaceToBatchParams = {"SpaceToBatchParams",
                                                  kSpaceToBatchParamsFields};

constexpr auto kKernelTypes = {TensorType::kFloat32, TensorType::kInt8};

// What both kernels between batch and space prepare.
Status PrepareBatchAndSpace(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 3, 1));
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  for (const RuntimeTensor* tensor : {input, output}) {
    TINYML_ENSURE(context, tensor->Rank() == 3 || tensor->Rank() == 4,
                  tensor->Describe() + " is not of rank 3 or 4");
  }
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  if (!RunsType(context, *input, kKernelTypes)) return {};
  if (input->Rank() != output->Rank()) {
    return AbortsAtInvoke(context, "input " + input->Describe() +
                                       " and output " + output->Describe() +
                                       " differ in rank");
  }
  return {};
}

struct DepthTensors {
  const RuntimeTensor* input = nullptr;
  const RuntimeTensor* output = nullptr;
};

// What both kernels between depth and space check first.
Result<DepthTensors> PrepareDepthAndSpace(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  DepthTensors tensors;
  tensors.input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors.input, "input"));
  tensors.output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors.output, "output"));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *tensors.input, "input", 4));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *tensors.output, "output", kKernelTypes));
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, *tensors.input, *tensors.output));
  return tensors;
}

// Writes the four dimensions over a copy of the output's shape in the model.
Status WriteOutputShape(KernelContext& context, const RuntimeTensor& output,
                        const std::array<int64_t, 4>& shape) {
  for (int64_t dim : shape) {
    TINYML_ENSURE(context, dim <= std::numeric_limits<int32_t>::max(),
                  "its block_size makes the output too large to count");
  }
  if (output.Rank() != 4) {
    TINYML_RETURN_IF_ERROR(AbortsAtInvoke(
        context, "output " + output.Describe() + " is not of rank 4"));
  }
  std::vector<int32_t>& dims = context.RelocateDims(0);
  for (size_t i = 0; i < std::min(dims.size(), shape.size()); ++i) {
    dims[i] = static_cast<int32_t>(shape[i]);
  }
  return {};
}

}  // namespace

Status BatchToSpaceNdPrepare(KernelContext& context) {
  return PrepareBatchAndSpace(context);
}

Status SpaceToBatchNdInit(KernelContext& context) {
  context.Persistent(kSpaceToBatchParams);
  return {};
}

Status SpaceToBatchNdPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(PrepareBatchAndSpace(context));
  const RuntimeTensor* paddings = context.Input(2);
  if (paddings == nullptr) return {};
  const auto values = paddings->DataAs<int32_t>();
  if (std::any_of(values.begin(), values.end(),
                  [](int32_t value) { return value != 0; })) {
    context.Warn(
        "the runtime never sets the value that it pads with: what the padding "
        "holds is not defined");
  }
  return {};
}

Status DepthToSpacePrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const DepthTensors tensors,
                          PrepareDepthAndSpace(context));
  const int64_t block = context.Options<DepthToSpaceOptions>().block_size;
  TINYML_ENSURE(context, block > 0, "its block_size is not above 0");
  const RuntimeTensor& input = *tensors.input;
  const int64_t channels = input.Dim(3) / block / block;
  TINYML_ENSURE(context, channels * block * block == input.Dim(3),
                "the channels of input " + input.Describe() +
                    " are no multiple of the square of its block_size " +
                    std::to_string(block));
  return WriteOutputShape(
      context, *tensors.output,
      {input.Dim(0), input.Dim(1) * block, input.Dim(2) * block, channels});
}

Status SpaceToDepthPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const DepthTensors tensors,
                          PrepareDepthAndSpace(context));
  const int64_t block = context.Options<SpaceToDepthOptions>().block_size;
  TINYML_ENSURE(context, block != 0,
                "its block_size is 0: the runtime divides by it");
  const RuntimeTensor& input = *tensors.input;
  const int64_t height = input.Dim(1) / block;
  const int64_t width = input.Dim(2) / block;
  TINYML_ENSURE(
      context, height * block == input.Dim(1) && width * block == input.Dim(2),
      "height or width of input " + input.Describe() +
          " are no multiple of its block_size " + std::to_string(block));
  // Height and width are multiples of the block, so its square is no larger
  // than their product, which fits, unless one of them is 0.
  const int64_t channels =
      height == 0 || width == 0 ? input.Dim(3) : input.Dim(3) * block * block;
  return WriteOutputShape(context, *tensors.output,
                          {input.Dim(0), height, width, channels});
}

}  // namespace tinyml::runtime
