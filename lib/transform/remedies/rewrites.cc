// What the remedies share.
#include "transform/remedies/rewrites.h"

#include <string>
#include <utility>

#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

Operator MakeOperator(Rewriter& rewriter, Op code,
                      std::vector<TensorIndex> inputs, TensorIndex output,
                      OperatorOptions options) {
  Operator op;
  op.opcode_index = rewriter.Opcode(code);
  op.inputs = std::move(inputs);
  op.outputs = {output};
  op.options = std::move(options);
  return op;
}

Operator MakeReshape(Rewriter& rewriter, TensorIndex from, TensorIndex to) {
  const std::vector<int32_t> shape = rewriter.tensor(to).shape;
  const TensorIndex values =
      rewriter.NewInts({static_cast<int32_t>(shape.size())}, shape,
                       rewriter.tensor(to).name + "/shape");
  return MakeOperator(rewriter, Op::kReshape, {from, values}, to,
                      MakeOptions(ReshapeOptions{.new_shape = shape}));
}

}  // namespace

Tensor TensorLike(const Tensor& like, std::vector<int32_t> shape,
                  std::string_view suffix) {
  Tensor made;
  made.name = like.name + std::string(suffix);
  made.type = like.type;
  made.shape = std::move(shape);
  made.has_rank = like.has_rank;
  made.quantization = like.quantization;
  return made;
}

TensorIndex PadBefore(Rewriter& rewriter, int index, TensorIndex from,
                      std::span<const AxisPadding> padding) {
  std::vector<int32_t> shape = rewriter.tensor(from).shape;
  std::vector<int32_t> amounts(2 * shape.size());
  for (size_t i = 0; i < padding.size(); ++i) {
    shape[i + 1] += padding[i].before + padding[i].after;
    amounts[2 * i + 2] = padding[i].before;
    amounts[2 * i + 3] = padding[i].after;
  }
  const auto rank = static_cast<int32_t>(shape.size());
  const TensorIndex padded = rewriter.NewTensor(
      TensorLike(rewriter.tensor(from), std::move(shape), "/padded"));
  const TensorIndex values = rewriter.NewInts(
      {rank, 2}, amounts, rewriter.tensor(padded).name + "/paddings");
  rewriter.InsertBefore(index, MakeOperator(rewriter, Op::kPad, {from, values},
                                            padded, MakeOptions(PadOptions{})));
  return padded;
}

TensorIndex ReshapeBefore(Rewriter& rewriter, int index, TensorIndex from,
                          std::vector<int32_t> shape) {
  const TensorIndex made = rewriter.NewTensor(
      TensorLike(rewriter.tensor(from), std::move(shape), "/reshaped"));
  rewriter.InsertBefore(index, MakeReshape(rewriter, from, made));
  return made;
}

void ReshapeAfter(Rewriter& rewriter, int index, TensorIndex from,
                  TensorIndex to) {
  rewriter.InsertAfter(index, MakeReshape(rewriter, from, to));
}

void SliceAfter(Rewriter& rewriter, int index, TensorIndex from, TensorIndex to,
                const std::array<int32_t, 2>& begin) {
  const std::vector<int32_t> shape = rewriter.tensor(to).shape;
  const std::string name = rewriter.tensor(to).name;
  const TensorIndex first =
      rewriter.NewInts({4}, {0, begin[0], begin[1], 0}, name + "/begin");
  const TensorIndex size = rewriter.NewInts({4}, shape, name + "/size");
  rewriter.InsertAfter(
      index, MakeOperator(rewriter, Op::kSlice, {from, first, size}, to,
                          MakeOptions(SliceOptions{})));
}

std::optional<ConvWindow> ConvWindowOf(Rewriter& rewriter, int index) {
  const Operator& op = rewriter.op(index);
  const TensorIndex input = rewriter.Input(index, 0);
  const TensorIndex filter = rewriter.Input(index, 1);
  if (input == kNoTensor || filter == kNoTensor || op.outputs.size() != 1) {
    return std::nullopt;
  }
  const auto& in = rewriter.tensor(input).shape;
  const auto& taps = rewriter.tensor(filter).shape;
  const auto& out = rewriter.tensor(op.outputs[0]).shape;
  if (in.size() != 4 || taps.size() != 4 || out.size() != 4 ||
      in[0] != out[0]) {
    return std::nullopt;
  }
  ConvWindow window;
  bool known = false;
  const auto take = [&](const auto* options) {
    if (options == nullptr) return;
    known = true;
    window.padding = options->padding;
    window.axes = {WindowAxis{in[1], taps[1], options->stride_h,
                              options->dilation_h_factor},
                   WindowAxis{in[2], taps[2], options->stride_w,
                              options->dilation_w_factor}};
  };
  if (rewriter.CodeOf(index) == Op::kConv2D) {
    take(op.options.As<Conv2DOptions>());
  } else if (rewriter.CodeOf(index) == Op::kDepthwiseConv2D) {
    take(op.options.As<DepthwiseConv2DOptions>());
  }
  if (!known) return std::nullopt;
  window.output = {out[1], out[2]};
  for (const size_t axis : {0, 1}) {
    const int32_t size = WindowOutput(window.padding, window.axes[axis]);
    if (size <= 0 || size != window.output[axis]) return std::nullopt;
  }
  return window;
}

void SetConvWindow(Operator& op, Padding padding,
                   std::optional<std::array<int32_t, 2>> dilation) {
  const auto set = [&](const auto* options) {
    if (options == nullptr) return;
    auto changed = *options;
    changed.padding = padding;
    if (dilation) {
      changed.dilation_h_factor = (*dilation)[0];
      changed.dilation_w_factor = (*dilation)[1];
    }
    op.options = MakeOptions(std::move(changed));
  };
  if (op.options.As<Conv2DOptions>() != nullptr) {
    set(op.options.As<Conv2DOptions>());
  } else {
    set(op.options.As<DepthwiseConv2DOptions>());
  }
}

}  // namespace tinyml::transform
