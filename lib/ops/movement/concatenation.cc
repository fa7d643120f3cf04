// CONCATENATION and PACK. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/concatenation.cc, pack.cc;
// lite/kernels/internal/reference/concatenation.h.
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

// What one input contributes to each row of the output.
struct Part {
  const uint8_t* data = nullptr;
  size_t bytes = 0;
};

Invocation JoinRows(std::vector<Part> parts, int64_t rows, uint8_t* output) {
  return [parts = std::move(parts), rows, output]() -> Status {
    uint8_t* to = output;
    for (int64_t row = 0; row < rows; ++row) {
      for (const Part& part : parts) {
        if (part.bytes == 0) continue;
        std::memmove(to, part.data + static_cast<size_t>(row) * part.bytes,
                     part.bytes);
        to += part.bytes;
      }
    }
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareConcatenation(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, op.NumInputs(), 1));
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
                 TensorType::kInt32, TensorType::kInt64, TensorType::kBool}));
  const int rank = output.Rank();
  const int option = op.Options<ConcatenationOptions>().axis;
  const int axis = option < 0 ? option + rank : option;
  TINYML_REQUIRE(op, axis >= 0 && axis < rank,
                 "its axis " + std::to_string(option) +
                     " is out of range for output " + output.Describe());

  const size_t split = axis;
  const int64_t rows = Product(output.dims, 0, split);
  const int64_t inner = Product(output.dims, split + 1, output.dims.size()) *
                        ElementBytes(output.type);
  std::vector<Part> parts;
  int64_t length = 0;
  for (int i = 0; i < op.NumInputs(); ++i) {
    const TensorView& input = *op.Input(i);
    bool fits = input.type == output.type && input.Rank() == rank;
    for (int d = 0; fits && d < rank; ++d) {
      fits = d == axis || input.Dim(d) == output.Dim(d);
    }
    TINYML_REQUIRE(op, fits,
                   "input " + input.Describe() + " does not fit output " +
                       output.Describe() + " along axis " +
                       std::to_string(axis));
    length += input.Dim(axis);
    parts.push_back(
        {input.bytes.data(), static_cast<size_t>(input.Dim(axis) * inner)});
  }
  TINYML_REQUIRE(op, length == output.Dim(axis),
                 "its inputs do not make up output " + output.Describe() +
                     " along axis " + std::to_string(axis));
  return JoinRows(std::move(parts), rows, output.writable);
}

// Upstream checks only the first input, and assumes that the others are equal.
Result<Invocation> PreparePack(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const auto& options = op.Options<PackOptions>();
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
                 TensorType::kInt32, TensorType::kInt64}));
  const int rank = output.Rank();
  // An axis that is still -1 after the correction is before all dimensions.
  const int axis = options.axis < 0 ? options.axis + rank : options.axis;
  TINYML_REQUIRE(op, axis >= -1 && axis <= rank,
                 "its axis " + std::to_string(options.axis) +
                     " is out of range for output " + output.Describe());
  const int64_t rows =
      Product(output.dims, 0, static_cast<size_t>(std::max(axis, 0)));
  const int64_t slice =
      Product(output.dims, static_cast<size_t>(std::min(axis + 1, rank)),
              output.dims.size());
  TINYML_REQUIRE(op, op.Input(0)->Elements() == rows * slice,
                 "input " + op.Input(0)->Describe() +
                     " is not a slice of output " + output.Describe() +
                     " along axis " + std::to_string(options.axis));

  const int64_t width = ElementBytes(output.type);
  const int64_t count = std::max(options.values_count, 0);
  TINYML_RETURN_IF_ERROR(CheckOperands(op, static_cast<int>(count), 1));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, rows * slice * count, width));
  std::vector<Part> parts;
  for (int i = 0; i < count; ++i) {
    const TensorView& input = *op.Input(i);
    TINYML_RETURN_IF_ERROR(CheckHolds(op, input, rows * slice, width));
    parts.push_back({input.bytes.data(), static_cast<size_t>(slice * width)});
  }
  Invocation join = JoinRows(std::move(parts), rows, output.writable);
  if (rows * slice * count == output.Elements()) return join;
  op.Warn("its values_count " + std::to_string(options.values_count) +
          " leaves a part of output " + output.Describe() +
          " unwritten; tinyml writes zeros there");
  return [&output, join = std::move(join)]() -> Status {
    Clear(output);
    return join();
  };
}

}  // namespace tinyml::ops
