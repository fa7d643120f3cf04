// BROADCAST_TO and BROADCAST_ARGS. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/broadcast_to.cc, broadcast_args.cc;
// lite/kernels/internal/reference/broadcast_to.h, broadcast_args.h.
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

constexpr int kMaxRank = 5;

// Dimension `i` of a shape counted from the last; missing ones count as 1.
int32_t ShapeValue(const TensorView& shape, int64_t from_last) {
  const int64_t at = shape.Elements() - 1 - from_last;
  if (at < 0) return 1;
  // Upstream keeps int64 values in an int.
  return static_cast<int32_t>(IndexAt(shape, at));
}

}  // namespace

Result<Invocation> PrepareBroadcastTo(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  // TfLiteTypeGetSize: 0 where elements are not whole bytes.
  const int bits = TensorTypeBits(input.type);
  const int64_t width = bits / 8;
  TINYML_REQUIRE(op, width > 0 && bits % 8 == 0,
                 "the kernel does not run the type of " + input.Describe());
  const int rank = output.Rank();
  const int missing = rank - input.Rank();
  TINYML_REQUIRE(op,
                 missing >= 0 && rank <= kMaxRank && input.type == output.type,
                 "input " + input.Describe() +
                     " cannot be broadcast to "
                     "output " +
                     output.Describe());
  int64_t from[kMaxRank] = {};
  int64_t to[kMaxRank] = {};
  RowMajorStrides(input.dims, from + missing);
  RowMajorStrides(output.dims, to);
  StridedCopy copy(width);
  for (int i = 0; i < rank; ++i) {
    const int32_t dim = i < missing ? 1 : input.Dim(i - missing);
    TINYML_REQUIRE(op, dim == 1 || dim == output.Dim(i),
                   "input " + input.Describe() +
                       " cannot be broadcast to "
                       "output " +
                       output.Describe());
    copy.Add({output.Dim(i), dim == 1 ? 0 : from[i], to[i]});
  }
  TINYML_REQUIRE(
      op, copy.Fits(0, Capacity(input, width), 0, Capacity(output, width)),
      "input " + input.Describe() +
          " cannot be broadcast to "
          "output " +
          output.Describe());
  return [copy, from = input.bytes.data(), to = output.writable]() -> Status {
    copy.Run(from, to);
    return {};
  };
}

Result<Invocation> PrepareBroadcastArgs(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& first = *op.Input(0);
  const TensorView& second = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output, {TensorType::kInt32, TensorType::kInt64}));
  TINYML_REQUIRE(op, first.type == output.type && second.type == output.type,
                 "its inputs and its output differ in type");
  return [&op, &first, &second, &output]() -> Status {
    const int64_t count = output.Elements();
    for (int64_t i = 0; i < count; ++i) {
      const int32_t a = ShapeValue(first, i);
      const int32_t b = ShapeValue(second, i);
      TINYML_REQUIRE(op, a == 1 || b == 1 || a == b,
                     "the shapes that it takes differ in a dimension: " +
                         std::to_string(a) + " and " + std::to_string(b));
      const int32_t dim = a == 1 ? b : a;
      const size_t at = count - 1 - i;
      if (output.type == TensorType::kInt64) {
        output.Mutable<int64_t>()[at] = dim;
      } else {
        output.Mutable<int32_t>()[at] = dim;
      }
    }
    return {};
  };
}

}  // namespace tinyml::ops
