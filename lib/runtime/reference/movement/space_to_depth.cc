// SPACE_TO_DEPTH and DEPTH_TO_SPACE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{space_to_depth,depth_to_space}.cc.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
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

struct DepthTensors {
  const RuntimeTensor* input = nullptr;
  const RuntimeTensor* output = nullptr;
};

// What both kernels check first.
Result<DepthTensors> PrepareDepthAndSpace(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckRank(context, *input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckFloatOrInt8(context, *output, "output"));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  return DepthTensors{input, output};
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
          " are not a multiple of its block_size " + std::to_string(block));
  // Height and width are multiples of the block, so its square is no larger
  // than their product, which fits, unless one of them is 0.
  const int64_t channels =
      height == 0 || width == 0 ? input.Dim(3) : input.Dim(3) * block * block;
  return WriteOutputShape(context, *tensors.output,
                          {input.Dim(0), height, width, channels});
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
                    " are not a multiple of the square of its block_size " +
                    std::to_string(block));
  return WriteOutputShape(
      context, *tensors.output,
      {input.Dim(0), input.Dim(1) * block, input.Dim(2) * block, channels});
}

}  // namespace

const OperatorKernel reference::kSpaceToDepth = {
    .builtin_data = &kTfLiteSpaceToDepthParams, .prepare = SpaceToDepthPrepare};
const OperatorKernel reference::kDepthToSpace = {
    .builtin_data = &kTfLiteDepthToSpaceParams, .prepare = DepthToSpacePrepare};

}  // namespace tinyml::runtime
