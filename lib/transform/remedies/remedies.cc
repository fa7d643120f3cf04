#include "transform/remedies/remedies.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/macros.h"
#include "transform/passes.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

std::span<const Remedy> Remedies() {
  static constexpr std::array<Remedy, 17> kRemedies = {{
      {"add-zero-bias", "got a bias of zeros", AddZeroBias},
      {"broadcast-operands", "reads operands that BROADCAST_TO enlarged",
       BroadcastOperands},
      {"convolve-fully-connected", "became a convolution with a filter of 1x1",
       ConvolveFullyConnected},
      {"explicit-padding", "became VALID after a PAD", PadExplicitly},
      {"explicit-padding-of-strides",
       "became VALID after a PAD that makes its input whole strides long",
       PadWholeStrides},
      {"flatten-fully-connected",
       "writes a matrix, which a RESHAPE turns into its output",
       FlattenFullyConnected},
      {"fold-space-to-batch", "and its convolution became one with a dilation",
       FoldSpaceToBatch},
      {"merge-dimensions", "runs with fewer dimensions, between RESHAPEs",
       MergeDimensions},
      {"pad-before-space-to-batch", "has its padding from a PAD",
       PadBeforeSpaceToBatch},
      {"requantize-inputs", "reads operands in the scale of its output",
       RequantizeInputs},
      {"requantize-output",
       "writes in the scale that its kernel assumes, before a QUANTIZE",
       RequantizeOutput},
      {"scalar-shape", "gives a scalar the shape []", ReshapeToScalar},
      {"split-groups", "became a convolution for each group", SplitGroups},
      {"unfuse-activation", "has its activation as an operator of its own",
       UnfuseActivation},
      {"unpack-int4-weights", "has its int4 weights as int8",
       UnpackInt4Weights},
      {"whole-transpose-conv", "became VALID before a SLICE",
       ComputeWholeTransposeConv},
      {"widen-bias", "has its bias as int64", WidenBias},
  }};
  return kRemedies;
}

const Remedy* FindRemedy(std::string_view name) {
  const auto remedies = Remedies();
  const auto found = std::ranges::find(remedies, name, &Remedy::name);
  return found == remedies.end() ? nullptr : &*found;
}

std::vector<bool> ApplyRemedies(Model& model,
                                std::span<const Prescription> prescriptions,
                                std::vector<std::vector<int>>& origins) {
  std::vector<bool> done(prescriptions.size(), false);
  origins.assign(model.subgraphs.size(), {});
  const bool rewritable = IsRewritable(model);
  for (size_t graph = 0; graph < model.subgraphs.size(); ++graph) {
    Rewriter rewriter(model, graph);
    const auto count = static_cast<int>(rewriter.OperatorCount());
    for (size_t i = 0; i < prescriptions.size() && rewritable; ++i) {
      const auto& [id, remedy] = prescriptions[i];
      if (id.subgraph != static_cast<int>(graph) || id.index < 0 ||
          id.index >= count || rewriter.IsRemoved(id.index)) {
        continue;
      }
      done[i] = remedy->rewrite(rewriter, id.index);
    }
    rewriter.Finish(&origins[graph]);
  }
  return done;
}

Result<std::vector<OperatorId>> ApplyRemedy(const Remedy& remedy, Model& model,
                                            std::span<const OperatorId> ops) {
  std::vector<Prescription> prescriptions;
  for (const OperatorId& id : ops) prescriptions.push_back({id, &remedy});
  std::vector<std::vector<int>> origins;
  const std::vector<bool> applied =
      ApplyRemedies(model, prescriptions, origins);
  std::vector<OperatorId> done;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (applied[i]) done.push_back(ops[i]);
  }
  if (!done.empty()) TINYML_RETURN_IF_ERROR(RemoveLeftovers(model));
  return done;
}

}  // namespace tinyml::transform
