// PAD and PADV2. Source: tflite-micro 90b983c2b3f1, micro/kernels/pad.cc,
// pad_common.cc, cmsis_nn/pad.cc; lite/kernels/internal/reference/pad.h.
// CMSIS-NN 4ab83cc3cc98, Source/PadFunctions/arm_pad_s8.c.
#include <algorithm>
#include <array>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

constexpr int kMaxPadRank = 5;

// The element to pad with if no tensor gives it: a quantized zero.
std::array<uint8_t, 8> DefaultValue(const TensorView& output) {
  std::array<uint8_t, 8> value = {};
  if (output.type == TensorType::kInt8) {
    value[0] = static_cast<uint8_t>(output.zero_point);
  }
  return value;
}

}  // namespace

// The kernel fills the inside of the output with the input's elements one after
// another. A negative padding makes the inside smaller than the input, so that
// it takes the first elements and crops nothing else.
Result<Invocation> PreparePad(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& paddings = *op.Input(1);
  const TensorView* value = op.Input(2);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, input,
                                   {TensorType::kFloat32, TensorType::kInt8,
                                    TensorType::kInt16, TensorType::kInt32}));
  const int rank = input.Rank();
  TINYML_REQUIRE(
      op,
      input.type == output.type && output.Rank() == rank && rank <= kMaxPadRank,
      "output " + output.Describe() + " does not fit input " +
          input.Describe());
  TINYML_RETURN_IF_ERROR(
      CheckHolds(op, paddings, int64_t{rank} * 2, sizeof(int32_t)));
  const int64_t width = ElementBytes(input.type);
  TINYML_REQUIRE(op,
                 value == nullptr ||
                     (value->type == input.type && Capacity(*value, width) > 0),
                 "its padding value does not fit input " + input.Describe());

  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn &&
                        input.type == TensorType::kInt8;
  // CMSIS-NN sees four dimensions, and only the first index of a fifth.
  const int first = cmsis_nn ? std::max(rank - 4, 0) : 0;
  const bool partial = cmsis_nn && first > 0;
  std::array<int64_t, kMaxPadRank> to = {};
  RowMajorStrides(output.dims, to.data());
  std::array<StridedCopy::Axis, kMaxPadRank> axes = {};
  int64_t offset = 0;
  int64_t inside = 1;
  int64_t written = 1;
  for (int i = rank; i-- > first;) {
    const size_t at = i;
    const int64_t left = Int32At(paddings, int64_t{i} * 2);
    const int64_t right = Int32At(paddings, int64_t{i} * 2 + 1);
    TINYML_REQUIRE(op, output.Dim(i) == input.Dim(i) + left + right,
                   "output " + output.Describe() + " is not input " +
                       input.Describe() + " with its paddings");
    TINYML_REQUIRE(op, !cmsis_nn || (left >= 0 && right >= 0),
                   "CMSIS-NN crashes on its negative padding");
    const int64_t low = std::max<int64_t>(left, 0);
    const int64_t high = output.Dim(i) - std::max<int64_t>(right, 0);
    axes[at] = {std::max<int64_t>(high - low, 0), inside, to[at]};
    inside *= axes[at].count;
    offset += low * to[at];
    written *= output.Dim(i);
  }
  StridedCopy copy(width);
  for (int i = first; i < rank; ++i) copy.Add(axes[i]);
  TINYML_REQUIRE(
      op, copy.Fits(0, Capacity(input, width), offset, Capacity(output, width)),
      "output " + output.Describe() + " does not fit input " +
          input.Describe());
  if (inside == 0) offset = 0;
  if (partial) {
    op.Warn("CMSIS-NN pads only the first of the outermost dimension of " +
            input.Describe() + "; tinyml leaves zeros in the rest");
  }
  return [copy, offset, written, partial, width, value, &input, &output,
          fallback = DefaultValue(output)]() -> Status {
    if (partial) Clear(output);
    FillElements(output.writable, written,
                 value != nullptr ? value->bytes.data() : fallback.data(),
                 width);
    copy.Run(input.bytes.data(), output.writable + offset * width);
    return {};
  };
}

Result<Invocation> PreparePadv2(OpContext& op) { return PreparePad(op); }

}  // namespace tinyml::ops
