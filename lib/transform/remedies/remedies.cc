#include "transform/remedies/remedies.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "base/macros.h"
#include "transform/passes.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

std::span<const Remedy> Remedies() {
  static constexpr std::array<Remedy, 11> kRemedies = {{
      {"add-zero-bias", "got a bias of zeros", AddZeroBias},
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
      {"split-groups", "became a convolution for each group", SplitGroups},
      {"unfuse-activation", "lost its fused activation to an operator",
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

Result<std::vector<OperatorId>> ApplyRemedy(const Remedy& remedy, Model& model,
                                            std::span<const OperatorId> ops) {
  std::vector<OperatorId> done;
  if (!IsRewritable(model)) return done;
  for (size_t graph = 0; graph < model.subgraphs.size(); ++graph) {
    Rewriter rewriter(model, graph);
    const auto count = static_cast<int>(rewriter.OperatorCount());
    for (const OperatorId& id : ops) {
      if (static_cast<size_t>(id.subgraph) != graph || id.index < 0 ||
          id.index >= count || rewriter.IsRemoved(id.index)) {
        continue;
      }
      if (remedy.rewrite(rewriter, id.index)) done.push_back(id);
    }
    rewriter.Finish();
  }
  if (done.empty()) return done;
  Log(LogLevel::kInfo, "remedy {}: {} operators", remedy.name, done.size());
  TINYML_RETURN_IF_ERROR(RemoveLeftovers(model));
  return done;
}

}  // namespace tinyml::transform
