#include "quantize/refinements/layer_matrix.h"

#include <algorithm>

#include "base/checked.h"
#include "ops/window.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

using Dims = std::vector<int32_t>;

// What a layer's operator says of it.
struct Shape {
  int32_t batches = 1;
  int32_t input_channels = 1;
  int32_t output_channels = 1;
  int32_t groups = 1;
  WindowOnAxis y;
  WindowOnAxis x;

  bool IsSane() const {
    return y.stride > 0 && x.stride > 0 && y.dilation > 0 && x.dilation > 0;
  }
};

Shape PlainShape(const Dims& input, const Dims& weights, const Dims& output) {
  Shape shape;
  shape.batches = output[0];
  shape.input_channels = input[3];
  shape.output_channels = output[3];
  shape.y = {.input = input[1], .taps = weights[1], .output = output[1]};
  shape.x = {.input = input[2], .taps = weights[2], .output = output[2]};
  return shape;
}

// Fills in what convolutions say alike, and the padding that follows.
template <typename Options>
void SetWindow(const Options& options, Shape& shape) {
  WindowOnAxis& y = shape.y;
  WindowOnAxis& x = shape.x;
  y.stride = options.stride_h;
  x.stride = options.stride_w;
  y.dilation = options.dilation_h_factor;
  x.dilation = options.dilation_w_factor;
  const PaddingValues padding =
      WindowPadding(options.padding, {y.input, y.taps, y.stride, y.dilation},
                    {x.input, x.taps, x.stride, x.dilation});
  y.padding = padding.height;
  x.padding = padding.width;
}

bool AllPositive(const Dims& dims) {
  return std::ranges::all_of(dims, [](int32_t d) { return d > 0; });
}

std::optional<Shape> ConvolutionOf(const Operator& op, BuiltinOperator code,
                                   const Dims& input, const Dims& weights,
                                   const Dims& output) {
  if (input.size() != 4 || weights.size() != 4 || output.size() != 4 ||
      input[0] != output[0]) {
    return std::nullopt;
  }
  Shape shape = PlainShape(input, weights, output);
  if (code == BuiltinOperator::kConv2D) {
    const auto* options = op.options.As<Conv2DOptions>();
    if (options == nullptr || weights[0] != output[3] ||
        input[3] % weights[3] != 0 ||
        output[3] % (input[3] / weights[3]) != 0) {
      return std::nullopt;
    }
    shape.groups = input[3] / weights[3];
    SetWindow(*options, shape);
  } else if (code == BuiltinOperator::kDepthwiseConv2D) {
    const auto* options = op.options.As<DepthwiseConv2DOptions>();
    if (options == nullptr || weights[3] != output[3] ||
        int64_t{options->depth_multiplier} * input[3] != output[3]) {
      return std::nullopt;
    }
    shape.groups = input[3];
    SetWindow(*options, shape);
  } else {
    const auto* options = op.options.As<TransposeConvOptions>();
    if (options == nullptr || weights[0] != output[3] ||
        weights[3] != input[3]) {
      return std::nullopt;
    }
    WindowOnAxis& y = shape.y;
    WindowOnAxis& x = shape.x;
    y.stride = options->stride_h;
    x.stride = options->stride_w;
    // That of the convolution whose input this output would be.
    const PaddingValues padding =
        WindowPadding(options->padding, {y.output, y.taps, y.stride},
                      {x.output, x.taps, x.stride});
    y.padding = padding.height;
    x.padding = padding.width;
  }
  if (!shape.IsSane()) return std::nullopt;
  return shape;
}

// A product with a matrix, as a convolution of single pixels.
std::optional<Shape> ProductOf(const Operator& op, int64_t input,
                               const Dims& weights, int64_t output) {
  const auto* options = op.options.As<FullyConnectedOptions>();
  if (options == nullptr ||
      options->weights_format != FullyConnectedOptionsWeightsFormat::kDefault ||
      weights.size() != 2 || input % weights[1] != 0 ||
      input / weights[1] > INT32_MAX ||
      input / weights[1] * weights[0] != output) {
    return std::nullopt;
  }
  Shape shape;
  shape.batches = static_cast<int32_t>(input / weights[1]);
  shape.input_channels = weights[1];
  shape.output_channels = weights[0];
  return shape;
}

}  // namespace

std::optional<LayerMatrix> LayerMatrix::Of(const Model& model,
                                           const Layer& layer) {
  const Subgraph& graph = model.subgraphs[layer.id.subgraph];
  const Operator& op = graph.operators[layer.id.index];
  const auto dims = [&](TensorIndex tensor) -> const Dims& {
    return graph.tensors[tensor].shape;
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
  const auto shape =
      layer.code == BuiltinOperator::kFullyConnected
          ? ProductOf(op, *input_elements, weights, *output_elements)
          : ConvolutionOf(op, layer.code, input, weights, output);
  if (!shape) return std::nullopt;
  LayerMatrix matrix;
  matrix.is_transposed_ = layer.code == BuiltinOperator::kTransposeConv;
  matrix.layout_.rows = shape->output_channels;
  matrix.layout_.columns = *weight_elements / shape->output_channels;
  matrix.layout_.last_axis = layer.code == BuiltinOperator::kDepthwiseConv2D;
  matrix.groups_ = shape->groups;
  matrix.positions_ = *output_elements / shape->output_channels;
  matrix.input_elements_ = *input_elements;
  matrix.input_channels_ = shape->input_channels;
  matrix.y_ = shape->y;
  matrix.x_ = shape->x;
  const auto window =
      CheckedMul(int64_t{shape->y.taps} * shape->x.taps, matrix.depth());
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
  const int64_t at_x = position % x_.output;
  const int64_t at_y = position / x_.output % y_.output;
  const int64_t batch = position / x_.output / y_.output;
  // The input that tap `tap` sees on one axis, or -1.
  const auto source = [this](const WindowOnAxis& axis, int64_t at,
                             int64_t tap) {
    int64_t from = at * axis.stride - axis.padding + tap * axis.dilation;
    if (is_transposed_) {
      const int64_t spread = at + axis.padding - tap;
      if (spread < 0 || spread % axis.stride != 0) return int64_t{-1};
      from = spread / axis.stride;
    }
    return from >= 0 && from < axis.input ? from : -1;
  };
  float* to = row.data();
  for (int64_t ky = 0; ky < y_.taps; ++ky) {
    const int64_t y = source(y_, at_y, ky);
    for (int64_t kx = 0; kx < x_.taps; ++kx, to += depth()) {
      const int64_t x = source(x_, at_x, kx);
      if (y < 0 || x < 0) {
        std::fill_n(to, depth(), 0.0F);
        continue;
      }
      const int64_t pixel = (batch * y_.input + y) * x_.input + x;
      std::copy_n(input.data() + pixel * input_channels_ + group * depth(),
                  depth(), to);
    }
  }
}

}  // namespace tinyml::quantize
