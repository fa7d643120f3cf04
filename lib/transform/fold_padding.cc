// A PAD before a VALID convolution that pads what SAME would pad becomes SAME.
#include <array>
#include <optional>

#include "ops/window.h"
#include "tinyml/options.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

struct Window {
  std::array<int32_t, 2> stride;  // Of height and width.
  std::array<int32_t, 2> dilation;
};

// Strides and dilations of a convolution without padding.
template <typename T>
std::optional<Window> ValidWindow(const Operator& op) {
  const T* options = op.options.As<T>();
  if (options == nullptr || options->padding != Padding::kValid) {
    return std::nullopt;
  }
  return Window{{options->stride_h, options->stride_w},
                {options->dilation_h_factor, options->dilation_w_factor}};
}

template <typename T>
void SetSame(Operator& op) {
  if (const T* options = op.options.As<T>()) {
    T changed = *options;
    changed.padding = Padding::kSame;
    op.options = MakeOptions(std::move(changed));
  }
}

void Fold(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  if (op.inputs.size() < 2 || op.outputs.size() != 1) return;
  std::optional<Window> window;
  if (rewriter.CodeOf(index) == Op::kConv2D) {
    window = ValidWindow<Conv2DOptions>(op);
  } else if (rewriter.CodeOf(index) == Op::kDepthwiseConv2D) {
    window = ValidWindow<DepthwiseConv2DOptions>(op);
  }
  if (!window) return;
  const TensorIndex padded = rewriter.Input(index, 0);
  const int pad = rewriter.Producer(padded);
  // PAD fills with what stands for 0.
  if (pad == Rewriter::kNone || rewriter.CodeOf(pad) != Op::kPad ||
      rewriter.op(pad).inputs.size() != 2) {
    return;
  }
  const TensorIndex source = rewriter.Input(pad, 0);
  const auto amounts = rewriter.Ints(rewriter.Input(pad, 1));
  const TensorIndex filter_index = rewriter.Input(index, 1);
  if (source == kNoTensor || filter_index == kNoTensor || !amounts ||
      amounts->size() != 8) {
    return;
  }
  const Tensor& input = rewriter.tensor(source);
  const Tensor& filter = rewriter.tensor(filter_index);
  const Tensor& output = rewriter.tensor(op.outputs[0]);
  if (input.shape.size() != 4 || filter.shape.size() != 4 ||
      output.shape.size() != 4 ||
      !SameMeaning(input, rewriter.tensor(padded)) || (*amounts)[0] != 0 ||
      (*amounts)[1] != 0 || (*amounts)[6] != 0 || (*amounts)[7] != 0) {
    return;
  }
  for (const size_t axis : {0, 1}) {
    const WindowAxis same = {.input = input.shape[axis + 1],
                             .filter = filter.shape[axis + 1],
                             .stride = window->stride[axis],
                             .dilation = window->dilation[axis]};
    WindowAxis valid = same;
    valid.input = rewriter.tensor(padded).shape[axis + 1];
    const int32_t size = WindowOutput(Padding::kSame, same);
    // What VALID does not reach at the end may be padded or not.
    if (size <= 0 || size != WindowOutput(Padding::kValid, valid) ||
        size != output.shape[axis + 1] ||
        (*amounts)[2 + 2 * axis] != WindowPadding(same, size)) {
      return;
    }
  }
  SetSame<Conv2DOptions>(op);
  SetSame<DepthwiseConv2DOptions>(op);
  // The PAD goes with the dead operators, if nothing else reads it.
  rewriter.SetInput(index, 0, source);
}

}  // namespace

Result<bool> FoldPadding(Model& model) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    Rewriter rewriter(model, i);
    for (int k = 0; k < static_cast<int>(rewriter.OperatorCount()); ++k) {
      Fold(rewriter, k);
    }
    changed |= rewriter.Finish();
  }
  return changed;
}

}  // namespace tinyml::transform
