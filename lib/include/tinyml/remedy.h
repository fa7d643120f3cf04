// Remedies: rewriting a model so that it does not meet the defects of the
// runtimes and kernel libraries that it is for.
//
// Functions are pure and thread-safe.
#ifndef TINYML_REMEDY_H_
#define TINYML_REMEDY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

// What was done for an operator.
struct AppliedRemedy {
  std::string remedy;  // "whole-transpose-conv"
  std::string does;    // What became of the operator: a clause.
  // The hazard that the operator met; empty where the target refused it.
  std::string hazard;
  std::string target;  // As the command line spells it: the first that met it.
  OperatorId op;       // In the model as it was given.
  std::string operator_name;

  friend bool operator==(const AppliedRemedy&, const AppliedRemedy&) = default;
};

// The arena before and after; nothing where the target refuses the model.
struct RemediedArena {
  std::string target;
  std::optional<int64_t> before_bytes;
  std::optional<int64_t> after_bytes;
};

struct RemedyResult {
  Model model;                         // As given if nothing was applied.
  std::vector<AppliedRemedy> applied;  // By operator.
  std::vector<RemediedArena> arenas;   // Of every target, if any was applied.
};

// Rewrites what meets a hazard on one of `targets`, or is refused there, where
// a remedy is known and helps: the hazard must be gone, no other one there
// instead, and every target that ran the model must run it still. The reference
// kernels compute the same bits from the result, except where a remedy says
// otherwise (docs/hazards.md). `model` must have passed ValidateModel.
TINYML_API Result<RemedyResult> ApplyRemedies(const Model& model,
                                              std::span<const Target> targets);

// Returns a line for each kind of remedy: "operators 3 and 5 (TRANSPOSE_CONV)
// became VALID before a SLICE: cmsis-nn-transpose-conv-partial-rows on
// cortex-m4".
TINYML_API std::vector<std::string> RemedyLines(
    std::span<const AppliedRemedy> applied);

// The remedies that are tried against the hazard `id`, in order; none for one
// that only says what to do.
TINYML_API std::vector<std::string_view> RemediesFor(std::string_view id);

}  // namespace tinyml

#endif  // TINYML_REMEDY_H_
