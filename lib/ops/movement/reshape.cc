// RESHAPE, SQUEEZE and EXPAND_DIMS. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/reshape.cc, squeeze.cc, expand_dims.cc.
#include <cstring>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

Invocation CopyBytes(const TensorView& input, const TensorView& output,
                     int64_t bytes) {
  return [from = input.bytes.data(), to = output.writable,
          bytes = static_cast<size_t>(bytes)]() -> Status {
    if (bytes > 0 && from != to) std::memmove(to, from, bytes);
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareReshape(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const int64_t width = ElementBytes(input.type);
  TINYML_REQUIRE(op, width > 0,
                 "the elements of " + input.Describe() + " have no size");
  TINYML_RETURN_IF_ERROR(CheckHolds(op, input, input.Elements(), width));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, input.Elements(), width));
  return CopyBytes(input, output, input.Elements() * width);
}

Result<Invocation> PrepareSqueeze(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const int64_t width = ElementBytes(input.type);
  TINYML_REQUIRE(op, width > 0,
                 "the elements of " + input.Describe() + " have no size");
  const int64_t bytes = input.Elements() * width;
  TINYML_REQUIRE(op, bytes == output.Elements() * ElementBytes(output.type),
                 "input " + input.Describe() + " and output " +
                     output.Describe() + " differ in bytes");
  TINYML_RETURN_IF_ERROR(CheckHolds(op, input, bytes, 1));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, bytes, 1));
  return CopyBytes(input, output, bytes);
}

Result<Invocation> PrepareExpandDims(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, input,
                {TensorType::kFloat32, TensorType::kInt16, TensorType::kInt8}));
  const int64_t width = ElementBytes(input.type);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, input.Elements(), width));
  return CopyBytes(input, output, input.Elements() * width);
}

}  // namespace tinyml::ops
