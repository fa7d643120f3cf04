// Defects of tflite-micro's interpreter, and of its kernels that keep a state:
// variables, control flow, signal processing. Source, unless a row names
// another: tflite-micro 90b983c2b3f1, micro/.
#include <algorithm>
#include <string>
#include <string_view>

#include "model/flexbuffer.h"
#include "runtime/hazards/rows.h"

namespace tinyml::runtime {
namespace {

// The runtime writes a scalar's shape over that of the model.
HazardFinding ReshapeWritesModel(const HazardSite& site) {
  if (site.NumInputs() != 1 || site.NumOutputs() != 1) return {};
  const TensorIndex output = site.op().outputs[0];
  if (output < 0) return {};
  const Tensor& tensor = site.subgraph().tensors[output];
  return MetIf(tensor.shape.size() == 1 && tensor.shape[0] == 0);
}

// Each of several classes of a detection is written where the output would
// have it if every class before were a detection.
HazardFinding DetectionFastMode(const HazardSite& site) {
  if (!site.op().custom_options) return {};
  const FlexBuffer options(site.op().custom_options->bytes());
  const auto value = [&](std::string_view key) {
    return options.Find(key).value_or(FlexScalar());
  };
  if (value("use_regular_nms").AsBool()) return {};
  const int32_t classes = std::min(value("max_classes_per_detection").AsInt32(),
                                   value("num_classes").AsInt32());
  return MetIf(classes > 1, std::to_string(classes) + " classes");
}

constexpr HazardRow kRows[] = {
    {"tflm-reshape-writes-model", HazardSeverity::kMemory,
     HazardCode::kReference, "tflm", "RESHAPE", std::nullopt, std::nullopt,
     ReshapeWritesModel,
     "RESHAPE to [0], which old converters write for a scalar, changes the "
     "shape in the model itself: a fault where the model is in flash",
     "kernels/reshape_common.cc, ReshapeOutput",
     "keep the model in memory that can be written, or give the output the "
     "shape []"},
    {"tflm-detection-fast-mode", HazardSeverity::kMemory,
     HazardCode::kReference, "tflm", "TFLite_Detection_PostProcess",
     std::nullopt, std::nullopt, DetectionFastMode,
     "the fast mode with more than one class for a detection leaves gaps in "
     "its outputs and writes past their end when there are many detections",
     "kernels/detection_postprocess.cc, NonMaxSuppressionMultiClassFastHelper",
     "set max_classes_per_detection to 1 or use_regular_nms"},
};

}  // namespace

std::span<const HazardRow> TflmStateHazards() { return kRows; }

}  // namespace tinyml::runtime
