// SLICE and STRIDED_SLICE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/slice.cc, strided_slice.cc, strided_slice_common.cc;
// lite/kernels/internal/strided_slice_logic.h, reference/slice.h,
// reference/strided_slice.h.
#include <algorithm>
#include <array>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

constexpr int kSliceMaxRank = 5;
constexpr int kStridedSliceMaxRank = 4;

// One axis of a strided slice.
struct SliceAxis {
  int64_t size = 0;
  int64_t begin = 0;
  int64_t end = 0;
  int64_t stride = 1;
  bool begin_masked = false;
  bool end_masked = false;
  bool shrunk = false;
};

// Clamps to the range that iteration in the stride's direction can reach.
int64_t ClampIndex(const SliceAxis& axis, int64_t index) {
  if (index < 0) index += axis.size;
  const int64_t low = axis.stride > 0 ? 0 : -1;
  const int64_t high = axis.stride > 0 ? axis.size : axis.size - 1;
  return high < index ? high : std::max(index, low);
}

// StridedSliceStartForAxis, which Invoke calls, not StartForAxis.
int64_t StartOf(const SliceAxis& axis) {
  if (!axis.begin_masked) return ClampIndex(axis, axis.begin);
  return axis.stride > 0 ? 0 : axis.size - 1;
}

// StridedSliceEndForAxis.
int64_t EndOf(const SliceAxis& axis, int64_t start) {
  if (axis.shrunk) return start >= axis.size ? start : start + 1;
  if (!axis.end_masked) return ClampIndex(axis, axis.end);
  return axis.stride > 0 ? axis.size : -1;
}

int64_t TurnsOf(const SliceAxis& axis, int64_t start, int64_t end) {
  const int64_t step = axis.stride > 0 ? axis.stride : -axis.stride;
  const int64_t extent = axis.stride > 0 ? end - start : start - end;
  return extent <= 0 ? 0 : (extent + step - 1) / step;
}

}  // namespace

// Begin and size may be computed by the model, and are not checked upstream.
Result<Invocation> PrepareSlice(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 3, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& begin = *op.Input(1);
  const TensorView& size = *op.Input(2);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, input,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16, TensorType::kBool}));
  for (const TensorView* index : {&begin, &size}) {
    TINYML_RETURN_IF_ERROR(
        CheckRuns(op, *index, {TensorType::kInt32, TensorType::kInt64}));
    TINYML_REQUIRE(op, index->Elements() >= input.Rank(),
                   index->Describe() +
                       " has no value for each dimension of "
                       "input " +
                       input.Describe());
  }
  TINYML_REQUIRE(op, input.Rank() <= kSliceMaxRank && input.type == output.type,
                 "output " + output.Describe() + " does not fit input " +
                     input.Describe());

  std::array<int64_t, kSliceMaxRank> strides = {};
  RowMajorStrides(input.dims, strides.data());
  const int64_t width = ElementBytes(input.type);
  return [&op, &input, &begin, &size, &output, strides, width]() -> Status {
    StridedCopy copy(width);
    std::array<StridedCopy::Axis, kSliceMaxRank> axes = {};
    int64_t offset = 0;
    int64_t selected = 1;
    for (int i = input.Rank(); i-- > 0;) {
      const size_t at = i;
      // Upstream keeps both in 32 bits.
      const auto start = static_cast<int32_t>(IndexAt(begin, i));
      const auto length = static_cast<int32_t>(IndexAt(size, i));
      const int64_t end = length == -1 ? input.Dim(i) : int64_t{start} + length;
      TINYML_REQUIRE(op, start >= 0 && end <= input.Dim(i),
                     "begin and size leave input " + input.Describe() +
                         " in dimension " + std::to_string(i));
      axes[at] = {std::max<int64_t>(end - start, 0), strides[at], selected};
      offset += start * strides[at];
      selected *= axes[at].count;
    }
    for (int i = 0; i < input.Rank(); ++i) {
      copy.Add(axes[i]);
    }
    TINYML_REQUIRE(
        op,
        copy.Fits(offset, Capacity(input, width), 0, Capacity(output, width)),
        "begin and size select more than output " + output.Describe() +
            " holds");
    if (selected != output.Elements()) Clear(output);
    copy.Run(input.bytes.data() + offset * width, output.writable);
    return {};
  };
}

Result<Invocation> PrepareStridedSlice(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 4, 1));
  const auto& options = op.Options<StridedSliceOptions>();
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  // The input is read as the output's type.
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
                 TensorType::kInt32, TensorType::kBool}));
  const int rank = input.Rank();
  TINYML_REQUIRE(op, rank <= kStridedSliceMaxRank,
                 "input " + input.Describe() + " has too many dimensions");
  for (int i = 1; i < 4; ++i) {
    TINYML_RETURN_IF_ERROR(CheckHolds(op, *op.Input(i), rank, sizeof(int32_t)));
  }

  std::array<int64_t, kStridedSliceMaxRank> strides = {};
  RowMajorStrides(input.dims, strides.data());
  std::array<StridedCopy::Axis, kStridedSliceMaxRank> axes = {};
  int64_t offset = 0;
  int64_t selected = 1;
  for (int i = rank; i-- > 0;) {
    const int32_t bit = 1 << i;
    const SliceAxis axis = {input.Dim(i),
                            Int32At(*op.Input(1), i),
                            Int32At(*op.Input(2), i),
                            Int32At(*op.Input(3), i),
                            (options.begin_mask & bit) != 0,
                            (options.end_mask & bit) != 0,
                            (options.shrink_axis_mask & bit) != 0};
    TINYML_REQUIRE(op, axis.stride != 0,
                   "the stride of dimension " + std::to_string(i) + " is 0");
    const int64_t start = StartOf(axis);
    const size_t at = i;
    axes[at] = {TurnsOf(axis, start, EndOf(axis, start)),
                axis.stride * strides[at], selected};
    offset += start * strides[at];
    selected *= axes[at].count;
  }
  const int64_t width = ElementBytes(output.type);
  StridedCopy copy(width);
  for (int i = 0; i < rank; ++i) copy.Add(axes[i]);
  TINYML_REQUIRE(
      op, copy.Fits(offset, Capacity(input, width), 0, Capacity(output, width)),
      "it leaves input " + input.Describe() + " or output " +
          output.Describe());
  // A shrunk axis without an element at its start selects none.
  const bool partial = selected != output.Elements();
  if (partial) {
    op.Warn("it selects " + std::to_string(selected) +
            " elements and leaves the rest of output " + output.Describe() +
            " unwritten; tinyml writes zeros there");
  }
  if (selected == 0) offset = 0;
  return [copy, partial, from = input.bytes.data() + offset * width,
          &output]() -> Status {
    if (partial) Clear(output);
    copy.Run(from, output.writable);
    return {};
  };
}

}  // namespace tinyml::ops
