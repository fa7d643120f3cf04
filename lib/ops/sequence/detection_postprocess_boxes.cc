#include "ops/sequence/detection_postprocess_boxes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinyml::ops {
namespace {

// How much two boxes overlap: their intersection over their union.
float IntersectionOverUnion(const DetectionBox& a, const DetectionBox& b) {
  const float area_a = (a.ymax - a.ymin) * (a.xmax - a.xmin);
  const float area_b = (b.ymax - b.ymin) * (b.xmax - b.xmin);
  if (area_a <= 0 || area_b <= 0) return 0.0F;
  const float height = std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin);
  const float width = std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin);
  const float both = std::max(height, 0.0F) * std::max(width, 0.0F);
  return both / (area_a + area_b - both);
}

}  // namespace

DetectionBox DecodeBox(const CenterSize& encoding, const CenterSize& anchor,
                       const CenterSize& scale) {
  const auto center = [](double offset, double scale_of, double size,
                         double at) {
    return static_cast<float>(offset / scale_of * size + at);
  };
  const auto half = [](double log, double scale_of, double size) {
    return static_cast<float>(0.5 * std::exp(log / scale_of) * size);
  };
  const float y = center(encoding.y, scale.y, anchor.h, anchor.y);
  const float x = center(encoding.x, scale.x, anchor.w, anchor.x);
  const float half_h = half(encoding.h, scale.h, anchor.h);
  const float half_w = half(encoding.w, scale.w, anchor.w);
  return {y - half_h, x - half_w, y + half_h, x + half_w};
}

bool AreBoxesValid(std::span<const DetectionBox> boxes) {
  return std::none_of(boxes.begin(), boxes.end(), [](const DetectionBox& box) {
    return box.ymin >= box.ymax || box.xmin >= box.xmax;
  });
}

void SortLargest(std::span<const float> values, size_t count,
                 std::span<int32_t> indices) {
  std::iota(indices.begin(), indices.end(), 0);
  // NaN, for which the runtime's order is undefined, sorts last.
  const auto before = [&](int32_t i, int32_t j) {
    const float a = values[i];
    const float b = values[j];
    if (std::isnan(a) || std::isnan(b)) {
      return std::isnan(a) == std::isnan(b) ? i < j : std::isnan(b);
    }
    return a != b ? a > b : i < j;
  };
  std::partial_sort(indices.begin(),
                    indices.begin() + static_cast<ptrdiff_t>(count),
                    indices.end(), before);
}

std::span<const int32_t> Suppression::Select(
    std::span<const DetectionBox> boxes, std::span<const float> scores,
    float score_threshold, float iou_threshold, size_t largest_count) {
  size_t kept = 0;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (scores[i] >= score_threshold) kept_[kept++] = static_cast<int32_t>(i);
  }
  // None of these scores is NaN; equal ones keep their order.
  std::sort(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(kept),
            [&](int32_t i, int32_t j) {
              const float a = scores[i];
              const float b = scores[j];
              return a != b ? a > b : i < j;
            });
  std::fill_n(suppressed_.begin(), kept, uint8_t{0});
  size_t selected = 0;
  for (size_t i = 0; i < kept && selected < largest_count; ++i) {
    if (suppressed_[i] != 0) continue;
    const DetectionBox& best = boxes[kept_[i]];
    selected_[selected++] = kept_[i];
    for (size_t j = i + 1; j < kept; ++j) {
      if (suppressed_[j] != 0) continue;
      const DetectionBox& other = boxes[kept_[j]];
      if (IntersectionOverUnion(best, other) > iou_threshold) {
        suppressed_[j] = 1;
      }
    }
  }
  return {selected_.data(), selected};
}

}  // namespace tinyml::ops
