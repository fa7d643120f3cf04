// Carries out a plan: the float model becomes one of integers.
#ifndef TINYML_QUANTIZE_REWRITE_REWRITE_H_
#define TINYML_QUANTIZE_REWRITE_REWRITE_H_

#include "quantize/calibration/statistics.h"
#include "quantize/parameters/plan.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Every tensor of `model` keeps its index, in the form of its home; conversions
// and other forms of constants are appended. What is unused is left in.
// `statistics` are for what operators keep to themselves. Requires a plan with
// chosen parameters, made for `model`. Fails with kUnsupported where an
// operator's own form cannot be made.
Result<Model> Rewrite(const Model& model, const Plan& plan,
                      const WeightsPlan& weights, const Statistics& statistics);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_REWRITE_H_
