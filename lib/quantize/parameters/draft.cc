#include "quantize/parameters/draft.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/macros.h"
#include "base/text.h"
#include "quantize/parameters/acceptance.h"
#include "quantize/parameters/parameters.h"
#include "quantize/rewrite/rewrite.h"
#include "runtime/targets/target.h"

namespace tinyml::quantize {
namespace {

PlanOptions OptionsOfPlan(const QuantizationOptions& given) {
  PlanOptions options;
  options.activations = given.activations;
  options.input = given.input_type.value_or(given.activations);
  options.output = given.output_type.value_or(given.activations);
  options.keep_float = {given.keep_float.begin(), given.keep_float.end()};
  options.int16 = {given.int16.begin(), given.int16.end()};
  // Before this change, FULLY_CONNECTED refuses several scales or uses the
  // first for all channels.
  options.dense_per_tensor =
      std::ranges::any_of(given.targets, [](const Target& target) {
        return !target.runtime().kernels.changes.Has(
            Change::kFullyConnectedPerChannel);
      });
  return options;
}

}  // namespace

Status PlanDraft(const QuantizationOptions& options,
                 const std::vector<Target>& targets, Draft& draft) {
  PlanOptions plan_options = OptionsOfPlan(options);
  draft.warnings.clear();
  const size_t most =
      1 + std::accumulate(draft.model.subgraphs.begin(),
                          draft.model.subgraphs.end(), size_t{0},
                          [](size_t n, const Subgraph& graph) {
                            return n + graph.operators.size();
                          });
  for (size_t attempt = 0; attempt < most; ++attempt) {
    TINYML_ASSIGN_OR_RETURN(draft.plan, MakePlan(draft.model, plan_options));
    draft.seen = StatisticsOfClasses(draft.model, draft.plan, draft.statistics);
    std::vector<std::string> unseen;
    ChooseParameters(draft.model, draft.seen, options.method, draft.plan,
                     unseen);
    draft.weights = WeightsPlan();
    RoundLayers(draft.model, draft.plan, options.per_tensor, draft.weights);
    TINYML_ASSIGN_OR_RETURN(const Model made, WriteDraft(draft));
    const auto refusal = FindRefusal(made, targets);
    if (!refusal) {
      for (const std::string& name : unseen) {
        draft.warnings.push_back("no sample reaches tensor \"" +
                                 Printable(name) + "\"");
      }
      return {};
    }
    const auto origin =
        refusal->op ? OriginOf(made, draft.model, *refusal->op) : std::nullopt;
    if (!origin || !plan_options.refused.insert(*origin).second) {
      return Fail(ErrorCode::kUnsupported,
                  "the quantized model is refused: " + refusal->message,
                  {.op = origin});
    }
    draft.warnings.push_back(DescribeOperator(draft.model, *origin) +
                             " stays float: " + refusal->message);
  }
  return Fail(ErrorCode::kInternal, "quantization does not terminate");
}

Result<Model> WriteDraft(const Draft& draft, const Plan& plan) {
  return Rewrite(draft.model, plan, draft.weights, draft.statistics);
}

}  // namespace tinyml::quantize
