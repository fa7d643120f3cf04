// SPLIT, SPLIT_V and UNPACK. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/split.cc, split_v.cc, unpack.cc.
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

// What one output takes from each row of the input.
struct Part {
  uint8_t* data = nullptr;
  size_t bytes = 0;
};

Invocation SplitRows(std::vector<Part> parts, int64_t rows,
                     const uint8_t* input) {
  return [parts = std::move(parts), rows, input]() -> Status {
    const uint8_t* from = input;
    for (int64_t row = 0; row < rows; ++row) {
      for (const Part& part : parts) {
        if (part.bytes == 0) continue;
        std::memmove(part.data + static_cast<size_t>(row) * part.bytes, from,
                     part.bytes);
        from += part.bytes;
      }
    }
    return {};
  };
}

// `equal_parts`: only the first output is checked; the others are assumed
// equal.
Result<Invocation> PrepareParts(OpContext& op, const TensorView* input,
                                const TensorView* axis_tensor,
                                bool equal_parts) {
  TINYML_REQUIRE(op, input != nullptr && axis_tensor != nullptr,
                 "an input is missing");
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 0, op.NumOutputs()));
  TINYML_REQUIRE(op, op.NumOutputs() > 0, "it has no outputs");
  TINYML_RETURN_IF_ERROR(CheckRuns(op, *input,
                                   {TensorType::kFloat32, TensorType::kInt8,
                                    TensorType::kInt16, TensorType::kInt32}));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, *axis_tensor, 1, sizeof(int32_t)));
  const int32_t value = Int32At(*axis_tensor, 0);
  const int rank = input->Rank();
  const int64_t axis = value < 0 ? int64_t{value} + rank : value;
  TINYML_REQUIRE(op, axis >= 0 && axis < rank,
                 "its axis " + std::to_string(value) +
                     " is out of range for input " + input->Describe());

  const size_t split = axis;
  const int64_t width = ElementBytes(input->type);
  const int64_t rows = Product(input->dims, 0, split);
  const int64_t inner = Product(input->dims, split + 1, input->dims.size());
  std::vector<Part> parts;
  int64_t length = 0;
  for (int i = 0; i < op.NumOutputs(); ++i) {
    const TensorView& output = *op.Output(i);
    const TensorView& shape = equal_parts ? *op.Output(0) : output;
    TINYML_REQUIRE(op, shape.Rank() == rank,
                   "output " + shape.Describe() +
                       " does not have the rank of "
                       "input " +
                       input->Describe());
    const int64_t dim = shape.Dim(static_cast<int>(axis));
    length += dim;
    TINYML_RETURN_IF_ERROR(CheckHolds(op, output, rows * dim * inner, width));
    parts.push_back(
        {output.writable, static_cast<size_t>(dim * inner * width)});
  }
  TINYML_REQUIRE(op, length == input->dims[split],
                 "its outputs do not make up input " + input->Describe() +
                     " along axis " + std::to_string(axis));
  return SplitRows(std::move(parts), rows, input->bytes.data());
}

}  // namespace

Result<Invocation> PrepareSplit(OpContext& op) {
  return PrepareParts(op, op.Input(1), op.Input(0), true);
}

Result<Invocation> PrepareSplitV(OpContext& op) {
  return PrepareParts(op, op.Input(0), op.Input(2), false);
}

// Upstream checks only the first output, and assumes that the others are equal.
Result<Invocation> PrepareUnpack(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const auto& options = op.Options<UnpackOptions>();
  const TensorView& input = *op.Input(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, input,
                                   {TensorType::kFloat32, TensorType::kInt8,
                                    TensorType::kInt16, TensorType::kInt32}));
  const int rank = input.Rank();
  // An axis that is still -1 after the correction is before all dimensions.
  const int axis = options.axis < 0 ? options.axis + rank : options.axis;
  TINYML_REQUIRE(op, axis >= -1 && axis < rank,
                 "its axis " + std::to_string(options.axis) +
                     " is out of range for input " + input.Describe());
  const int64_t rows =
      Product(input.dims, 0, static_cast<size_t>(std::max(axis, 0)));
  const int64_t slice =
      Product(input.dims, static_cast<size_t>(axis + 1), input.dims.size());
  TINYML_REQUIRE(op, op.Output(0)->Elements() == rows * slice,
                 "output " + op.Output(0)->Describe() +
                     " is not a slice of input " + input.Describe() +
                     " along axis " + std::to_string(options.axis));

  const int64_t width = ElementBytes(input.type);
  const int count = std::max(options.num, 0);
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, count));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, input, rows * slice * count, width));
  std::vector<Part> parts;
  for (int i = 0; i < count; ++i) {
    TINYML_RETURN_IF_ERROR(CheckHolds(op, *op.Output(i), rows * slice, width));
    parts.push_back(
        {op.Output(i)->writable, static_cast<size_t>(slice * width)});
  }
  if (count < op.NumOutputs()) {
    op.Warn("its option num " + std::to_string(options.num) +
            " leaves the last of its outputs unwritten");
  }
  return SplitRows(std::move(parts), rows, input.bytes.data());
}

}  // namespace tinyml::ops
