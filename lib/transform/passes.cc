#include "transform/passes.h"

#include <array>

#include "base/log.h"
#include "base/macros.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {

std::span<const Pass> Passes() {
  static constexpr std::array<Pass, 8> kPasses = {{
      {"no-ops",
       "removes operators that return what they get, and joins RESHAPEs and "
       "TRANSPOSEs in a row",
       RemoveNoOps},
      {"scales-into-layer-before",
       "multiplies constants by channel into the weights and bias of the "
       "layer before",
       FoldScalesBackward},
      {"scales-into-layer-behind", "the same for the layer behind",
       FoldScalesForward},
      {"padding", "replaces a PAD before a VALID convolution by SAME",
       FoldPadding},
      {"activations", "lets the operator before a RELU or RELU6 apply it",
       FuseActivations},
      {"dead-operators", "removes operators whose results nobody reads",
       RemoveDeadOperators},
      {"shared-buffers", "keeps equal constants once", ShareBuffers},
      {"unused", "drops tensors, buffers and operator codes without users",
       RemoveUnused},
  }};
  return kPasses;
}

namespace {

size_t CountOperators(const Model& model) {
  size_t count = 0;
  for (const Subgraph& graph : model.subgraphs) count += graph.operators.size();
  return count;
}

}  // namespace

Status Simplify(Model& model) {
  if (!IsRewritable(model)) return {};
  // Every pass makes the model smaller, so this ends; the limit is for a
  // defect.
  constexpr int kMaxRounds = 100;
  bool changed = true;
  for (int round = 0; changed && round < kMaxRounds; ++round) {
    changed = false;
    for (const Pass& pass : Passes()) {
      const Stopwatch stopwatch;
      const size_t operators = CountOperators(model);
      TINYML_ASSIGN_OR_RETURN(const bool by_pass, pass.run(model));
      changed |= by_pass;
      if (by_pass) {
        Log(LogLevel::kInfo, "pass {}: {} operators became {} {}", pass.name,
            operators, CountOperators(model), stopwatch.Text());
      } else {
        Log(LogLevel::kDebug, "pass {}: nothing to do {}", pass.name,
            stopwatch.Text());
      }
    }
  }
  return {};
}

}  // namespace tinyml::transform
