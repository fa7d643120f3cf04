#include "transform/passes.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/macros.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {

std::span<const Pass> Passes() {
  static constexpr std::array<Pass, 9> kPasses = {{
      {"remove-no-ops",
       "removes operators that do nothing, and merges consecutive RESHAPEs "
       "and TRANSPOSEs",
       RemoveNoOps},
      {"fold-scale-into-previous-layer",
       "folds constant factors and addends, one for each channel, into the "
       "weights and bias of the previous layer",
       FoldScalesBackward},
      {"fold-scale-into-next-layer", "the same for the next layer",
       FoldScalesForward},
      {"fold-padding", "replaces a PAD before a VALID convolution with SAME",
       FoldPadding},
      {"fold-space-to-batch",
       "replaces SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND with "
       "a dilated convolution",
       FoldSpaceToBatchChains},
      {"fuse-activations", "fuses RELU and RELU6 into the operator before them",
       FuseActivations},
      {"remove-dead-operators", "removes operators whose results are unused",
       RemoveDeadOperators},
      {"deduplicate-constants", "stores equal constants once", ShareBuffers},
      {"remove-unused", "removes unused tensors, buffers and operator codes",
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

Status Simplify(Model& model, std::span<const std::string> skip,
                std::vector<std::string>* done) {
  if (!IsRewritable(model)) return {};
  // Every pass makes the model smaller, so this ends; the limit is for a
  // defect.
  constexpr int kMaxRounds = 100;
  bool changed = true;
  for (int round = 0; changed && round < kMaxRounds; ++round) {
    changed = false;
    for (const Pass& pass : Passes()) {
      if (std::ranges::find(skip, pass.name) != skip.end()) continue;
      const Stopwatch stopwatch;
      const size_t operators = CountOperators(model);
      TINYML_ASSIGN_OR_RETURN(const bool by_pass, pass.run(model));
      changed |= by_pass;
      if (!by_pass) {
        Log(LogLevel::kDebug, "pass {}: nothing to do {}", pass.name,
            stopwatch.Text());
        continue;
      }
      Log(LogLevel::kInfo, "pass {}: {} operators became {} {}", pass.name,
          operators, CountOperators(model), stopwatch.Text());
      if (done != nullptr &&
          std::ranges::find(*done, pass.name) == done->end()) {
        done->emplace_back(pass.name);
      }
    }
  }
  return {};
}

Status RemoveLeftovers(Model& model) {
  for (const auto run : {RemoveDeadOperators, ShareBuffers, RemoveUnused}) {
    if (const Result<bool> changed = run(model); !changed) {
      return Fail(changed.error());
    }
  }
  return {};
}

}  // namespace tinyml::transform
