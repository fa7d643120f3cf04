// GATHER and GATHER_ND. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/gather.cc, gather_nd.cc.
#include <array>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

constexpr int kMaxIndexDepth = 5;

Status CheckTensors(const OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, *op.Input(0), {TensorType::kFloat32, TensorType::kInt8}));
  return CheckRuns(op, *op.Input(1), {TensorType::kInt32});
}

void CopySlice(const uint8_t* from, uint8_t* to, int64_t bytes) {
  std::memmove(to, from, static_cast<size_t>(bytes));
}

}  // namespace

Result<Invocation> PrepareGather(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckTensors(op));
  const TensorView& input = *op.Input(0);
  const TensorView& indices = *op.Input(1);
  const TensorView& output = *op.Output(0);
  const auto& options = op.Options<GatherOptions>();
  const int rank = input.Rank();
  const int axis = options.axis < 0 ? options.axis + rank : options.axis;
  const int batch_dims = options.batch_dims < 0
                             ? options.batch_dims + indices.Rank()
                             : options.batch_dims;
  TINYML_REQUIRE(
      op,
      axis >= 0 && axis < rank && batch_dims >= 0 && batch_dims <= axis &&
          batch_dims <= indices.Rank(),
      "its axis or batch_dims are out of range for input " + input.Describe());
  for (int i = 0; i < batch_dims; ++i) {
    TINYML_REQUIRE(op, input.Dim(i) == indices.Dim(i),
                   "input " + input.Describe() + " and indices " +
                       indices.Describe() + " differ in a batch dimension");
  }
  const size_t at = axis;
  const size_t first = batch_dims;
  const int64_t width = ElementBytes(input.type);
  const int64_t batches = Product(input.dims, 0, first);
  const int64_t outer = Product(input.dims, first, at);
  const int64_t length = input.dims[at];
  const int64_t slice = Product(input.dims, at + 1, input.dims.size()) * width;
  const int64_t count = Product(indices.dims, first, indices.dims.size());
  TINYML_RETURN_IF_ERROR(
      CheckHolds(op, output, batches * outer * count * slice, 1));
  return [&op, &input, &indices, &output, batches, outer, length, slice,
          count]() -> Status {
    const uint8_t* from = input.bytes.data();
    uint8_t* to = output.writable;
    for (int64_t batch = 0; batch < batches; ++batch) {
      for (int64_t i = 0; i < outer; ++i) {
        for (int64_t k = 0; k < count; ++k) {
          const int32_t index = Int32At(indices, batch * count + k);
          TINYML_REQUIRE(op, index >= 0 && index < length,
                         "index " + std::to_string(index) +
                             " is out of range for input " + input.Describe());
          if (slice > 0) CopySlice(from + index * slice, to, slice);
          to += slice;
        }
        from += length * slice;
      }
    }
    return {};
  };
}

Result<Invocation> PrepareGatherNd(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckTensors(op));
  const TensorView& input = *op.Input(0);
  const TensorView& indices = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_REQUIRE(op, input.Rank() >= 1 && indices.Rank() >= 1,
                 "its input and its indices may not be scalars");
  const int depth = indices.dims.back();
  TINYML_REQUIRE(op, depth <= input.Rank() && depth <= kMaxIndexDepth,
                 "indices " + indices.Describe() + " are too deep for input " +
                     input.Describe());
  const int64_t count = Product(indices.dims, 0, indices.dims.size() - 1);
  const int64_t elements = input.Elements();
  const int64_t slice =
      Product(input.dims, static_cast<size_t>(depth), input.dims.size());
  std::array<int64_t, kMaxIndexDepth> strides = {};
  int64_t rest = elements;
  for (int i = 0; i < depth; ++i) {
    TINYML_REQUIRE(
        op, input.Dim(i) > 0,
        "input " + input.Describe() + " is empty: the runtime divides by zero");
    rest /= input.Dim(i);
    strides[i] = rest;
  }
  const int64_t width = ElementBytes(input.type);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, count * slice, width));
  return [&op, &input, &indices, &output, depth, count, elements, slice,
          strides, width]() -> Status {
    uint8_t* to = output.writable;
    for (int64_t i = 0; i < count; ++i) {
      // As upstream, only the offset that they add up to is checked.
      int64_t at = 0;
      for (int j = 0; j < depth; ++j) {
        at += Int32At(indices, i * depth + j) * strides[j];
      }
      TINYML_REQUIRE(op, at >= 0 && at + slice <= elements,
                     "indices " + indices.Describe() +
                         " point outside of input " + input.Describe());
      if (slice > 0) {
        CopySlice(input.bytes.data() + at * width, to, slice * width);
      }
      to += slice * width;
    }
    return {};
  };
}

}  // namespace tinyml::ops
