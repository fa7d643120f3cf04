// Defects of tflite-micro's kernels that move values: shapes, slices, batches.
// Source, unless a row names another: tflite-micro 90b983c2b3f1,
// micro/kernels/.
#include <algorithm>

#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding SpaceToBatchPadding(const HazardSite& site) {
  const RuntimeTensor* paddings = site.Input(2);
  if (paddings == nullptr || paddings->type != TensorType::kInt32) return {};
  const auto values = paddings->DataAs<int32_t>();
  return MetIf(
      std::ranges::any_of(values, [](int32_t value) { return value != 0; }));
}

HazardFinding StridedSliceMasks(const HazardSite& site) {
  const auto& options = site.Options<StridedSliceOptions>();
  return MetIf(options.ellipsis_mask != 0 || options.new_axis_mask != 0 ||
               options.offset);
}

constexpr HazardRow kRows[] = {
    {"tflm-space-to-batch-padding", HazardSeverity::kUndefined,
     HazardCode::kReference, "tflm", "SPACE_TO_BATCH_ND", std::nullopt,
     std::nullopt, SpaceToBatchPadding,
     "SPACE_TO_BATCH_ND pads with a value that the runtime never sets",
     "tflite-micro issues 1629, 1646, 2319; space_to_batch_nd.cc, "
     "SpaceToBatchNDInit and SpaceToBatchNDEval",
     "pad with PAD before it; where it is half of a dilated convolution, fold "
     "that, as tinyml convert and quantize do"},
    {"tflm-strided-slice-masks", HazardSeverity::kResults,
     HazardCode::kReference, "tflm", "STRIDED_SLICE", std::nullopt,
     std::nullopt, StridedSliceMasks,
     "STRIDED_SLICE ignores ellipsis_mask, new_axis_mask and offset",
     "strided_slice_common.cc, BuildStridedSliceParams",
     "write out begin and end for every dimension, and add axes with RESHAPE",
     "", "", true},
};

}  // namespace

std::span<const HazardRow> TflmMovementHazards() { return kRows; }

}  // namespace tinyml::runtime
