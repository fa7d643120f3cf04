// Sliding windows: kernel, strides, dilations and pads of ONNX's convolutions
// and poolings, and how TFLite's two kinds of padding serve them.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_WINDOW_H_
#define TINYML_FORMATS_ONNX_OPERATORS_WINDOW_H_

#include <array>
#include <cstdint>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// One spatial axis.
struct SpatialAxis {
  int64_t input = 1;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t before = 0;  // Pads.
  int64_t after = 0;
  int64_t output = 1;

  // From the first element that a window sees to past the last.
  int64_t Extent() const { return (kernel - 1) * dilation + 1; }
};

// Height and width. One-dimensional windows are those of a height of 1.
struct Window {
  std::array<SpatialAxis, 2> axes;
  bool one_dimensional = false;
};

// The window of a node whose input has the shape `input` (N, C and one or two
// spatial axes). `kernel` is the size of the filter, or empty for the attribute
// kernel_shape. Refuses three spatial axes, for `tflm_operator`.
Result<Window> WindowOf(const Lowering& lowering, const Node& node,
                        const Shape& input, Shape kernel,
                        std::string_view tflm_operator);

// How TFLite pads.
struct Padding2D {
  Padding padding = Padding::kValid;
  // What an operator before must add, zero for SAME.
  std::array<int64_t, 2> before = {0, 0};
  std::array<int64_t, 2> after = {0, 0};

  bool Explicit() const {
    return before[0] + before[1] + after[0] + after[1] > 0;
  }
};
// SAME or VALID if one gives the window's output and places it alike; padding
// by an operator before otherwise. `same` allows the former.
Padding2D PaddingOf(const Window& window, bool same = true);

// `id`, an image in ONNX's N, C, (H,) W, as N, H, W, C in memory.
Result<TensorIndex> GetImage(Lowering& lowering, ValueId id,
                             std::string_view name);
// Output 0 of `node` is `image`, N, H, W, C in memory, where `shape` is ONNX's.
void DefineImage(Lowering& lowering, const Node& node, ValueId like,
                 TensorIndex image, Shape shape);
// The shape in ONNX's order of a result with `channels`.
Shape WindowShape(const Window& window, int64_t batch, int64_t channels);
// The same in memory, with a height of 1 for one dimension.
Shape WindowDims(const Window& window, int64_t batch, int64_t channels);
// PAD (or PADV2) of height and width.
TensorIndex EmitWindowPad(Lowering& lowering, TensorIndex image,
                          const Padding2D& padding, double value,
                          std::string_view name);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_WINDOW_H_
