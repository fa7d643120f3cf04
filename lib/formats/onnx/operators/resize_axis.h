// Resizing along one axis, as ONNX's Resize defines it.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_RESIZE_AXIS_H_
#define TINYML_FORMATS_ONNX_OPERATORS_RESIZE_AXIS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinyml::onnx_import {

enum class ResizeMode { kNearest, kLinear, kCubic };

struct ResizeAxis {
  int64_t input = 1;
  int64_t output = 1;
  double scale = 1;  // As given, or output / input.
  std::string coordinates = "half_pixel";
  std::string nearest = "round_prefer_floor";
  double start = 0;  // The region of interest, for tf_crop_and_resize.
  double end = 1;
  bool antialias = false;
  bool exclude_outside = false;
  double cubic_a = -0.75;
};

// Whether `coordinates` is one of ONNX's modes.
bool KnownCoordinates(const std::string& coordinates);

// The index of the input for each of the output. Nothing if one lies outside of
// the input, where tf_crop_and_resize would extrapolate.
std::optional<std::vector<int64_t>> NearestIndices(const ResizeAxis& axis);

// The weights of the input's elements in each of the output's: output x input.
// Nothing as above.
std::optional<std::vector<float>> ResizeWeights(const ResizeAxis& axis,
                                                ResizeMode mode);

// What RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR do with an axis; both
// options may not be on. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/reference/resize_nearest_neighbor.h, resize_bilinear.h.
struct ResizeOptions {
  bool align_corners = false;
  bool half_pixel_centers = false;
};
std::vector<int64_t> RuntimeIndices(int64_t input, int64_t output,
                                    const ResizeOptions& options);
std::vector<float> RuntimeWeights(int64_t input, int64_t output,
                                  const ResizeOptions& options);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_RESIZE_AXIS_H_
