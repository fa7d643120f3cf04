// TRANSPOSE. Source: tflite-micro 90b983c2b3f1, micro/kernels/transpose.cc,
// cmsis_nn/transpose.cc; lite/kernels/internal/reference/transpose.h. CMSIS-NN
// 4ab83cc3cc98, Source/TransposeFunctions/arm_transpose_s8.c.
#include <array>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"
#include "ops/movement/strided_copy.h"

namespace tinyml::ops {
namespace {

constexpr int kMaxRank = 5;
constexpr int kCmsisNnMaxRank = 4;

using Strides = std::array<int64_t, kMaxRank>;

// Upstream walks over the output's shape and steps through the input; neither
// needs to be a permutation of the other.
StridedCopy ReferenceCopy(const TensorView& input, const TensorView& output,
                          const TensorView& order, int64_t width) {
  Strides from = {};
  Strides to = {};
  RowMajorStrides(input.dims, from.data());
  RowMajorStrides(output.dims, to.data());
  StridedCopy copy(width);
  for (int i = 0; i < input.Rank(); ++i) {
    copy.Add({output.Dim(i), from[Int32At(order, i)], to[i]});
  }
  return copy;
}

// The kernels for two axes count in 16 bits.
int64_t Cut(int32_t dim) { return dim & 0xFFFF; }

// arm_transpose_s8 walks over the input's shape and steps through the output.
StridedCopy CmsisNnCopy(const TensorView& input, const TensorView& output,
                        const TensorView& order, bool helium) {
  const int rank = input.Rank();
  StridedCopy copy(1);
  if (rank == 1) {
    copy.Add({input.Dim(0), 1, 1});
    return copy;
  }
  if (rank == 2) {
    // It swaps both axes whatever the order says.
    const int64_t rows = Cut(input.Dim(0));
    const int64_t columns = Cut(input.Dim(1));
    copy.Add({rows, columns, 1});
    copy.Add({columns, 1, rows});
    return copy;
  }
  Strides from = {};
  Strides natural = {};
  Strides to = {};
  RowMajorStrides(input.dims, from.data());
  RowMajorStrides(output.dims, natural.data());
  for (int i = 0; i < rank; ++i) {
    to[Int32At(order, i)] = natural[i];
  }
  // On Helium so does the code for the last two axes, if the first two stay.
  const bool swaps =
      helium && rank == 4 && Int32At(order, 0) == 0 && Int32At(order, 1) == 1;
  const size_t walked = swaps ? 2 : static_cast<size_t>(rank);
  for (size_t i = 0; i < walked; ++i) {
    copy.Add({input.dims[i], from[i], to[i]});
  }
  if (swaps) {
    const int64_t rows = Cut(input.Dim(2));
    const int64_t columns = Cut(input.Dim(3));
    copy.Add({rows, columns, 1});
    copy.Add({columns, 1, rows});
  }
  return copy;
}

// Whether every element of the output is written exactly once.
bool IsPermutation(const TensorView& input, const TensorView& output,
                   const TensorView& order) {
  unsigned seen = 0;
  for (int i = 0; i < input.Rank(); ++i) {
    const int32_t axis = Int32At(order, i);
    if (output.Dim(i) != input.Dim(axis)) return false;
    seen |= 1U << axis;
  }
  return seen == (1U << input.Rank()) - 1;
}

}  // namespace

Result<Invocation> PrepareTranspose(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& order = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, input,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}));
  const int rank = input.Rank();
  TINYML_REQUIRE(op,
                 input.type == output.type && rank >= 1 && rank <= kMaxRank &&
                     output.Rank() == rank,
                 "output " + output.Describe() + " does not fit input " +
                     input.Describe());
  TINYML_RETURN_IF_ERROR(CheckHolds(op, order, rank, sizeof(int32_t)));
  for (int i = 0; i < rank; ++i) {
    const int32_t axis = Int32At(order, i);
    TINYML_REQUIRE(op, axis >= 0 && axis < rank,
                   "its permutation names dimension " + std::to_string(axis) +
                       ", which input " + input.Describe() + " does not have");
  }

  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn &&
                        input.type == TensorType::kInt8;
  const int64_t width = ElementBytes(input.type);
  if (cmsis_nn && rank > kCmsisNnMaxRank) {
    op.Warn("CMSIS-NN leaves output " + output.Describe() +
            " of more than four dimensions unwritten; tinyml writes zeros");
    return [&output]() -> Status {
      Clear(output);
      return {};
    };
  }
  // There it gathers eight rows at a time by offsets of 16 bits.
  TINYML_REQUIRE(
      op,
      !op.helium() || !cmsis_nn || rank % 2 != 0 ||
          Cut(output.dims.back()) < 8 || 7 * Cut(input.dims.back()) <= 0xFFFF,
      "CMSIS-NN on Helium mixes up the long rows of " + input.Describe());
  StridedCopy copy = cmsis_nn ? CmsisNnCopy(input, output, order, op.helium())
                              : ReferenceCopy(input, output, order, width);
  if (input.Elements() == 0) copy = StridedCopy(width, {{0, 0, 0}});
  TINYML_REQUIRE(
      op, copy.Fits(0, Capacity(input, width), 0, Capacity(output, width)),
      "output " + output.Describe() + " is not input " + input.Describe() +
          " in another order, and the kernel would go past the end of one of "
          "them");
  const bool partial = copy.Count() != output.Elements() ||
                       (cmsis_nn && !IsPermutation(input, output, order));
  return [copy, partial, &input, &output]() -> Status {
    if (partial) Clear(output);
    copy.Run(input.bytes.data(), output.writable);
    return {};
  };
}

}  // namespace tinyml::ops
