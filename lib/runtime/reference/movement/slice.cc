// SLICE and STRIDED_SLICE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{slice,strided_slice_common}.cc;
// lite/kernels/internal/strided_slice_logic.h.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, StridedSliceParams.
inline constexpr Field kStridedSliceParamsFields[] = {
    Int8(), Int32(5), Int8(), Int32(5), Int8(), Int32(5), Int16(5), Bool()};
inline constexpr StructDef kStridedSliceParams = {"StridedSliceParams",
                                                  kStridedSliceParamsFields};
constexpr int kSliceMaxRank = 5;
constexpr int kStridedSliceMaxRank = 4;

// Begin or size of a slice, constant or not, as the kernel will read it; empty
// if it is not known or too short.
std::vector<int64_t> KnownIndices(const RuntimeTensor& tensor, int rank) {
  std::vector<int64_t> values;
  if (tensor.type == TensorType::kInt64) {
    values = tensor.DataAs<int64_t>();
  } else {
    const auto narrow = tensor.DataAs<int32_t>();
    values.assign(narrow.begin(), narrow.end());
  }
  if (static_cast<int>(values.size()) < rank) values.clear();
  return values;
}

// Upstream checks neither begin nor size against the shapes.
void WarnOfSliceBounds(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& begin, const RuntimeTensor& size,
                       const RuntimeTensor& output) {
  if (begin.Elements() < input.Rank()) {
    context.Warn("begin " + begin.Describe() + " has fewer values than input " +
                 input.Describe() +
                 " has dimensions: Invoke reads past its end");
    return;
  }
  const auto begins = KnownIndices(begin, input.Rank());
  const auto sizes = KnownIndices(size, input.Rank());
  if (begins.size() != sizes.size()) return;
  int64_t elements = 1;
  for (size_t i = 0; i < std::min(begins.size(), input.dims.size()); ++i) {
    const int64_t dim = input.dims[i];
    const int64_t end = sizes[i] == -1 ? dim : begins[i] + sizes[i];
    if (begins[i] < 0 || end < begins[i] || end > dim) {
      context.Warn("begin and size leave input " + input.Describe() +
                   " in dimension " + std::to_string(i) +
                   ": Invoke reads outside it");
      return;
    }
    elements *= end - begins[i];
  }
  if (!begins.empty() && elements != output.Elements()) {
    context.Warn("begin and size select " + std::to_string(elements) +
                 " elements, output " + output.Describe() + " has " +
                 std::to_string(output.Elements()) +
                 ": Invoke does not check that");
  }
}

Status SlicePrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "begin", "size"}, {"output"}));
  const auto [input, begin, size, output] = operands;

  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(CheckType(context, *begin, "begin",
                                   {TensorType::kInt32, TensorType::kInt64}));
  TINYML_ENSURE(context, begin->type == size->type,
                "begin " + begin->Describe() + " and size " + size->Describe() +
                    " differ in type");
  TINYML_RETURN_IF_ERROR(CheckRank(context, *begin, "begin", 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *size, "size", 1));
  TINYML_ENSURE(context, begin->Elements() == size->Elements(),
                "begin " + begin->Describe() + " and size " + size->Describe() +
                    " differ in length");
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *input, "input", kSliceMaxRank));

  WarnOfType(context, *input, "input",
             {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
              TensorType::kInt16, TensorType::kBool});
  if (input->type == TensorType::kBool && !context.Has(Change::kSliceBool)) {
    FailsAtInvoke(context,
                  "this revision has no code for " + input->Describe());
  }
  WarnOfSliceBounds(context, *input, *begin, *size, *output);
  return {};
}

// One axis of a strided slice.
struct SliceAxis {
  int32_t size = 0;
  int32_t begin = 0;
  int32_t end = 0;
  int32_t stride = 1;
  bool begin_masked = false;
  bool end_masked = false;
  bool shrunk = false;
};

// An index clamped to the range that iteration in the stride's direction can
// reach.
int32_t ClampIndex(const SliceAxis& axis, int32_t index) {
  if (index < 0) index += axis.size;
  return axis.stride > 0 ? std::clamp(index, 0, axis.size)
                         : std::clamp(index, -1, axis.size - 1);
}

// StartForAxis. Requires a non-zero stride.
int32_t StartOf(const SliceAxis& axis) {
  using Limits = std::numeric_limits<int32_t>;
  if (axis.size == 0) return 0;
  if (!axis.begin_masked) return ClampIndex(axis, axis.begin);
  return ClampIndex(axis, axis.stride > 0 ? Limits::lowest() : Limits::max());
}

// StopForAxis. Requires the same.
int32_t StopOf(const SliceAxis& axis) {
  using Limits = std::numeric_limits<int32_t>;
  if (axis.size == 0) return 0;
  if (!axis.end_masked) return ClampIndex(axis, axis.end);
  return ClampIndex(axis, axis.stride > 0 ? Limits::max() : Limits::lowest());
}

// How many elements CheckOutputSize expects; it divides in float.
int32_t LengthOf(const SliceAxis& axis) {
  const auto extent = static_cast<float>(StopOf(axis) - StartOf(axis));
  const auto stride = static_cast<float>(axis.stride);
  return std::max(static_cast<int32_t>(std::ceil(extent / stride)), 0);
}

Status StridedSlicePrepare(KernelContext& context) {
  const auto& options = context.Options<StridedSliceOptions>();
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input", "begin", "end", "strides"}, {"output"}));
  const auto [input, begin, end, strides, output] = operands;

  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *input, "input", kStridedSliceMaxRank));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *begin, "begin"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *end, "end"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *strides, "strides"));
  TINYML_ASSIGN_OR_RETURN(const std::vector<int32_t> begin_values,
                          ReadInt32(context, *begin, "begin", input->Rank()));
  TINYML_ASSIGN_OR_RETURN(const std::vector<int32_t> end_values,
                          ReadInt32(context, *end, "end", input->Rank()));
  TINYML_ASSIGN_OR_RETURN(
      const std::vector<int32_t> stride_values,
      ReadInt32(context, *strides, "strides", input->Rank()));

  std::vector<int32_t> expected;
  for (size_t i = 0; i < input->dims.size(); ++i) {
    const int32_t bit = 1 << i;
    const SliceAxis axis = {input->dims[i],
                            begin_values[i],
                            end_values[i],
                            stride_values[i],
                            (options.begin_mask & bit) != 0,
                            (options.end_mask & bit) != 0,
                            (options.shrink_axis_mask & bit) != 0};
    TINYML_ENSURE(context, axis.stride != 0,
                  "the stride of dimension " + std::to_string(i) + " is 0");
    TINYML_ENSURE(context, axis.size >= 0,
                  "input " + input->Describe() + " has a negative dimension");
    if (!axis.shrunk) expected.push_back(LengthOf(axis));
  }
  std::string shape;
  for (int32_t dim : expected) {
    shape += (shape.empty() ? "" : ",") + std::to_string(dim);
  }
  TINYML_ENSURE(context, output->dims == expected,
                "output " + output->Describe() + " should be of shape [" +
                    shape + "] by begin, end and strides");

  WarnOfType(context, *output, "output",
             {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
              TensorType::kInt32, TensorType::kBool});
  if (output->type == TensorType::kBool &&
      !context.Has(Change::kStridedSliceBool)) {
    FailsAtInvoke(context,
                  "this revision has no code for " + output->Describe());
  }
  if (options.ellipsis_mask != 0 || options.new_axis_mask != 0 ||
      options.offset) {
    context.Warn(
        "the runtime ignores its options ellipsis_mask, new_axis_mask and "
        "offset");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kSlice = {.prepare = SlicePrepare};
const OperatorKernel reference::kStridedSlice = {
    .builtin_data = &kTfLiteStridedSliceParams,
    .builtin_data_before = {{{Change::kStridedSliceOffset,
                              &kOldTfLiteStridedSliceParams}}},
    .init = InitWith<kStridedSliceParams>,
    .prepare = StridedSlicePrepare};

}  // namespace tinyml::runtime
