// TFLite_Detection_PostProcess. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/detection_postprocess.cc.
#include <algorithm>
#include <vector>

#include "base/macros.h"
#include "model/flexbuffer.h"
#include "ops/kernel.h"
#include "ops/sequence/detection_postprocess_boxes.h"

namespace tinyml::ops {
namespace {

struct Options {
  size_t max_detections = 0;
  int32_t max_classes_per_detection = 0;  // Of the fast mode.
  int32_t detections_per_class = 100;     // Of the regular mode.
  size_t num_classes = 0;
  bool regular = false;
  float score_threshold = 0.0F;
  float iou_threshold = 0.0F;
  CenterSize scale;
};

// A map's values; those that are missing count as 0.
class OptionReader {
 public:
  explicit OptionReader(const OpContext& op)
      : op_(op), buffer_(op.CustomOptions()) {}

  Result<FlexScalar> Get(std::string_view key) const {
    const auto value = buffer_.Find(key);
    TINYML_REQUIRE(op_, value.has_value(),
                   "its options are not a readable FlexBuffer map");
    return *value;
  }
  Status GetFloat(std::string_view key, float* to) const {
    TINYML_ASSIGN_OR_RETURN(const FlexScalar value, Get(key));
    *to = static_cast<float>(value.AsDouble());
    return {};
  }
  Status GetSize(std::string_view key, size_t* to) const {
    TINYML_ASSIGN_OR_RETURN(const FlexScalar value, Get(key));
    TINYML_REQUIRE(op_, value.AsInt32() >= 0,
                   "option " + std::string(key) + " is negative");
    *to = static_cast<size_t>(value.AsInt32());
    return {};
  }

 private:
  const OpContext& op_;
  FlexBuffer buffer_;
};

Result<Options> ReadOptions(const OpContext& op) {
  const OptionReader reader(op);
  Options options;
  TINYML_RETURN_IF_ERROR(
      reader.GetSize("max_detections", &options.max_detections));
  TINYML_RETURN_IF_ERROR(reader.GetSize("num_classes", &options.num_classes));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar max_classes,
                          reader.Get("max_classes_per_detection"));
  options.max_classes_per_detection = max_classes.AsInt32();
  TINYML_ASSIGN_OR_RETURN(const FlexScalar per_class,
                          reader.Get("detections_per_class"));
  if (!per_class.IsNull()) options.detections_per_class = per_class.AsInt32();
  TINYML_ASSIGN_OR_RETURN(const FlexScalar regular,
                          reader.Get("use_regular_nms"));
  options.regular = regular.AsBool();
  TINYML_RETURN_IF_ERROR(
      reader.GetFloat("nms_score_threshold", &options.score_threshold));
  TINYML_RETURN_IF_ERROR(
      reader.GetFloat("nms_iou_threshold", &options.iou_threshold));
  TINYML_RETURN_IF_ERROR(reader.GetFloat("y_scale", &options.scale.y));
  TINYML_RETURN_IF_ERROR(reader.GetFloat("x_scale", &options.scale.x));
  TINYML_RETURN_IF_ERROR(reader.GetFloat("h_scale", &options.scale.h));
  TINYML_RETURN_IF_ERROR(reader.GetFloat("w_scale", &options.scale.w));
  return options;
}

struct Operands {
  const TensorView* encodings = nullptr;
  const TensorView* scores = nullptr;
  const TensorView* anchors = nullptr;
  const TensorView* boxes = nullptr;
  const TensorView* classes = nullptr;
  const TensorView* box_scores = nullptr;
  const TensorView* count = nullptr;

  size_t Boxes() const { return static_cast<size_t>(encodings->Dim(1)); }
  // With or without a first class for the background.
  size_t ScoresPerBox() const { return static_cast<size_t>(scores->Dim(2)); }
  // How many detections every output can hold.
  size_t Capacity() const {
    return static_cast<size_t>(std::min(
        {boxes->Elements() / 4, classes->Elements(), box_scores->Elements()}));
  }
};

Result<Operands> TakeOperands(const OpContext& op, const Options& options) {
  const Operands operands{op.Input(0),  op.Input(1),  op.Input(2), op.Output(0),
                          op.Output(1), op.Output(2), op.Output(3)};
  for (const TensorView* view :
       {operands.encodings, operands.scores, operands.anchors, operands.boxes,
        operands.classes, operands.box_scores, operands.count}) {
    TINYML_REQUIRE(op, view != nullptr, "an input or output is missing");
    TINYML_REQUIRE(op, view->type == TensorType::kFloat32,
                   view->Describe() + " has a type other than float32");
  }
  TINYML_REQUIRE(op,
                 operands.encodings->Rank() == 3 &&
                     operands.encodings->Dim(0) == 1 &&
                     operands.encodings->Dim(2) >= 4,
                 "box encodings " + operands.encodings->Describe() +
                     " should have shape [1,boxes,4]");
  const int32_t boxes = operands.encodings->Dim(1);
  TINYML_REQUIRE(op,
                 operands.scores->Rank() == 3 && operands.scores->Dim(0) == 1 &&
                     operands.scores->Dim(1) == boxes,
                 "class predictions " + operands.scores->Describe() +
                     " should have shape [1,boxes,classes]");
  TINYML_REQUIRE(op,
                 operands.ScoresPerBox() == options.num_classes ||
                     operands.ScoresPerBox() == options.num_classes + 1,
                 "class predictions " + operands.scores->Describe() +
                     " do not fit num_classes");
  TINYML_REQUIRE(
      op, operands.anchors->Elements() >= int64_t{4} * boxes,
      "anchors " + operands.anchors->Describe() + " are fewer than the boxes");
  TINYML_REQUIRE(op, operands.count->Elements() >= 1,
                 "output " + operands.count->Describe() + " is empty");
  return operands;
}

struct Postprocess {
  Postprocess(const Options& options_made, const Operands& operands_made)
      : options(options_made),
        operands(operands_made),
        boxes(operands.Boxes()),
        scores(operands.Boxes()),
        suppression(operands.Boxes()) {
    if (options.regular) {
      const size_t largest = options.max_detections + operands.Boxes();
      best.resize(largest);
      best_scores.resize(largest);
      order.resize(largest);
      ordered.resize(options.max_detections);
      ordered_scores.resize(options.max_detections);
    } else {
      class_order.resize(operands.Boxes() * options.num_classes);
    }
  }

  // The scores of a box, without the background's.
  const float* ScoresOf(size_t box) const {
    const size_t background = operands.ScoresPerBox() - options.num_classes;
    return operands.scores->As<float>().data() + box * operands.ScoresPerBox() +
           background;
  }

  void Write(size_t i, const DetectionBox& box, size_t class_index,
             float score) const {
    float* to = operands.boxes->Mutable<float>().data() + 4 * i;
    to[0] = box.ymin;
    to[1] = box.xmin;
    to[2] = box.ymax;
    to[3] = box.xmax;
    operands.classes->Mutable<float>()[i] = static_cast<float>(class_index);
    operands.box_scores->Mutable<float>()[i] = score;
  }

  Status DecodeBoxes(const OpContext& op) {
    const auto stride = static_cast<size_t>(operands.encodings->Dim(2));
    const float* encodings = operands.encodings->As<float>().data();
    const float* anchors = operands.anchors->As<float>().data();
    const auto take = [](const float* at) {
      return CenterSize{at[0], at[1], at[2], at[3]};
    };
    for (size_t i = 0; i < boxes.size(); ++i) {
      boxes[i] = DecodeBox(take(encodings + i * stride), take(anchors + 4 * i),
                           options.scale);
    }
    TINYML_REQUIRE(op, AreBoxesValid(boxes),
                   "a box is empty or inside out, which the runtime refuses");
    return {};
  }

  // Each class by itself; the best detections of all classes remain. Source:
  // NonMaxSuppressionMultiClassRegularHelper.
  Status RunRegular() {
    size_t count = 0;
    for (size_t c = 0; c < options.num_classes; ++c) {
      for (size_t i = 0; i < scores.size(); ++i) scores[i] = ScoresOf(i)[c];
      const auto selected = suppression.Select(
          boxes, scores, options.score_threshold, options.iou_threshold,
          static_cast<size_t>(options.detections_per_class));
      for (const int32_t box : selected) {
        const size_t index = box;
        best[count] = {index, c};
        best_scores[count++] = scores[index];
      }
      const size_t keep = std::min(count, options.max_detections);
      SortLargest({best_scores.data(), count}, keep, {order.data(), count});
      for (size_t i = 0; i < keep; ++i) {
        ordered[i] = best[order[i]];
        ordered_scores[i] = best_scores[order[i]];
      }
      std::copy_n(ordered.begin(), keep, best.begin());
      std::copy_n(ordered_scores.begin(), keep, best_scores.begin());
      count = keep;
    }
    for (size_t i = 0; i < options.max_detections; ++i) {
      if (i < count) {
        Write(i, boxes[best[i].box], best[i].class_index, best_scores[i]);
      } else {
        Write(i, {}, 0, 0.0F);
      }
    }
    operands.count->Mutable<float>()[0] = static_cast<float>(count);
    return {};
  }

  // All classes at once, by the best score of each box. Source:
  // NonMaxSuppressionMultiClassFastHelper.
  Status RunFast(const OpContext& op) {
    const size_t classes = options.num_classes;
    const size_t per_box = std::min(
        static_cast<size_t>(options.max_classes_per_detection), classes);
    for (size_t i = 0; i < scores.size(); ++i) {
      const std::span<int32_t> indices(&class_order[i * classes], classes);
      SortLargest({ScoresOf(i), classes}, per_box, indices);
      scores[i] = ScoresOf(i)[indices[0]];
    }
    const auto selected =
        suppression.Select(boxes, scores, options.score_threshold,
                           options.iou_threshold, options.max_detections);
    for (const TensorView* view :
         {operands.boxes, operands.classes, operands.box_scores}) {
      std::fill(view->Mutable<float>().begin(), view->Mutable<float>().end(),
                0.0F);
    }
    size_t count = 0;
    for (const int32_t box : selected) {
      const size_t index = box;
      for (size_t k = 0; k < per_box; ++k) {
        // The runtime counts detections here, not boxes, and so leaves gaps.
        const size_t at = per_box * count + k;
        TINYML_REQUIRE(op, at < operands.Capacity(),
                       "it would write past the end of its outputs");
        const size_t c = class_order[index * classes + k];
        Write(at, boxes[index], c, ScoresOf(index)[c]);
        ++count;
      }
    }
    operands.count->Mutable<float>()[0] = static_cast<float>(count);
    return {};
  }

  struct Detection {
    size_t box = 0;
    size_t class_index = 0;
  };

  Options options;
  Operands operands;
  std::vector<DetectionBox> boxes;
  std::vector<float> scores;  // Of one class, or the best of each box.
  Suppression suppression;
  // The regular mode's best detections, and their order.
  std::vector<Detection> best;
  std::vector<float> best_scores;
  std::vector<int32_t> order;
  std::vector<Detection> ordered;
  std::vector<float> ordered_scores;
  // The fast mode's classes of each box, the best first.
  std::vector<int32_t> class_order;
};

Status CheckOptions(OpContext& op, const Options& options,
                    const Operands& operands) {
  TINYML_REQUIRE(op,
                 options.iou_threshold > 0.0F && options.iou_threshold <= 1.0F,
                 "nms_iou_threshold is not above 0 and up to 1");
  if (options.regular) {
    TINYML_REQUIRE(op, options.detections_per_class > 0,
                   "detections_per_class is not above 0");
    TINYML_REQUIRE(op, operands.Capacity() >= options.max_detections,
                   "its outputs have no room for max_detections");
    return {};
  }
  TINYML_REQUIRE(
      op, options.max_classes_per_detection > 0 && options.num_classes > 0,
      "max_classes_per_detection or num_classes is not above 0");
  const bool gaps =
      std::min(static_cast<size_t>(options.max_classes_per_detection),
               options.num_classes) > 1;
  op.Warn(gaps ? "with more than one class per detection, the fast mode leaves "
                 "gaps in its outputs, which are unwritten in the runtime and "
                 "0 here"
               : "after the last detection, the fast mode leaves its outputs "
                 "unwritten in the runtime; they are 0 here");
  return {};
}

}  // namespace

Result<Invocation> PrepareDetectionPostprocess(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const Options options, ReadOptions(op));
  TINYML_ASSIGN_OR_RETURN(const Operands operands, TakeOperands(op, options));
  TINYML_RETURN_IF_ERROR(CheckOptions(op, options, operands));
  return
      [&op, postprocess = Postprocess(options, operands)]() mutable -> Status {
        TINYML_RETURN_IF_ERROR(postprocess.DecodeBoxes(op));
        return postprocess.options.regular ? postprocess.RunRegular()
                                           : postprocess.RunFast(op);
      };
}

}  // namespace tinyml::ops
