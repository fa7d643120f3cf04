// Strips from a model what the runtime never reads.
#ifndef TINYML_MODEL_STRIP_H_
#define TINYML_MODEL_STRIP_H_

#include <string_view>

#include "tinyml/model.h"

namespace tinyml {

// Metadata that the runtime looks up by name. Source: tflite-micro
// 90b983c2b3f1, tensorflow/lite/micro/micro_allocation_info.cc and
// compression.h.
inline constexpr std::string_view kOfflinePlanMetadata =
    "OfflineMemoryAllocation";
inline constexpr std::string_view kCompressionMetadata = "COMPRESSION_METADATA";

// Returns `model` without names, descriptions, signatures, shape signatures,
// recorded ranges, debug references, other metadata, and without buffers and
// operator codes that nothing refers to. Subgraphs, tensors and operators keep
// their order and indices, so the runtime allocates and computes the same.
// Requires a model that ValidateModel accepts.
Model StripModel(const Model& model);

}  // namespace tinyml

#endif  // TINYML_MODEL_STRIP_H_
