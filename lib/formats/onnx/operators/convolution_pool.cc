// Poolings.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/convolution.h"
#include "formats/onnx/operators/window.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

TensorIndex EmitPool(Lowering& lowering, Op code, const Window& window,
                     Padding padding, TensorIndex image,
                     const std::string& name) {
  const Shape from = DimsOf(lowering, image);
  const TensorIndex output = lowering.NewTensor(
      lowering.tensor(image).type, WindowDims(window, from[0], from[3]), name);
  Pool2DOptions options;
  options.padding = padding;
  options.stride_h = static_cast<int32_t>(window.axes[0].stride);
  options.stride_w = static_cast<int32_t>(window.axes[1].stride);
  options.filter_height = static_cast<int32_t>(window.axes[0].kernel);
  options.filter_width = static_cast<int32_t>(window.axes[1].kernel);
  lowering.Emit(code, {image}, {output}, options);
  return output;
}

// Window and padded input of a pooling can be made.
Result<Window> PoolWindow(const Lowering& lowering, const Node& node,
                          std::string_view tflm_operator) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const Shape& from = lowering.ShapeOf(node.inputs[0]);
  TINYML_ASSIGN_OR_RETURN(const Window window,
                          WindowOf(lowering, node, from, {}, tflm_operator));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, WindowShape(window, from[0], from[1])));
  Shape covered = {from[0], from[1]};
  for (const SpatialAxis& axis : window.axes) {
    covered.push_back(
        std::max(axis.input + axis.before,
                 (axis.output - 1) * axis.stride + axis.Extent()));
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, covered));
  return window;
}

// By what each window of an axis is divided: what it covers of the input, and
// of the pads too if they count.
std::vector<double> Divisors(const SpatialAxis& axis, bool pads_count) {
  std::vector<double> divisors;
  const int64_t low = pads_count ? -axis.before : 0;
  const int64_t high = axis.input + (pads_count ? axis.after : 0);
  for (int64_t i = 0; i < axis.output; ++i) {
    int64_t count = 0;
    for (int64_t k = 0; k < axis.kernel; ++k) {
      const int64_t at = i * axis.stride - axis.before + k * axis.dilation;
      count += at >= low && at < high ? 1 : 0;
    }
    divisors.push_back(static_cast<double>(std::max<int64_t>(count, 1)));
  }
  return divisors;
}

bool AllAre(const std::vector<double>& values, int64_t value) {
  return std::all_of(values.begin(), values.end(), [&](double found) {
    return found == static_cast<double>(value);
  });
}

// The mean of dilated windows is a convolution of each channel by itself.
TensorIndex EmitDilatedMean(Lowering& lowering, const Window& window,
                            TensorIndex image, const std::string& name) {
  const Shape from = DimsOf(lowering, image);
  const auto& [height, width] = window.axes;
  const Shape kernel = {1, height.kernel, width.kernel, from[3]};
  const auto taps = static_cast<float>(height.kernel * width.kernel);
  const TensorIndex weights = lowering.NewFloat(
      kernel,
      std::vector<float>(static_cast<size_t>(Elements(kernel)), 1 / taps),
      name + "/weights");
  const TensorIndex bias = lowering.NewFloat(
      {from[3]}, std::vector<float>(static_cast<size_t>(from[3]), 0),
      name + "/bias");
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32, WindowDims(window, from[0], from[3]), name);
  DepthwiseConv2DOptions options;
  options.padding = Padding::kValid;
  options.stride_h = static_cast<int32_t>(height.stride);
  options.stride_w = static_cast<int32_t>(width.stride);
  options.dilation_h_factor = static_cast<int32_t>(height.dilation);
  options.dilation_w_factor = static_cast<int32_t>(width.dilation);
  options.depth_multiplier = 1;
  lowering.Emit(Op::kDepthwiseConv2D, {image, weights, bias}, {output},
                options);
  return output;
}

// MEAN or REDUCE_MAX of all axes but the first two, in whatever order.
Status LowerGlobal(Lowering& lowering, const Node& node, Op code,
                   std::string_view kernel) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, input, kernel));
  Shape shape = lowering.ShapeOf(input);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_ONNX_REQUIRE(lowering, node, shape.size() >= 3 && shape.size() <= 6,
                      "TFLM's MEAN takes up to 4 axes, and 1 is the least");
  const Layout layout = lowering.LayoutOf(input);
  std::vector<int64_t> axes;
  for (size_t i = 2; i < shape.size(); ++i) {
    axes.push_back(AxisIn(layout, static_cast<int64_t>(i)));
    shape[i] = 1;
  }
  std::sort(axes.begin(), axes.end());
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const TensorIndex output =
      EmitReduce(lowering, code, tensor, axes, lowering.OutputName(node, 0));
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), output,
                  layout);
  return {};
}

}  // namespace

Status LowerMaxPool(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const Window window,
                          PoolWindow(lowering, node, "MAX_POOL_2D"));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckOutputsUnused(
      lowering, node, 1, "TFLM's MAX_POOL_2D gives no Indices"));
  TINYML_RETURN_IF_ERROR(CheckKernelType(
      lowering, node, input, "MAX_POOL_2D",
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}));
  for (const SpatialAxis& axis : window.axes) {
    TINYML_ONNX_REQUIRE(lowering, node, axis.dilation == 1 || axis.kernel == 1,
                        "TFLM's MAX_POOL_2D is not dilated");
  }
  const Padding2D padding = PaddingOf(window);
  const TensorType type = lowering.TypeOf(input);
  // Less than anything that the window could find.
  double least = std::numeric_limits<float>::lowest();
  if (type == TensorType::kInt8) least = std::numeric_limits<int8_t>::min();
  if (type == TensorType::kInt16) least = std::numeric_limits<int16_t>::min();
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex image, GetImage(lowering, input, name));
  image = EmitWindowPad(lowering, image, padding, least, name);
  image =
      EmitPool(lowering, Op::kMaxPool2D, window, padding.padding, image, name);
  const Shape& from = lowering.ShapeOf(input);
  DefineImage(lowering, node, input, image,
              WindowShape(window, from[0], from[1]));
  return {};
}

Status LowerAveragePool(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const Window window,
                          PoolWindow(lowering, node, "AVERAGE_POOL_2D"));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, input, "AVERAGE_POOL_2D"));
  const auto& [height, width] = window.axes;
  constexpr int64_t kMaxTaps = int64_t{1} << 24;
  TINYML_ONNX_REQUIRE(
      lowering, node,
      height.kernel * height.output <= kMaxTaps &&
          width.kernel * width.output <= kMaxTaps &&
          height.output * width.output <= kMaxTaps &&
          height.kernel * width.kernel <= kMaxTaps / lowering.ShapeOf(input)[1],
      "its kernel or its result is too large");
  const bool pads_count = node.Int("count_include_pad", 0) != 0;
  const std::vector<double> rows = Divisors(height, pads_count);
  const std::vector<double> columns = Divisors(width, pads_count);
  // TFLite's SAME divides by what the window covers of the input.
  const bool covered_counts =
      rows == Divisors(height, false) && columns == Divisors(width, false);
  const bool dilated = (height.dilation > 1 && height.kernel > 1) ||
                       (width.dilation > 1 && width.kernel > 1);
  const Padding2D padding = PaddingOf(window, covered_counts && !dilated);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex image, GetImage(lowering, input, name));
  image = EmitWindowPad(lowering, image, padding, 0, name);
  image = dilated ? EmitDilatedMean(lowering, window, image, name)
                  : EmitPool(lowering, Op::kAveragePool2D, window,
                             padding.padding, image, name);
  const bool exact =
      AllAre(rows, height.kernel) && AllAre(columns, width.kernel);
  if (padding.padding == Padding::kValid && !exact) {
    // It divided by the whole window.
    std::vector<float> factors;
    for (const double row : rows) {
      for (const double column : columns) {
        factors.push_back(static_cast<float>(
            static_cast<double>(height.kernel * width.kernel) /
            (row * column)));
      }
    }
    const TensorIndex factor = lowering.NewFloat(
        {1, height.output, width.output, 1}, factors, name + "/divisors");
    image = lowering.EmitBinary(Op::kMul, image, factor, name);
  }
  const Shape& from = lowering.ShapeOf(input);
  DefineImage(lowering, node, input, image,
              WindowShape(window, from[0], from[1]));
  return {};
}

Status LowerGlobalAveragePool(Lowering& lowering, const Node& node) {
  return LowerGlobal(lowering, node, Op::kMean, "MEAN");
}

Status LowerGlobalMaxPool(Lowering& lowering, const Node& node) {
  return LowerGlobal(lowering, node, Op::kReduceMax, "REDUCE_MAX");
}

}  // namespace tinyml::onnx_import
