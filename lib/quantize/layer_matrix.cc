#include "quantize/layer_matrix.h"

#include <algorithm>

#include "base/checked.h"
#include "model/options.h"
#include "ops/window.h"

namespace tinyml::quantize {
namespace {

using ops::ConvGeometry;
using ops::Plane;
using Dims = std::vector<int32_t>;

Plane PlaneOf(const Dims& dims) { return {dims[1], dims[2]}; }

ConvGeometry PlainGeometry(const Dims& input, const Dims& weights,
                           const Dims& output) {
  ConvGeometry g;
  g.batches = output[0];
  g.input = PlaneOf(input);
  g.filter = PlaneOf(weights);
  g.output = PlaneOf(output);
  g.input_channels = input[3];
  g.output_channels = output[3];
  return g;
}

// Fills in what convolutions say alike, and the padding that follows.
template <typename Options>
void SetWindow(const Options& options, ConvGeometry& g) {
  g.stride = {options.stride_h, options.stride_w};
  g.dilation = {options.dilation_h_factor, options.dilation_w_factor};
  const PaddingValues padding = WindowPadding(
      options.padding,
      {g.input.height, g.filter.height, g.stride.height, g.dilation.height},
      {g.input.width, g.filter.width, g.stride.width, g.dilation.width});
  g.padding = {padding.height, padding.width};
}

bool AllPositive(const Dims& dims) {
  return std::ranges::all_of(dims, [](int32_t d) { return d > 0; });
}

std::optional<ConvGeometry> ConvolutionOf(const Operator& op,
                                          BuiltinOperator code,
                                          const Dims& input,
                                          const Dims& weights,
                                          const Dims& output) {
  if (input.size() != 4 || weights.size() != 4 || output.size() != 4 ||
      input[0] != output[0]) {
    return std::nullopt;
  }
  ConvGeometry g = PlainGeometry(input, weights, output);
  if (code == BuiltinOperator::kConv2D) {
    const auto* options = op.options.As<Conv2DOptions>();
    if (options == nullptr || weights[0] != output[3] ||
        input[3] % weights[3] != 0 ||
        output[3] % (input[3] / weights[3]) != 0) {
      return std::nullopt;
    }
    g.groups = input[3] / weights[3];
    SetWindow(*options, g);
  } else if (code == BuiltinOperator::kDepthwiseConv2D) {
    const auto* options = op.options.As<DepthwiseConv2DOptions>();
    if (options == nullptr || weights[3] != output[3] ||
        int64_t{options->depth_multiplier} * input[3] != output[3]) {
      return std::nullopt;
    }
    g.groups = input[3];
    g.multiplier = options->depth_multiplier;
    SetWindow(*options, g);
  } else {
    const auto* options = op.options.As<TransposeConvOptions>();
    if (options == nullptr || weights[0] != output[3] ||
        weights[3] != input[3]) {
      return std::nullopt;
    }
    g.stride = {options->stride_h, options->stride_w};
    const PaddingValues padding = WindowPadding(
        options->padding, {g.output.height, g.filter.height, g.stride.height},
        {g.output.width, g.filter.width, g.stride.width});
    g.padding = {padding.height, padding.width};
  }
  if (g.stride.height <= 0 || g.stride.width <= 0 || g.dilation.height <= 0 ||
      g.dilation.width <= 0) {
    return std::nullopt;
  }
  return g;
}

// A product with a matrix, as a convolution of single pixels.
std::optional<ConvGeometry> ProductOf(const Operator& op, int64_t input,
                                      const Dims& weights, int64_t output) {
  const auto* options = op.options.As<FullyConnectedOptions>();
  if (options == nullptr ||
      options->weights_format != FullyConnectedOptionsWeightsFormat::kDefault ||
      weights.size() != 2 || input % weights[1] != 0 ||
      input / weights[1] > INT32_MAX ||
      input / weights[1] * weights[0] != output) {
    return std::nullopt;
  }
  ConvGeometry g;
  g.batches = static_cast<int32_t>(input / weights[1]);
  g.input_channels = weights[1];
  g.output_channels = weights[0];
  return g;
}

}  // namespace

std::optional<LayerMatrix> LayerMatrix::Of(const Model& model,
                                           const Layer& layer) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(layer.subgraph)];
  const Operator& op = graph.operators[static_cast<size_t>(layer.op)];
  const auto dims = [&](TensorIndex tensor) -> const Dims& {
    return graph.tensors[static_cast<size_t>(tensor)].shape;
  };
  const Dims& input = dims(layer.input);
  const Dims& weights = dims(layer.weights);
  const Dims& output = dims(layer.output);
  const auto input_elements = ElementCount(input);
  const auto weight_elements = ElementCount(weights);
  const auto output_elements = ElementCount(output);
  if (!input_elements || !weight_elements || !output_elements ||
      !AllPositive(input) || !AllPositive(weights) || !AllPositive(output)) {
    return std::nullopt;
  }
  const auto geometry =
      layer.code == BuiltinOperator::kFullyConnected
          ? ProductOf(op, *input_elements, weights, *output_elements)
          : ConvolutionOf(op, layer.code, input, weights, output);
  if (!geometry) return std::nullopt;
  LayerMatrix matrix;
  matrix.code_ = layer.code;
  matrix.geometry_ = *geometry;
  matrix.layout_.rows = geometry->output_channels;
  matrix.layout_.columns = *weight_elements / geometry->output_channels;
  matrix.layout_.last_axis = layer.code == BuiltinOperator::kDepthwiseConv2D;
  matrix.groups_ = geometry->groups;
  matrix.positions_ = geometry->OutputPixels();
  matrix.input_elements_ = *input_elements;
  const auto window =
      CheckedMul(geometry->filter.Elements(), geometry->GroupInputs());
  if (window != matrix.layout_.columns) return std::nullopt;
  return matrix;
}

void LayerMatrix::CopyWindows(std::span<const float> input, int64_t group,
                              int64_t first, int64_t step,
                              std::span<float> rows) const {
  const auto width = static_cast<size_t>(columns());
  int64_t position = first;
  for (size_t at = 0; at < rows.size(); at += width, position += step) {
    CopyWindow(input, group, position, rows.subspan(at, width));
  }
}

void LayerMatrix::CopyWindow(std::span<const float> input, int64_t group,
                             int64_t position, std::span<float> row) const {
  const ConvGeometry& g = geometry_;
  const bool transposed = code_ == BuiltinOperator::kTransposeConv;
  const int64_t depth = g.GroupInputs();
  const int64_t x = position % g.output.width;
  const int64_t y = position / g.output.width % g.output.height;
  const int64_t batch = position / g.output.Elements();
  // The input that tap `tap` sees on one axis, or -1.
  const auto source = [&](int64_t at, int64_t tap, int32_t stride,
                          int32_t dilation, int32_t padding, int32_t size) {
    int64_t from = at * stride - padding + tap * dilation;
    if (transposed) {
      const int64_t spread = at + padding - tap;
      if (spread < 0 || spread % stride != 0) return int64_t{-1};
      from = spread / stride;
    }
    return from >= 0 && from < size ? from : -1;
  };
  float* to = row.data();
  for (int64_t ky = 0; ky < g.filter.height; ++ky) {
    const int64_t in_y = source(y, ky, g.stride.height, g.dilation.height,
                                g.padding.height, g.input.height);
    for (int64_t kx = 0; kx < g.filter.width; ++kx, to += depth) {
      const int64_t in_x = source(x, kx, g.stride.width, g.dilation.width,
                                  g.padding.width, g.input.width);
      if (in_y < 0 || in_x < 0) {
        std::fill_n(to, depth, 0.0F);
        continue;
      }
      const int64_t pixel =
          (batch * g.input.height + in_y) * g.input.width + in_x;
      std::copy_n(input.data() + pixel * g.input_channels + group * depth,
                  depth, to);
    }
  }
}

}  // namespace tinyml::quantize
