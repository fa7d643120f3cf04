// A padded TRANSPOSE_CONV becomes one without padding and a SLICE.
#include <algorithm>
#include <array>
#include <limits>

#include "ops/window.h"
#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool ComputeWholeTransposeConv(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  const auto* options = op.options.As<TransposeConvOptions>();
  const TensorIndex filter = rewriter.Input(index, 1);
  const TensorIndex input = rewriter.Input(index, 2);
  if (rewriter.CodeOf(index) != BuiltinOperator::kTransposeConv ||
      options == nullptr || filter == kNoTensor || input == kNoTensor ||
      op.outputs.size() != 1) {
    return false;
  }
  const TensorIndex output = op.outputs[0];
  const std::vector<int32_t> in = rewriter.tensor(input).shape;
  const std::vector<int32_t> taps = rewriter.tensor(filter).shape;
  const std::vector<int32_t> out = rewriter.tensor(output).shape;
  if (in.size() != 4 || taps.size() != 4 || out.size() != 4) return false;
  const std::array<int32_t, 2> strides = {options->stride_h, options->stride_w};
  const auto window = [&](size_t axis) {
    return WindowAxis{.input = out[axis + 1],
                      .filter = taps[axis + 1],
                      .stride = strides[axis]};
  };
  const PaddingValues padding =
      WindowPadding(options->padding, window(0), window(1));
  const std::array<int32_t, 2> begin = {padding.height, padding.width};

  std::vector<int32_t> whole = out;
  for (const size_t axis : {0, 1}) {
    if (strides[axis] <= 0 || in[axis + 1] <= 0) return false;
    // What CMSIS-NN writes is as large where the stride is the larger one.
    const int64_t reached = (int64_t{in[axis + 1]} - 1) * strides[axis] +
                            std::max(taps[axis + 1], strides[axis]);
    const int64_t size =
        std::max(reached, int64_t{begin[axis]} + int64_t{out[axis + 1]});
    if (size > std::numeric_limits<int32_t>::max()) return false;
    whole[axis + 1] = static_cast<int32_t>(size);
  }
  if (whole == out || !ElementCount(whole)) return false;

  TransposeConvOptions changed = *options;
  changed.padding = Padding::kValid;
  op.options = MakeOptions(std::move(changed));
  const TensorIndex made =
      rewriter.NewTensor(TensorLike(rewriter.tensor(output), whole, "/whole"));
  rewriter.SetInput(
      index, 0,
      rewriter.NewInts({4}, whole, rewriter.tensor(output).name + "/shape"));
  rewriter.SetOutput(index, 0, made);
  SliceAfter(rewriter, index, made, output, begin);
  return true;
}

}  // namespace tinyml::transform
