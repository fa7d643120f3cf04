#include "transform/passes.h"

#include "base/macros.h"

namespace tinyml::transform {

std::span<const Pass> Passes() { return {}; }

Status Simplify(Model& model) {
  // Every pass makes the model smaller, so this ends; the limit is for a
  // defect.
  constexpr int kMaxRounds = 100;
  bool changed = true;
  for (int round = 0; changed && round < kMaxRounds; ++round) {
    changed = false;
    for (const Pass& pass : Passes()) {
      TINYML_ASSIGN_OR_RETURN(const bool by_pass, pass.run(model));
      changed |= by_pass;
    }
  }
  return {};
}

}  // namespace tinyml::transform
