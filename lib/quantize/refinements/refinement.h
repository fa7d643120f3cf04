// What brings a quantized model nearer to the float model than rounding to the
// nearest does: each refinement is tried, and kept if it helps.
#ifndef TINYML_QUANTIZE_REFINEMENTS_REFINEMENT_H_
#define TINYML_QUANTIZE_REFINEMENTS_REFINEMENT_H_

#include <span>
#include <string>
#include <vector>

#include "quantize/parameters/draft.h"
#include "tinyml/quantize.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::quantize {

// Those that QuantizationOptions::skip may name.
std::span<const QuantizePass> Refinements();

// Improves `draft`, which must have been planned. Refinements learn from some
// of the samples and are judged on others, where there are enough and their
// order does not matter. Appends the names of those that were kept to `kept`.
Status Refine(const QuantizationOptions& options, int threads,
              const std::vector<Target>& targets, const SampleSource& samples,
              Draft& draft, std::vector<std::string>& kept);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_REFINEMENT_H_
