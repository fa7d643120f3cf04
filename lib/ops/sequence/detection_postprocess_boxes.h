// Boxes of detections, and the suppression of those that overlap better ones.
// Source: tflite-micro 90b983c2b3f1, micro/kernels/detection_postprocess.cc.
#ifndef TINYML_OPS_SEQUENCE_DETECTION_POSTPROCESS_BOXES_H_
#define TINYML_OPS_SEQUENCE_DETECTION_POSTPROCESS_BOXES_H_

#include <cstdint>
#include <span>
#include <vector>

namespace tinyml::ops {

struct DetectionBox {
  float ymin = 0.0F;
  float xmin = 0.0F;
  float ymax = 0.0F;
  float xmax = 0.0F;
};

// A box relative to an anchor, and an anchor.
struct CenterSize {
  float y = 0.0F;
  float x = 0.0F;
  float h = 0.0F;
  float w = 0.0F;
};

// Source: DecodeCenterSizeBoxes.
DetectionBox DecodeBox(const CenterSize& encoding, const CenterSize& anchor,
                       const CenterSize& scale);

// Whether no box is empty or inside out. Source: ValidateBoxes.
bool AreBoxesValid(std::span<const DetectionBox> boxes);

// Writes the indices of the `count` largest values to the front of `indices`,
// which has as many elements as `values`: the largest first, among equal ones
// the lower index first. Source: DecreasingPartialArgSort.
void SortLargest(std::span<const float> values, size_t count,
                 std::span<int32_t> indices);

// Non-maximum suppression of one class. Holds working memory.
class Suppression {
 public:
  explicit Suppression(size_t boxes)
      : kept_(boxes), suppressed_(boxes), selected_(boxes) {}

  // Returns the remaining boxes, at most `largest_count`: those whose score is
  // at least `score_threshold`, the best first, without any that overlap a
  // better one by more than `iou_threshold`. Source:
  // NonMaxSuppressionSingleClassHelper.
  std::span<const int32_t> Select(std::span<const DetectionBox> boxes,
                                  std::span<const float> scores,
                                  float score_threshold, float iou_threshold,
                                  size_t largest_count);

 private:
  std::vector<int32_t> kept_;
  std::vector<uint8_t> suppressed_;
  std::vector<int32_t> selected_;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_DETECTION_POSTPROCESS_BOXES_H_
