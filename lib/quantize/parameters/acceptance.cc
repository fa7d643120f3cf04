#include "quantize/parameters/acceptance.h"

#include <algorithm>

#include "runtime/simulate.h"

namespace tinyml::quantize {

std::vector<Target> AcceptingTargets(const Model& model) {
  std::vector<Target> targets;
  for (const std::string& name : CoreNames()) {
    Result<Target> target = Target::Parse(name);
    if (target && runtime::Simulate(model, target->runtime())) {
      targets.push_back(std::move(*target));
    }
  }
  return targets;
}

std::optional<Refusal> FindRefusal(const Model& model,
                                   const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    const auto simulation = runtime::Simulate(model, target.runtime());
    if (simulation) continue;
    return Refusal{target.info().name + ": " + simulation.error().message,
                   simulation.error().subject.op};
  }
  return std::nullopt;
}

std::optional<OperatorId> OriginOf(const Model& quantized,
                                   const Model& float_model, OperatorId op) {
  const Operator& refused =
      quantized.subgraphs[op.subgraph].operators[op.index];
  const auto& operators = float_model.subgraphs[op.subgraph].operators;
  const auto shares = [](const std::vector<TensorIndex>& a,
                         const std::vector<TensorIndex>& b) {
    return std::ranges::find_first_of(a, b) != a.end();
  };
  for (size_t i = 0; i < operators.size(); ++i) {
    if (float_model.CodeOf(operators[i]).Code() ==
            quantized.CodeOf(refused).Code() &&
        shares(operators[i].outputs, refused.outputs)) {
      return OperatorId(op.subgraph, i);
    }
  }
  // One whose result is converted after it.
  for (size_t i = 0; i < operators.size(); ++i) {
    if (float_model.CodeOf(operators[i]).Code() ==
            quantized.CodeOf(refused).Code() &&
        shares(operators[i].inputs, refused.inputs)) {
      return OperatorId(op.subgraph, i);
    }
  }
  return std::nullopt;
}

}  // namespace tinyml::quantize
