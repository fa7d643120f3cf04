// Defects of tflite-micro's interpreter, and of its kernels that keep a state:
// variables, control flow, signal processing. Source, unless a row names
// another: tflite-micro 90b983c2b3f1, micro/.
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

constexpr HazardRow kRows[] = {
    {"tflm-reshape-writes-model", HazardSeverity::kMemory,
     HazardCode::kReference, "tflm", "RESHAPE", std::nullopt, std::nullopt,
     ReshapeWritesModel,
     "RESHAPE to [0], which old converters write for a scalar, changes the "
     "shape in the model itself: a fault where the model is in flash",
     "kernels/reshape_common.cc, ReshapeOutput",
     "keep the model in memory that can be written, or give the output the "
     "shape []"},
};

}  // namespace

std::span<const HazardRow> TflmStateHazards() { return kRows; }

}  // namespace tinyml::runtime
