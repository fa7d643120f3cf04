// A quantization as it stands: the float model, what is known of it, and every
// choice that has been made; and how to plan one that the runtime takes.
#ifndef TINYML_QUANTIZE_PARAMETERS_DRAFT_H_
#define TINYML_QUANTIZE_PARAMETERS_DRAFT_H_

#include <string>
#include <vector>

#include "quantize/calibration/statistics.h"
#include "quantize/parameters/plan.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/quantize.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::quantize {

struct Draft {
  Model model;  // The float model, simplified.
  Statistics statistics;
  Plan plan;
  std::vector<TensorStatistics> seen;  // By class of the plan.
  WeightsPlan weights;
  std::vector<std::string> warnings;  // About the plan.
};

// Plans `draft.model` anew, with ranges by options.method and the nearest
// weights. What any of `targets` refuses as integers stays float. Fails with
// kUnsupported if they refuse it even then, and as MakePlan.
Status PlanDraft(const QuantizationOptions& options,
                 const std::vector<Target>& targets, Draft& draft);

// The model of integers that `draft` describes, with `plan` in place of its
// own.
Result<Model> WriteDraft(const Draft& draft, const Plan& plan);
inline Result<Model> WriteDraft(const Draft& draft) {
  return WriteDraft(draft, draft.plan);
}

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_DRAFT_H_
