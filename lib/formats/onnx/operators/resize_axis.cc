#include "formats/onnx/operators/resize_axis.h"

#include <algorithm>
#include <cmath>

namespace tinyml::onnx_import {
namespace {

// Where element `at` of the output lies in the input.
double Origin(const ResizeAxis& axis, int64_t at) {
  const auto x = static_cast<double>(at);
  const auto input = static_cast<double>(axis.input);
  const auto output = static_cast<double>(axis.output);
  const std::string& mode = axis.coordinates;
  if (mode == "asymmetric") return x / axis.scale;
  if (mode == "align_corners") {
    // As the definition's own code has it: the length that was asked for, which
    // need not be whole.
    const double length = axis.scale * input;
    return axis.output == 1 || length == 1 ? 0 : x * (input - 1) / (length - 1);
  }
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
  if (mode == "tf_crop_and_resize") {
    return axis.output > 1
               ? axis.start * (input - 1) +
                     x * (axis.end - axis.start) * (input - 1) / (output - 1)
               : 0.5 * (axis.start + axis.end) * (input - 1);
  }
  if (mode == "pytorch_half_pixel" && axis.output == 1) return 0;
  const double half = (x + 0.5) / axis.scale - 0.5;
  if (mode == "half_pixel_symmetric") {
    const double adjustment = output / (axis.scale * input);
    return input / 2 * (1 - adjustment) + half;
  }
  return half;  // half_pixel
}

bool Outside(const ResizeAxis& axis, double origin) {
  return axis.coordinates == "tf_crop_and_resize" &&
         (origin < 0 || origin > static_cast<double>(axis.input - 1));
}

// The kernel of the interpolation at distance x.
double Kernel(ResizeMode mode, double a, double x) {
  x = std::fabs(x);
  if (mode == ResizeMode::kLinear) return std::max(0.0, 1 - x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

float RuntimeScale(int64_t input, int64_t output,
                   const ResizeOptions& options) {
  const auto length = static_cast<float>(input);
  const auto result = static_cast<float>(output);
  return options.align_corners && output > 1 ? (length - 1) / (result - 1)
                                             : length / result;
}

}  // namespace

bool KnownCoordinates(const std::string& coordinates) {
  for (const char* known : {"half_pixel", "half_pixel_symmetric",
                            "pytorch_half_pixel", "align_corners", "asymmetric",
                            "tf_half_pixel_for_nn", "tf_crop_and_resize"}) {
    if (coordinates == known) return true;
  }
  return false;
}

std::optional<std::vector<int64_t>> NearestIndices(const ResizeAxis& axis) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < axis.output; ++i) {
    const double origin = Origin(axis, i);
    if (Outside(axis, origin)) return std::nullopt;
    double place = std::floor(origin);
    if (axis.nearest == "ceil") {
      place = std::ceil(origin);
    } else if (axis.nearest == "round_prefer_ceil") {
      place = std::floor(origin + 0.5);
    } else if (axis.nearest != "floor") {
      place = std::ceil(origin - 0.5);
    }
    indices.push_back(
        std::clamp<int64_t>(static_cast<int64_t>(place), 0, axis.input - 1));
  }
  return indices;
}

std::optional<std::vector<float>> ResizeWeights(const ResizeAxis& axis,
                                                ResizeMode mode) {
  const size_t width = axis.input;
  std::vector<float> weights(static_cast<size_t>(axis.output) * width, 0);
  const double reach = mode == ResizeMode::kCubic ? 2 : 1;
  // Shrinking, the kernel spans what falls together.
  const double scale = axis.antialias ? std::min(axis.scale, 1.0) : 1.0;
  const auto first = static_cast<int64_t>(std::floor(-reach / scale)) + 1;
  const int64_t last = 1 - first;
  for (int64_t i = 0; i < axis.output; ++i) {
    const double origin = Origin(axis, i);
    if (Outside(axis, origin)) return std::nullopt;
    // The element on the left; an element itself counts as the right one.
    const double left = std::ceil(origin) - 1;
    const double ratio = origin - left;
    std::vector<double> row(width, 0);
    double sum = 0;
    for (int64_t tap = first; tap <= last; ++tap) {
      const int64_t at = static_cast<int64_t>(left) + tap;
      const bool outside = at < 0 || at >= axis.input;
      if (outside && axis.exclude_outside) continue;
      const double weight = Kernel(mode, axis.cubic_a,
                                   (static_cast<double>(tap) - ratio) * scale);
      sum += weight;
      row[std::clamp<int64_t>(at, 0, axis.input - 1)] += weight;
    }
    const bool normalize = axis.antialias || axis.exclude_outside;
    for (size_t k = 0; k < width; ++k) {
      weights[static_cast<size_t>(i) * width + k] =
          static_cast<float>(normalize && sum != 0 ? row[k] / sum : row[k]);
    }
  }
  return weights;
}

std::vector<int64_t> RuntimeIndices(int64_t input, int64_t output,
                                    const ResizeOptions& options) {
  const float scale = RuntimeScale(input, output, options);
  const float offset = options.half_pixel_centers ? 0.5F : 0.0F;
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < output; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    const float place = options.align_corners ? std::round(at) : std::floor(at);
    indices.push_back(
        std::min<int64_t>(static_cast<int64_t>(place), input - 1));
  }
  return indices;
}

std::vector<float> RuntimeWeights(int64_t input, int64_t output,
                                  const ResizeOptions& options) {
  const float scale = RuntimeScale(input, output, options);
  const size_t width = input;
  std::vector<float> weights(static_cast<size_t>(output) * width, 0);
  for (int64_t i = 0; i < output; ++i) {
    const auto index = static_cast<float>(i);
    const float at = options.half_pixel_centers ? (index + 0.5F) * scale - 0.5F
                                                : index * scale;
    const auto low =
        std::clamp<int64_t>(static_cast<int64_t>(std::floor(at)), 0, input - 1);
    const auto high =
        std::clamp<int64_t>(static_cast<int64_t>(std::ceil(at)), 0, input - 1);
    const float fraction = at - static_cast<float>(low);
    float* row = weights.data() + static_cast<size_t>(i) * width;
    row[low] += 1 - fraction;
    row[high] += fraction;
  }
  return weights;
}

}  // namespace tinyml::onnx_import
