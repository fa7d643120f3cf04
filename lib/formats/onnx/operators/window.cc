#include "formats/onnx/operators/window.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/operators/compose.h"

namespace tinyml::onnx_import {
namespace {

// Above any size that fits, and its products do not overflow.
constexpr int64_t kMaxSize = int64_t{1} << 30;

// An attribute of one number for each spatial axis, or of `blocks` such.
Result<std::vector<int64_t>> PerAxis(const Lowering& lowering, const Node& node,
                                     std::string_view key, size_t count,
                                     int64_t least, int64_t fallback) {
  std::vector<int64_t> values = node.Ints(key);
  if (values.empty()) values.assign(count, fallback);
  TINYML_ONNX_REQUIRE(
      lowering, node, values.size() == count,
      std::string(key) + " does not have one number for each axis");
  for (const int64_t value : values) {
    TINYML_ONNX_REQUIRE(
        lowering, node, value >= least && value < kMaxSize,
        std::string(key) + " " + std::to_string(value) + " is out of range");
  }
  return values;
}

// Output size and pads of an axis by the attributes' rules.
Status Measure(const Lowering& lowering, const Node& node,
               const std::string& auto_pad, bool ceil_mode, SpatialAxis& axis) {
  const int64_t extent = axis.Extent();
  TINYML_ONNX_REQUIRE(lowering, node, extent < kMaxSize,
                      "its dilated kernel is too large");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    axis.output = (axis.input + axis.stride - 1) / axis.stride;
    const int64_t total = std::max<int64_t>(
        (axis.output - 1) * axis.stride + extent - axis.input, 0);
    axis.before = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
    axis.after = total - axis.before;
    return {};
  }
  if (auto_pad == "VALID") axis.before = axis.after = 0;
  const int64_t room = axis.input + axis.before + axis.after - extent;
  TINYML_ONNX_REQUIRE(lowering, node, room >= 0,
                      "its kernel is larger than its padded input; TFLM has no "
                      "empty tensors");
  axis.output = room / axis.stride + 1;
  if (ceil_mode && room % axis.stride != 0) {
    // Unless the window would begin in the padding at the end.
    if (axis.output * axis.stride < axis.input + axis.before) ++axis.output;
  }
  return {};
}

}  // namespace

Result<Window> WindowOf(const Lowering& lowering, const Node& node,
                        const Shape& input, Shape kernel,
                        std::string_view tflm_operator) {
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, input));
  TINYML_ONNX_REQUIRE(lowering, node, input.size() >= 3 && input.size() <= 4,
                      "TFLM's " + std::string(tflm_operator) +
                          " has two spatial axes; its input is of rank " +
                          std::to_string(input.size()));
  const size_t count = input.size() - 2;
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  TINYML_ONNX_REQUIRE(lowering, node,
                      auto_pad == "NOTSET" || auto_pad == "VALID" ||
                          auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER",
                      "its auto_pad is unknown to ONNX");
  const bool filter = !kernel.empty();
  if (!filter) {
    TINYML_ASSIGN_OR_RETURN(
        kernel, PerAxis(lowering, node, "kernel_shape", count, 1, 1));
    TINYML_ONNX_REQUIRE(lowering, node, node.Has("kernel_shape"),
                        "it has no kernel_shape");
  } else {
    const auto stated = node.Ints("kernel_shape");
    TINYML_ONNX_REQUIRE(lowering, node, stated.empty() || stated == kernel,
                        "kernel_shape is not the shape of its filter");
  }
  TINYML_ONNX_REQUIRE(
      lowering, node, kernel.size() == count,
      "its filter does not have one axis for each of its input");
  TINYML_ASSIGN_OR_RETURN(const auto strides,
                          PerAxis(lowering, node, "strides", count, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const auto dilations,
                          PerAxis(lowering, node, "dilations", count, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const auto pads,
                          PerAxis(lowering, node, "pads", 2 * count, 0, 0));
  Window window;
  window.one_dimensional = count == 1;
  const size_t first = 2 - count;
  for (size_t i = 0; i < count; ++i) {
    SpatialAxis& axis = window.axes[first + i];
    TINYML_ONNX_REQUIRE(lowering, node, kernel[i] > 0 && kernel[i] < kMaxSize,
                        "its kernel is out of range");
    axis = {input[2 + i], kernel[i], strides[i],
            dilations[i], pads[i],   pads[count + i]};
    TINYML_RETURN_IF_ERROR(
        Measure(lowering, node, auto_pad, node.Int("ceil_mode", 0) != 0, axis));
  }
  return window;
}

Padding2D PaddingOf(const Window& window, bool same) {
  Padding2D result;
  bool fits_valid = true;
  for (size_t i = 0; i < 2; ++i) {
    const SpatialAxis& axis = window.axes[i];
    // What the windows cover. Less than the pads allow for, perhaps, or than
    // the input has.
    const int64_t covered = (axis.output - 1) * axis.stride + axis.Extent();
    const int64_t total = std::max<int64_t>(covered - axis.input, 0);
    same = same && axis.before == total / 2 &&
           axis.output == (axis.input + axis.stride - 1) / axis.stride;
    result.before[i] = axis.before;
    result.after[i] = std::max<int64_t>(covered - axis.before - axis.input, 0);
    fits_valid = fits_valid && axis.before == 0 && result.after[i] == 0;
  }
  if (fits_valid || !same) return result;
  return {Padding::kSame, {0, 0}, {0, 0}};
}

Result<TensorIndex> GetImage(Lowering& lowering, ValueId id,
                             std::string_view name) {
  const size_t rank = lowering.RankOf(id);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(id, ChannelsLast(rank)));
  if (rank == 4) return tensor;
  Shape dims = DimsOf(lowering, tensor);
  dims.insert(dims.begin() + 1, 1);
  return lowering.EmitReshape(tensor, dims, name);
}

void DefineImage(Lowering& lowering, const Node& node, ValueId like,
                 TensorIndex image, Shape shape) {
  const Layout layout = ChannelsLast(shape.size());
  image = EmitShaped(lowering, image, InLayout(shape, layout),
                     lowering.OutputName(node, 0));
  lowering.Define(node, 0, lowering.TypeOf(like), std::move(shape), image,
                  layout);
}

Shape WindowShape(const Window& window, int64_t batch, int64_t channels) {
  if (window.one_dimensional) return {batch, channels, window.axes[1].output};
  return {batch, channels, window.axes[0].output, window.axes[1].output};
}

Shape WindowDims(const Window& window, int64_t batch, int64_t channels) {
  return {batch, window.axes[0].output, window.axes[1].output, channels};
}

TensorIndex EmitWindowPad(Lowering& lowering, TensorIndex image,
                          const Padding2D& padding, double value,
                          std::string_view name) {
  if (!padding.Explicit()) return image;
  return EmitPad(lowering, image, {0, padding.before[0], padding.before[1], 0},
                 {0, padding.after[0], padding.after[1], 0}, value, name);
}

}  // namespace tinyml::onnx_import
