// Whether the runtime takes a quantized model, asked before it is written.
#ifndef TINYML_QUANTIZE_PARAMETERS_ACCEPTANCE_H_
#define TINYML_QUANTIZE_PARAMETERS_ACCEPTANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::quantize {

// The cores whose runtime takes `model`, in the order of CoreNames().
std::vector<Target> AcceptingTargets(const Model& model);

struct Refusal {
  std::string message;
  // The refused operator of the quantized model, if one is named.
  std::optional<OperatorId> op;
};

// The first refusal of `model` by Prepare on any of `targets`.
std::optional<Refusal> FindRefusal(const Model& model,
                                   const std::vector<Target>& targets);

// The operator of the float model that an operator of the quantized one, made
// by Rewrite, stands for: the one that writes, or reads, the same tensor.
std::optional<OperatorId> OriginOf(const Model& quantized,
                                   const Model& float_model, OperatorId op);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_ACCEPTANCE_H_
