// 16-bit weights as two layers of int8 weights.
#ifndef TINYML_QUANTIZE_REFINEMENTS_SPLIT_WEIGHTS_H_
#define TINYML_QUANTIZE_REFINEMENTS_SPLIT_WEIGHTS_H_

#include <cstdint>
#include <functional>

#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

// Whether to split a layer, and how many scales its weights will have.
enum class SplitChoice : uint8_t { kLeave, kPerChannel, kPerTensor };

// Where activations are int16, int8 weights are what limits accuracy. Replaces
// each chosen float layer by one with the weights rounded to int8, one with
// their rounding errors, and an ADD with the activation. Together they compute
// what the layer did, and the errors are quantized 254 times as finely.
//
// New tensors are appended; operators move. Returns how many were split.
int SplitWeights(Model& model,
                 const std::function<SplitChoice(const Layer&)>& choose);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_SPLIT_WEIGHTS_H_
