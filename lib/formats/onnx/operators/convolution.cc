// Convolutions and poolings: TFLite's have two spatial axes and the channels
// last.
#include "formats/onnx/operators/convolution.h"

#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/window.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

template <typename Options>
Options ConvOptions(const Window& window, Padding padding) {
  Options options;
  options.padding = padding;
  options.stride_h = static_cast<int32_t>(window.axes[0].stride);
  options.stride_w = static_cast<int32_t>(window.axes[1].stride);
  options.dilation_h_factor = static_cast<int32_t>(window.axes[0].dilation);
  options.dilation_w_factor = static_cast<int32_t>(window.axes[1].dilation);
  return options;
}

Status LowerConv(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 3));
  const ValueId input = node.inputs[0];
  const ValueId filter = node.inputs[1];
  const Shape from = lowering.ShapeOf(input);
  const Shape weights = lowering.ShapeOf(filter);
  for (const ValueId id : {input, filter}) {
    TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "CONV_2D"));
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, weights));
  TINYML_ONNX_REQUIRE(lowering, node,
                      weights.size() >= 3 && weights.size() == from.size(),
                      "its filter does not fit its input");
  TINYML_ASSIGN_OR_RETURN(
      const Window window,
      WindowOf(lowering, node, from, Shape(weights.begin() + 2, weights.end()),
               "CONV_2D"));
  const int64_t group = node.Int("group", 1);
  const int64_t channels = weights[0];
  TINYML_ONNX_REQUIRE(lowering, node,
                      group > 0 && from[1] % group == 0 &&
                          channels % group == 0 &&
                          weights[1] == from[1] / group,
                      "its groups do not fit its channels");
  const Shape shape = WindowShape(window, from[0], channels);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  const Padding2D padding = PaddingOf(window);
  Shape padded = from;
  for (size_t i = 0; i < from.size() - 2; ++i) {
    const size_t axis = 4 - from.size() + i;
    padded[2 + i] += padding.before[axis] + padding.after[axis];
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, padded));

  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex image, GetImage(lowering, input, name));
  image = EmitWindowPad(lowering, image, padding, 0, name);
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex bias,
      GetBias(lowering, node, Lowering::Input(node, 2), channels));
  const bool depthwise = group > 1 && weights[1] == 1;
  // 1, H, W, O of the depthwise kernel; O, H, W, I of the other.
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex kernel,
      GetFilter(lowering, filter,
                depthwise ? Layout{1, 2, 3, 0} : Layout{0, 2, 3, 1}));
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32, WindowDims(window, from[0], channels), name);
  if (depthwise) {
    auto options = ConvOptions<DepthwiseConv2DOptions>(window, padding.padding);
    options.depth_multiplier = static_cast<int32_t>(channels / group);
    lowering.Emit(Op::kDepthwiseConv2D, {image, kernel, bias}, {output},
                  options);
  } else {
    lowering.Emit(Op::kConv2D, {image, kernel, bias}, {output},
                  ConvOptions<Conv2DOptions>(window, padding.padding));
  }
  DefineImage(lowering, node, input, output, shape);
  return {};
}

}  // namespace

Result<TensorIndex> GetFilter(Lowering& lowering, ValueId id,
                              const Layout& layout) {
  if (lowering.RankOf(id) == 4) return lowering.Get(id, layout);
  Shape wide = lowering.ShapeOf(id);
  wide.insert(wide.begin() + 2, 1);
  const std::string name = lowering.graph().values[id].name;
  if (const Constant* constant = lowering.ConstantOf(id)) {
    Constant filter = *constant;
    filter.shape = wide;
    return lowering.NewConstant(Transposed(filter, layout), name);
  }
  // Without the height.
  Layout own;
  for (const int axis : layout) {
    if (axis != 2) own.push_back(axis == 3 ? 2 : axis);
  }
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(id, own));
  return lowering.EmitReshape(tensor, InLayout(wide, layout), name);
}

Result<TensorIndex> GetBias(Lowering& lowering, const Node& node, ValueId id,
                            int64_t channels) {
  if (id == kNoValue) {
    constexpr int64_t kMax = int64_t{1} << 24;
    TINYML_ONNX_REQUIRE(lowering, node, channels <= kMax,
                        "it has too many channels");
    return lowering.NewFloat(
        {channels}, std::vector<float>(static_cast<size_t>(channels), 0),
        lowering.OutputName(node, 0) + "/bias");
  }
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.ShapeOf(id) == Shape{channels} &&
                          lowering.TypeOf(id) == TensorType::kFloat32,
                      "its bias does not have one float32 for each channel");
  return lowering.Get(id);
}

std::span<const OnnxOperator> ConvolutionOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Conv", LowerConv, "CONV_2D, DEPTHWISE_CONV_2D, PAD",
       "float32; one or two spatial axes"},
      {"ConvTranspose", LowerConvTranspose, "TRANSPOSE_CONV, SLICE",
       "float32; one or two spatial axes; dilated or grouped with constant "
       "weights"},
      {"MaxPool", LowerMaxPool, "MAX_POOL_2D, PADV2",
       "one or two spatial axes, not dilated, no Indices"},
      {"AveragePool", LowerAveragePool, "AVERAGE_POOL_2D, PAD, MUL",
       "float32; one or two spatial axes"},
      {"GlobalAveragePool", LowerGlobalAveragePool, "MEAN", "float32"},
      {"GlobalMaxPool", LowerGlobalMaxPool, "REDUCE_MAX", "float32"},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
