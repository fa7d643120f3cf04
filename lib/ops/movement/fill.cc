// FILL and ZEROS_LIKE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/fill.cc, zeros_like.cc.
#include <cstring>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {

Result<Invocation> PrepareFill(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& value = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, value,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8}));
  const int64_t width = ElementBytes(value.type);
  TINYML_REQUIRE(op, value.type == output.type && Capacity(value, width) > 0,
                 "value " + value.Describe() + " does not fit output " +
                     output.Describe());
  return [&value, &output, width]() -> Status {
    FillElements(output.writable, output.Elements(), value.bytes.data(), width);
    return {};
  };
}

Result<Invocation> PrepareZerosLike(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, input,
                                   {TensorType::kInt64, TensorType::kInt32,
                                    TensorType::kInt8, TensorType::kFloat32}));
  TINYML_REQUIRE(op, input.dims == output.dims,
                 "input " + input.Describe() + " and output " +
                     output.Describe() + " differ in shape");
  const int64_t width = ElementBytes(input.type);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, input.Elements(), width));
  // If the input is narrower than the output, part of the output is never
  // written.
  const bool partial = width < ElementBytes(output.type);
  if (partial) {
    op.Warn("input " + input.Describe() + " is narrower than output " +
            output.Describe() +
            ", whose rest is unwritten; tinyml writes "
            "zeros there");
  }
  return [&output]() -> Status {
    Clear(output);
    return {};
  };
}

}  // namespace tinyml::ops
