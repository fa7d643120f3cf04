// REVERSE_V2. Source: tflite-micro 90b983c2b3f1, micro/kernels/reverse.cc;
// lite/kernels/internal/reference/reverse.h.
#include <algorithm>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {

// The axes may be computed by the model.
Result<Invocation> PrepareReverseV2(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& axes = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt16,
                 TensorType::kInt8, TensorType::kUInt8, TensorType::kInt64,
                 TensorType::kBool}));
  TINYML_RETURN_IF_ERROR(CheckRuns(op, axes, {TensorType::kInt32}));
  TINYML_REQUIRE(op, input.type == output.type && axes.Elements() > 0,
                 "it has no axes, or output " + output.Describe() +
                     " does not fit input " + input.Describe());
  const int64_t width = ElementBytes(input.type);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, input.Elements(), width));
  const bool partial = input.Elements() != output.Elements();
  if (partial) {
    op.Warn("output " + output.Describe() + " is larger than input " +
            input.Describe() +
            ", the rest is unwritten; tinyml writes zeros there");
  }
  return [&op, &input, &axes, &output, width, partial]() -> Status {
    // Distinct axes are adjacent if they span no more than their number.
    const int64_t rank = input.Rank();
    int64_t first = rank;
    int64_t last = -1;
    uint32_t seen = 0;
    for (int64_t i = 0; i < axes.Elements(); ++i) {
      const int64_t value = Int32At(axes, i);
      const int64_t axis = value < 0 ? value + rank : value;
      TINYML_REQUIRE(op, axis >= 0 && axis < rank,
                     "axis " + std::to_string(value) +
                         " is out of range for input " + input.Describe());
      TINYML_REQUIRE(op, (seen >> axis & 1) == 0,
                     "axis " + std::to_string(value) + " is given twice");
      seen |= uint32_t{1} << axis;
      first = std::min(first, axis);
      last = std::max(last, axis);
    }
    TINYML_REQUIRE(op, last - first + 1 == axes.Elements(),
                   "its axes are not adjacent");
    const int64_t outer = Product(input.dims, 0, static_cast<size_t>(first));
    const int64_t middle = Product(input.dims, static_cast<size_t>(first),
                                   static_cast<size_t>(last + 1));
    const int64_t inner =
        Product(input.dims, static_cast<size_t>(last + 1), input.dims.size());
    if (partial) Clear(output);
    if (outer * middle * inner == 0) return {};
    const StridedCopy copy(width, {{outer, middle * inner, middle * inner},
                                   {middle, -inner, inner},
                                   {inner, 1, 1}});
    copy.Run(input.bytes.data() + (middle - 1) * inner * width,
             output.writable);
    return {};
  };
}

}  // namespace tinyml::ops
