// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/space_to_batch_nd.cc, batch_to_space_nd.cc;
// lite/kernels/internal/reference/space_to_batch_nd.h, batch_to_space_nd.h.
#include <algorithm>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

// A tensor as batch, height, width and depth; for rank 3, the width is 1.
struct Image {
  int64_t batch = 0;
  int64_t height = 0;
  int64_t width = 0;
  int64_t depth = 0;

  explicit Image(const TensorView& view)
      : batch(view.Dim(0)),
        height(view.Dim(1)),
        width(view.Rank() == 4 ? view.Dim(2) : 1),
        depth(view.dims.back()) {}

  int64_t Index(int64_t b, int64_t y, int64_t x) const {
    return ((b * height + y) * width + x) * depth;
  }
  bool Contains(int64_t y, int64_t x) const {
    return y >= 0 && y < height && x >= 0 && x < width;
  }
};

// Block sizes, and the padding or the crop before height and width; both may be
// computed by the model.
struct Blocks {
  int64_t height = 0;
  int64_t width = 1;
  int64_t top = 0;
  int64_t left = 0;

  Blocks(const TensorView& blocks, const TensorView& before, int rank)
      : height(Int32At(blocks, 0)), top(Int32At(before, 0)) {
    if (rank != 4) return;
    width = Int32At(blocks, 1);
    left = Int32At(before, 2);
  }

  // Beyond this, upstream overflows.
  bool IsSane() const {
    constexpr int64_t kMost = int64_t{1} << 24;
    return std::max({std::abs(height), std::abs(width), std::abs(top),
                     std::abs(left)}) <= kMost &&
           width != 0;
  }
};

Status CheckTensors(const OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 3, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, input, {TensorType::kFloat32, TensorType::kInt8}));
  const int rank = input.Rank();
  TINYML_REQUIRE(op,
                 input.type == output.type && output.Rank() == rank &&
                     (rank == 3 || rank == 4) &&
                     input.dims.back() == output.dims.back(),
                 "output " + output.Describe() + " does not fit input " +
                     input.Describe());
  TINYML_RETURN_IF_ERROR(
      CheckHolds(op, *op.Input(1), rank == 4 ? 2 : 1, sizeof(int32_t)));
  return CheckHolds(op, *op.Input(2), rank == 4 ? 3 : 1, sizeof(int32_t));
}

void CopyPixel(const uint8_t* from, uint8_t* to, int64_t bytes) {
  std::memmove(to, from, static_cast<size_t>(bytes));
}

// For each pixel of the image with the larger batch, in order, calls visit()
// with the address of that pixel in the other image; null where it lies in the
// padding or the crop.
template <typename Byte, typename Visit>
void ForEachPixel(const Image& batched, const Image& other,
                  const Blocks& blocks, Byte* other_bytes, int64_t width,
                  Visit visit) {
  for (int64_t b = 0; b < batched.batch; ++b) {
    const int64_t turn = b / other.batch;
    const int64_t shift_y = turn / blocks.width - blocks.top;
    const int64_t shift_x = turn % blocks.width - blocks.left;
    for (int64_t y = 0; y < batched.height; ++y) {
      for (int64_t x = 0; x < batched.width; ++x) {
        const int64_t at_y = y * blocks.height + shift_y;
        const int64_t at_x = x * blocks.width + shift_x;
        visit(other.Contains(at_y, at_x)
                  ? other_bytes +
                        other.Index(b % other.batch, at_y, at_x) * width
                  : nullptr);
      }
    }
  }
}

}  // namespace

// Upstream pads with a value that it never sets; here it is 0.
Result<Invocation> PrepareSpaceToBatchNd(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckTensors(op));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const Image in(input);
  TINYML_REQUIRE(
      op, in.batch > 0 || output.Elements() == 0,
      "input " + input.Describe() + " is empty: the runtime divides by zero");
  return [&op, &input, &output, in]() -> Status {
    const Blocks blocks(*op.Input(1), *op.Input(2), input.Rank());
    TINYML_REQUIRE(op, blocks.IsSane(),
                   "its block sizes or paddings are out of range");
    if (output.Elements() == 0) return {};
    const int64_t width = ElementBytes(input.type);
    const int64_t pixel = in.depth * width;
    uint8_t* to = output.writable;
    ForEachPixel(Image(output), in, blocks, input.bytes.data(), width,
                 [&](const uint8_t* from) {
                   if (from == nullptr) {
                     std::memset(to, 0, static_cast<size_t>(pixel));
                   } else {
                     CopyPixel(from, to, pixel);
                   }
                   to += pixel;
                 });
    return {};
  };
}

Result<Invocation> PrepareBatchToSpaceNd(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckTensors(op));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const Image in(input);
  const Image out(output);
  TINYML_REQUIRE(
      op, out.batch > 0 || input.Elements() == 0,
      "output " + output.Describe() + " is empty: the runtime divides by zero");
  if (in.batch * in.height * in.width < out.batch * out.height * out.width) {
    op.Warn("input " + input.Describe() + " does not fill output " +
            output.Describe() +
            ", the rest is unwritten; tinyml writes zeros there");
  }
  return [&op, &input, &output, in, out]() -> Status {
    const Blocks blocks(*op.Input(1), *op.Input(2), input.Rank());
    TINYML_REQUIRE(op, blocks.IsSane(),
                   "its block sizes or crops are out of range");
    Clear(output);
    if (input.Elements() == 0) return {};
    const int64_t width = ElementBytes(input.type);
    const int64_t pixel = in.depth * width;
    const uint8_t* from = input.bytes.data();
    ForEachPixel(in, out, blocks, output.writable, width, [&](uint8_t* to) {
      if (to != nullptr) CopyPixel(from, to, pixel);
      from += pixel;
    });
    return {};
  };
}

}  // namespace tinyml::ops
