// DYNAMIC_UPDATE_SLICE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/dynamic_update_slice.cc.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

constexpr int kMaxRank = 6;

}  // namespace

Result<Invocation> PrepareDynamicUpdateSlice(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 3, 1));
  const TensorView& operand = *op.Input(0);
  const TensorView& update = *op.Input(1);
  const TensorView& start = *op.Input(2);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, operand,
                                   {TensorType::kFloat32, TensorType::kInt8,
                                    TensorType::kInt16, TensorType::kInt32}));
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, start, {TensorType::kInt32, TensorType::kInt64}));
  const int rank = operand.Rank();
  TINYML_REQUIRE(op,
                 operand.type == update.type && update.Rank() == rank &&
                     rank <= kMaxRank && start.Elements() >= rank,
                 "update " + update.Describe() +
                     " or its indices do not fit "
                     "operand " +
                     operand.Describe());
  for (int i = 0; i < rank; ++i) {
    TINYML_REQUIRE(op, update.Dim(i) <= operand.Dim(i),
                   "update " + update.Describe() + " is larger than operand " +
                       operand.Describe());
  }
  const int64_t width = ElementBytes(operand.type);
  const int64_t elements = operand.Elements();
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, elements, width));
  const size_t bytes = elements * width;
  if (update.Elements() == elements) {
    return [&update, &output, bytes]() -> Status {
      if (bytes > 0) {
        std::memmove(output.writable, update.bytes.data(), bytes);
      }
      return {};
    };
  }

  std::array<int64_t, kMaxRank> to = {};
  std::array<int64_t, kMaxRank> from = {};
  RowMajorStrides(operand.dims, to.data());
  RowMajorStrides(update.dims, from.data());
  StridedCopy copy(width);
  for (int i = 0; i < rank; ++i) {
    const size_t at = i;
    copy.Add({update.Dim(i), from[at], to[at]});
  }
  return [&operand, &update, &start, &output, copy, to, rank, width,
          bytes]() -> Status {
    if (bytes > 0 && operand.bytes.data() != output.writable) {
      std::memmove(output.writable, operand.bytes.data(), bytes);
    }
    int64_t offset = 0;
    for (int i = 0; i < rank; ++i) {
      const int64_t room = operand.Dim(i) - update.Dim(i);
      offset += std::clamp<int64_t>(IndexAt(start, i), 0, room) * to[i];
    }
    copy.Run(update.bytes.data(), output.writable + offset * width);
    return {};
  };
}

}  // namespace tinyml::ops
