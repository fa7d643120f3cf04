#include "quantize/acceptance.h"

#include <algorithm>

#include "tinyml/arena.h"

namespace tinyml::quantize {

std::vector<Target> AcceptingTargets(const Model& model) {
  std::vector<Target> targets;
  for (const std::string& name : CoreNames()) {
    Result<Target> target = Target::Parse(name);
    if (target && SizeArena(model, *target)) {
      targets.push_back(std::move(*target));
    }
  }
  return targets;
}

std::optional<Refusal> FindRefusal(const Model& model,
                                   const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    const auto report = SizeArena(model, target);
    if (report) continue;
    Refusal refusal;
    refusal.message = target.info().name + ": " + report.error().message;
    // Messages about an operator begin with its description.
    for (size_t s = 0; s < model.subgraphs.size(); ++s) {
      for (size_t i = 0; i < model.subgraphs[s].operators.size(); ++i) {
        if (report.error().message.starts_with(
                DescribeOperator(model, {s, i}))) {
          refusal.op = {static_cast<int>(s), static_cast<int>(i)};
          return refusal;
        }
      }
    }
    return refusal;
  }
  return std::nullopt;
}

std::optional<std::pair<int, int>> OriginOf(const Model& quantized,
                                            const Model& float_model,
                                            const std::pair<int, int>& op) {
  const size_t s = op.first;
  const Operator& refused = quantized.subgraphs[s].operators[op.second];
  const auto& operators = float_model.subgraphs[s].operators;
  const auto shares = [](const std::vector<TensorIndex>& a,
                         const std::vector<TensorIndex>& b) {
    return std::ranges::find_first_of(a, b) != a.end();
  };
  for (size_t i = 0; i < operators.size(); ++i) {
    if (float_model.CodeOf(operators[i]).Code() ==
            quantized.CodeOf(refused).Code() &&
        shares(operators[i].outputs, refused.outputs)) {
      return std::pair(op.first, static_cast<int>(i));
    }
  }
  // One whose result is converted behind it.
  for (size_t i = 0; i < operators.size(); ++i) {
    if (float_model.CodeOf(operators[i]).Code() ==
            quantized.CodeOf(refused).Code() &&
        shares(operators[i].inputs, refused.inputs)) {
      return std::pair(op.first, static_cast<int>(i));
    }
  }
  return std::nullopt;
}

}  // namespace tinyml::quantize
