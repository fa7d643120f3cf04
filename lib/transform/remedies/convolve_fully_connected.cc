// A FULLY_CONNECTED becomes a CONV_2D with a filter of 1x1, which computes the
// same sums in the same order, and has a scale for each channel everywhere.
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool ConvolveFullyConnected(Rewriter& rewriter, int index) {
  const Operator& op = rewriter.op(index);
  const auto* options = op.options.As<FullyConnectedOptions>();
  const TensorIndex input = rewriter.Input(index, 0);
  const TensorIndex weights = rewriter.Input(index, 1);
  if (rewriter.CodeOf(index) != BuiltinOperator::kFullyConnected ||
      options == nullptr || op.outputs.size() != 1 || input == kNoTensor ||
      !rewriter.IsConstant(weights) ||
      options->weights_format != FullyConnectedOptionsWeightsFormat::kDefault) {
    return false;
  }
  const Tensor held = rewriter.tensor(weights);
  const TensorIndex output = op.outputs[0];
  const auto elements = ElementCount(rewriter.tensor(output).shape);
  const auto read = ElementCount(rewriter.tensor(input).shape);
  if (held.shape.size() != 2 || !elements || !read || held.shape[0] <= 0 ||
      held.shape[1] <= 0) {
    return false;
  }
  const int64_t rows = *elements / held.shape[0];
  if (rows * held.shape[0] != *elements || rows * held.shape[1] != *read ||
      rows > std::numeric_limits<int32_t>::max()) {
    return false;
  }
  const auto images = static_cast<int32_t>(rows);
  Conv2DOptions conv;
  conv.padding = Padding::kValid;
  conv.stride_w = conv.stride_h = 1;
  conv.fused_activation_function = options->fused_activation_function;
  conv.quantized_bias_type = options->quantized_bias_type;

  const TensorIndex filter = rewriter.NewConstant(
      held.type, {held.shape[0], 1, 1, held.shape[1]},
      rewriter.model().buffers[held.buffer].data, held.name);
  if (held.quantization) rewriter.SetQuantization(filter, *held.quantization);
  rewriter.SetInput(
      index, 0,
      ReshapeBefore(rewriter, index, input, {images, 1, 1, held.shape[1]}));
  rewriter.SetInput(index, 1, filter);
  rewriter.SetCode(index, BuiltinOperator::kConv2D);
  rewriter.op(index).options = MakeOptions(std::move(conv));
  const TensorIndex made = rewriter.NewTensor(TensorLike(
      rewriter.tensor(output), {images, 1, 1, held.shape[0]}, "/convolved"));
  rewriter.SetOutput(index, 0, made);
  ReshapeAfter(rewriter, index, made, output);
  return true;
}

}  // namespace tinyml::transform
