// SPACE_TO_DEPTH and DEPTH_TO_SPACE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/space_to_depth.cc, depth_to_space.cc;
// lite/kernels/internal/reference/space_to_depth.h, depth_to_space.h.
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

Status CheckTensors(const OpContext& op, int32_t block) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, input, {TensorType::kFloat32, TensorType::kInt8}));
  TINYML_REQUIRE(op,
                 input.type == output.type && input.Rank() == 4 &&
                     output.Rank() == 4 && block > 0,
                 "its block_size " + std::to_string(block) + " or output " +
                     output.Describe() + " does not fit input " +
                     input.Describe());
  return {};
}

// Whether both cover the same space in blocks of height x width.
bool AreBlocks(const TensorView& space, const TensorView& depth,
               int64_t block) {
  return space.Dim(0) == depth.Dim(0) && space.Dim(1) == depth.Dim(1) * block &&
         space.Dim(2) == depth.Dim(2) * block &&
         depth.Dim(3) == space.Dim(3) * block * block;
}

Result<Invocation> Rearrange(const OpContext& op, bool to_depth,
                             int64_t block) {
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& space = to_depth ? input : output;
  const TensorView& depth = to_depth ? output : input;
  TINYML_REQUIRE(op, AreBlocks(space, depth, block),
                 "output " + output.Describe() + " is not input " +
                     input.Describe() + " in blocks of " +
                     std::to_string(block));
  const int64_t width = ElementBytes(input.type);
  const int64_t channels = space.Dim(3);
  const int64_t row = space.Dim(2) * channels;
  const int64_t image = space.Dim(1) * row;
  const int64_t pixel = depth.Dim(3);
  const int64_t depth_row = depth.Dim(2) * pixel;
  // By axis: iterations, and strides in space and in depth. Each direction
  // orders its loops so that it writes sequentially.
  const StridedCopy::Axis batches = {space.Dim(0), image, image};
  const StridedCopy::Axis rows = {depth.Dim(1), block * row, depth_row};
  const StridedCopy::Axis row_in_block = {block, row, block * channels};
  const StridedCopy::Axis columns = {depth.Dim(2), block * channels, pixel};
  const StridedCopy::Axis run = {block * channels, 1, 1};
  StridedCopy copy(width);
  if (to_depth) {
    for (const auto& axis : {batches, rows, columns, row_in_block, run}) {
      copy.Add(axis);
    }
  } else {
    for (const auto& axis : {batches, rows, row_in_block, columns, run}) {
      copy.Add({axis.count, axis.to, axis.from});
    }
  }
  TINYML_REQUIRE(
      op, copy.Fits(0, Capacity(input, width), 0, Capacity(output, width)),
      "output " + output.Describe() + " does not fit input " +
          input.Describe());
  return Invocation(
      [copy, from = input.bytes.data(), to = output.writable]() -> Status {
        copy.Run(from, to);
        return {};
      });
}

}  // namespace

Result<Invocation> PrepareSpaceToDepth(OpContext& op) {
  const int32_t block = op.Options<SpaceToDepthOptions>().block_size;
  TINYML_RETURN_IF_ERROR(CheckTensors(op, block));
  return Rearrange(op, true, block);
}

Result<Invocation> PrepareDepthToSpace(OpContext& op) {
  const int32_t block = op.Options<DepthToSpaceOptions>().block_size;
  TINYML_RETURN_IF_ERROR(CheckTensors(op, block));
  return Rearrange(op, false, block);
}

}  // namespace tinyml::ops
