// SHAPE. Source: tflite-micro 90b983c2b3f1, micro/kernels/shape.cc.
#include "ops/movement/operands.h"

namespace tinyml::ops {

Result<Invocation> PrepareShape(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, output, {TensorType::kInt32}));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, input.Rank(), sizeof(int32_t)));
  const bool partial = input.Rank() < output.Elements();
  if (partial) {
    op.Warn("output " + output.Describe() + " is longer than input " +
            input.Describe() +
            " has dimensions, the rest is unwritten; tinyml writes zeros "
            "there");
  }
  return [&input, &output, partial]() -> Status {
    if (partial) Clear(output);
    for (int i = 0; i < input.Rank(); ++i) {
      output.Mutable<int32_t>()[i] = input.Dim(i);
    }
    return {};
  };
}

}  // namespace tinyml::ops
