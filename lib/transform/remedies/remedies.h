// Rewritings that keep a model out of a defect of the runtime or of a kernel
// library, where the same results can be computed in another way.
#ifndef TINYML_TRANSFORM_REMEDIES_REMEDIES_H_
#define TINYML_TRANSFORM_REMEDIES_REMEDIES_H_

#include <span>
#include <string_view>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"
#include "transform/rewriter.h"

namespace tinyml::transform {

struct Remedy {
  std::string_view name;
  std::string_view does;  // What became of the operator: a clause.
  // Rewrites operator `index`; returns whether it could. The reference kernels
  // compute the same bits from the result.
  bool (*rewrite)(Rewriter& rewriter, int index);
};

// Every remedy, in alphabetical order.
std::span<const Remedy> Remedies();

// Null for a name that is not known.
const Remedy* FindRemedy(std::string_view name);

// A remedy for an operator.
struct Prescription {
  OperatorId op;
  const Remedy* remedy = nullptr;
};

// Applies the remedies in that order, those that can be, and says which were.
// `model` must pass ValidateModel, and still does; what nothing uses any more
// is still there. `origins` gets, by subgraph, for each operator of the new
// model the one that it was, or whose remedy added it. Leaves models alone that
// IsRewritable refuses.
std::vector<bool> ApplyRemedies(Model& model,
                                std::span<const Prescription> prescriptions,
                                std::vector<std::vector<int>>& origins);

// Applies `remedy` to those of `ops` that it can rewrite, and returns them, as
// `model` named them before. Removes what nothing uses any more.
Result<std::vector<OperatorId>> ApplyRemedy(const Remedy& remedy, Model& model,
                                            std::span<const OperatorId> ops);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_REMEDIES_REMEDIES_H_
