// What changes in a model's arena from one target to another, most often
// between two revisions of the runtime or of a kernel library.
//
// All sizes are in bytes. Functions are pure and thread-safe.
#ifndef TINYML_ARENA_DIFF_H_
#define TINYML_ARENA_DIFF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tinyml/arena.h"
#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

// An operator that asks for something else.
struct OperatorDiff {
  OperatorId id;
  std::string name;
  // As in ArenaOperator: what it asks for.
  int64_t persistent_before = 0;
  int64_t persistent_after = 0;
  std::vector<int64_t> scratch_before;
  std::vector<int64_t> scratch_after;
  // Its share of the change in the required arena: persistent memory, and the
  // scratch memory that is live where the arena is fullest.
  int64_t required_change = 0;
  // Of the upstream changes between the two, those that by themselves alter
  // what it asks for.
  std::vector<RevisionChange> causes;
};

// A share of the required arena that belongs to no operator.
struct ShareDiff {
  ArenaShareKind what = ArenaShareKind::kOther;
  int64_t before = 0;
  int64_t after = 0;
};

struct ArenaDiff {
  ArenaReport before;
  ArenaReport after;
  std::vector<OperatorDiff> operators;  // In the model's order.
  std::vector<ShareDiff> shares;        // Those that changed.
  // Of the upstream changes between the two, those that by themselves alter the
  // required arena without altering what any of `operators` asks for.
  std::vector<RevisionChange> other_causes;

  // The sum of all `required_change` and of what the shares changed by.
  int64_t RequiredChange() const {
    return after.required_arena_bytes - before.required_arena_bytes;
  }
};

// Sizes `model` on both targets and compares. Fails with kUnsupported if either
// refuses the model.
TINYML_API Result<ArenaDiff> DiffArena(const Model& model, const Target& before,
                                       const Target& after,
                                       const ArenaOptions& options = {});

// The same, where `after_report` is what SizeArena returned for `after`.
TINYML_API Result<ArenaDiff> DiffArena(const Model& model, const Target& before,
                                       const Target& after,
                                       ArenaReport after_report,
                                       const ArenaOptions& options = {});

// A comparison, and what was compared.
struct ArenaDiffDocument {
  ReportedModel model;
  TargetInfo before;
  TargetInfo after;
  // Why a target refuses the model; empty if it does not.
  std::string refused_before;
  std::string refused_after;
  ArenaDiff diff;  // If neither does.
};

// Compares `file` on both targets.
TINYML_API ArenaDiffDocument DiffOnTargets(const ModelFile& file,
                                           const Target& before,
                                           const Target& after,
                                           const ArenaOptions& options = {});

// Returns the comparison as text, JSON or Markdown, and fails with kUsage for
// another format. JSON is as schema/arena-diff.schema.json describes it.
TINYML_API Result<std::string> FormatArenaDiff(
    const ArenaDiffDocument& document, ReportFormat format,
    const ReportStyle& style = {});

}  // namespace tinyml

#endif  // TINYML_ARENA_DIFF_H_
