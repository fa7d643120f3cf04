#include "formats/samples/resize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tinyml::samples {
namespace {

// The source pixels that make one pixel, along one axis.
struct Taps {
  int first = 0;
  std::vector<float> weights;  // Their sum is 1.
};

std::vector<Taps> TapsOf(int from, int to) {
  std::vector<Taps> all(static_cast<size_t>(to));
  const double step = static_cast<double>(from) / to;
  const double reach = std::max(step, 1.0);
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * step;
    const int first = std::max(0, static_cast<int>(centre - reach + 0.5));
    const int last = std::min(from, static_cast<int>(centre + reach + 0.5));
    Taps& taps = all[i];
    taps.first = first;
    double sum = 0;
    for (int at = first; at < last; ++at) {
      const double weight =
          std::max(0.0, 1 - std::abs(at + 0.5 - centre) / reach);
      taps.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : taps.weights) weight /= static_cast<float>(sum);
  }
  return all;
}

}  // namespace

std::vector<float> Resize(const Image& image, int width, int height) {
  const size_t channels = image.channels;
  const size_t row_size = static_cast<size_t>(image.width) * channels;
  const std::vector<Taps> columns = TapsOf(image.width, width);
  const std::vector<Taps> rows = TapsOf(image.height, height);
  std::vector<float> result;
  result.reserve(static_cast<size_t>(width) * static_cast<size_t>(height) *
                 channels);
  // A row of the result from rows of the image, then its columns.
  std::vector<float> row(row_size);
  for (const Taps& taps : rows) {
    std::ranges::fill(row, 0.0F);
    for (size_t i = 0; i < taps.weights.size(); ++i) {
      const uint8_t* const from =
          image.pixels.data() +
          (static_cast<size_t>(taps.first) + i) * row_size;
      for (size_t x = 0; x < row_size; ++x) {
        row[x] += taps.weights[i] * static_cast<float>(from[x]);
      }
    }
    for (const Taps& across : columns) {
      for (size_t c = 0; c < channels; ++c) {
        float value = 0;
        for (size_t i = 0; i < across.weights.size(); ++i) {
          value += across.weights[i] *
                   row[(static_cast<size_t>(across.first) + i) * channels + c];
        }
        result.push_back(value);
      }
    }
  }
  return result;
}

}  // namespace tinyml::samples
