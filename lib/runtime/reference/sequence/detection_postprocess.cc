// TFLite_Detection_PostProcess. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/detection_postprocess.cc, DetectionPostProcessInit and
// DetectionPostProcessPrepare; for the warnings: the Eval functions there.
#include <algorithm>
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/abi/core_structs.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"

namespace tinyml::runtime {
namespace {

constexpr int kBoxCoordinates = 4;
constexpr Field kOpDataFields[] = {Int32(3),
                                   Float(2),
                                   Int32(),
                                   Bool(),
                                   Float(4),
                                   Int32(11),
                                   Struct(kTfLiteQuantizationParams, 3)};
constexpr StructDef kOpData = {"OpData (TFLite_Detection_PostProcess)",
                               kOpDataFields};

struct DetectionOptions {
  int64_t max_detections = 0;
  int64_t max_classes_per_detection = 0;
  int64_t detections_per_class = 100;
  int64_t num_classes = 0;
  bool regular_nms = false;
  float iou_threshold = 0.0F;
};

Result<DetectionOptions> ReadOptions(const KernelContext& context) {
  DetectionOptions options;
  TINYML_ASSIGN_OR_RETURN(const FlexScalar max_detections,
                          OptionValue(context, "max_detections"));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar max_classes,
                          OptionValue(context, "max_classes_per_detection"));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar per_class,
                          OptionValue(context, "detections_per_class"));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar regular,
                          OptionValue(context, "use_regular_nms"));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar iou,
                          OptionValue(context, "nms_iou_threshold"));
  TINYML_ASSIGN_OR_RETURN(const FlexScalar classes,
                          OptionValue(context, "num_classes"));
  options.max_detections = max_detections.AsInt32();
  options.max_classes_per_detection = max_classes.AsInt32();
  if (!per_class.IsNull()) options.detections_per_class = per_class.AsInt32();
  options.num_classes = classes.AsInt32();
  options.regular_nms = regular.AsBool();
  options.iou_threshold = static_cast<float>(iou.AsDouble());
  return options;
}

Status Init(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(ReadOptions(context));
  context.Persistent(kOpData);
  return {};
}

// What Eval checks, and returns an error for.
void WarnOfInvoke(KernelContext& context, const DetectionOptions& options,
                  const RuntimeTensor& boxes, const RuntimeTensor& scores) {
  const auto fails = [&](bool fine, const std::string& reason) {
    if (!fine) context.Warn(reason + ": Invoke will fail");
  };
  WarnOfType(context, boxes, "box encodings", {TensorType::kFloat32});
  WarnOfType(context, scores, "class predictions", {TensorType::kFloat32});
  fails(boxes.Dim(0) == 1 && scores.Dim(0) == 1, "the batch size is not 1");
  fails(boxes.Dim(2) >= kBoxCoordinates,
        "box encodings " + boxes.Describe() + " have fewer than 4 coordinates");
  fails(scores.Dim(1) == boxes.Dim(1), "class predictions " +
                                           scores.Describe() +
                                           " are not for the same boxes as "
                                           "box encodings " +
                                           boxes.Describe());
  const int64_t background = scores.Dim(2) - options.num_classes;
  fails(background == 0 || background == 1,
        "class predictions " + scores.Describe() + " do not fit num_classes " +
            std::to_string(options.num_classes));
  fails(options.iou_threshold > 0.0F && options.iou_threshold <= 1.0F,
        "nms_iou_threshold is not above 0 and up to 1");
  fails(options.regular_nms ? options.detections_per_class > 0
                            : options.max_classes_per_detection > 0,
        options.regular_nms ? "detections_per_class is not above 0"
                            : "max_classes_per_detection is not above 0");
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const DetectionOptions options, ReadOptions(context));
  TINYML_RETURN_IF_ERROR(CheckArity(context, 3, 4));
  const RuntimeTensor* boxes = context.TempInput(0);
  const RuntimeTensor* scores = context.TempInput(1);
  const RuntimeTensor* anchors = context.TempInput(2);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, boxes, "box encodings"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, scores, "class predictions"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, anchors, "anchors"));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *boxes, "box encodings", 3));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *scores, "class predictions", 3));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *anchors, "anchors", 2));

  const int64_t count = boxes->Dim(1);
  const int64_t detections = options.max_detections;
  const auto request = [&](int64_t elements, int64_t bytes) -> Status {
    TINYML_ASSIGN_OR_RETURN(
        const int64_t total,
        ArrayBytes(context, "scratch buffer", elements, bytes));
    return context.Scratch(total);
  };
  TINYML_RETURN_IF_ERROR(request(count, 1));  // Active candidates.
  TINYML_RETURN_IF_ERROR(request(count * kBoxCoordinates, 4));
  TINYML_RETURN_IF_ERROR(request(int64_t{scores->Dim(1)} * scores->Dim(2), 4));
  TINYML_RETURN_IF_ERROR(request(count, 4));               // Scores.
  TINYML_RETURN_IF_ERROR(request(count, 4));               // Scores to keep.
  TINYML_RETURN_IF_ERROR(request(detections * count, 4));  // After suppression.
  TINYML_RETURN_IF_ERROR(request(detections * count, 4));  // Sorted values.
  TINYML_RETURN_IF_ERROR(request(count, 4));               // Indices to keep.
  TINYML_RETURN_IF_ERROR(request(detections * count, 4));  // Sorted indices.
  TINYML_RETURN_IF_ERROR(
      request(std::max(options.num_classes, detections) * count, 4));
  TINYML_RETURN_IF_ERROR(request(std::min(count, detections) * count, 4));
  WarnOfInvoke(context, options, *boxes, *scores);
  return {};
}

}  // namespace

const OperatorKernel reference::kDetectionPostprocess = {.init = Init,
                                                         .prepare = Prepare};

}  // namespace tinyml::runtime
