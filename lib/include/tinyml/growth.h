// How much an arena grew since an earlier report, and through which operators.
//
// All sizes are in bytes. Functions are pure and thread-safe.
#ifndef TINYML_GROWTH_H_
#define TINYML_GROWTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/arena_parts.h"
#include "tinyml/export.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"

namespace tinyml {

struct ArenaDocument;

// How much a required arena may grow: bytes, or a share of what it was.
struct GrowthLimit {
  int64_t bytes = 0;
  std::optional<double> percent;

  bool Allows(int64_t before, int64_t change) const {
    if (!percent) return change <= bytes;
    return static_cast<double>(change) <=
           static_cast<double>(before) * *percent / 100;
  }
};

// An operator whose part of the required arena changed.
struct OperatorGrowth {
  // None if the earlier (later) model does not have it.
  std::optional<OperatorId> before;
  std::optional<OperatorId> after;
  std::string name;
  // Its parts: persistent memory; scratch buffers and tensors that it produces,
  // counting only those live where the arena is fullest.
  int64_t persistent_change = 0;
  int64_t scratch_change = 0;
  int64_t tensors_change = 0;

  // In the later model, if that has it.
  const OperatorId& Id() const { return after ? *after : *before; }
  int64_t Change() const {
    return persistent_change + scratch_change + tensors_change;
  }
};

// A part of the required arena that belongs to no operator.
struct ShareGrowth {
  ArenaShareId what;
  int64_t before = 0;
  int64_t after = 0;
};

// The comparison for one target.
struct TargetGrowth {
  enum class Kind {
    kCompared,
    kNew,            // The earlier report does not have it.
    kRefusedBefore,  // It could not be sized before, or cannot now.
    kRefusedNow,
    kRefusedBoth,
  };
  Kind kind = Kind::kNew;
  // Of the earlier report.
  std::string runtime_name;
  std::string runtime_revision;
  std::string distribution;  // Empty for upstream's sources.
  std::string kernels_name;
  std::string kernels_revision;
  bool revisions_changed = false;
  std::optional<bool> fitted_ram;
  std::optional<bool> fitted_flash;
  int64_t required_before = 0;
  int64_t used_before = 0;
  // Only where compared. The parts add up to the change.
  int64_t required_change = 0;
  int64_t used_change = 0;
  std::vector<OperatorGrowth> operators;  // The largest growth first.
  std::vector<ShareGrowth> shares;        // Likewise.
  bool allowed = true;                    // By the limit, if there is one.
};

struct GrowthReport {
  std::string baseline_path;
  std::string model_sha256;  // The earlier model's.
  int64_t model_bytes = 0;
  std::string limit;                  // As given; empty if there is none.
  std::vector<TargetGrowth> targets;  // As ArenaDocument::targets.
  std::vector<std::string> missing;   // Targets of the earlier report only.
};

// Reads a report that `tinyml arena-size --format json` printed. Fails with
// kInvalid, naming the member, if it is not one.
TINYML_API Result<ArenaDocument> ParseArenaReport(std::string_view json);

// Reads such a report from the file at `path`, which messages then name.
TINYML_API Result<ArenaDocument> ReadArenaReport(const std::string& path);

// Compares `after` with `before`, target by target. `limit` decides
// TargetGrowth::allowed.
TINYML_API GrowthReport CompareArenas(const ArenaDocument& before,
                                      const ArenaDocument& after,
                                      const std::optional<GrowthLimit>& limit);

}  // namespace tinyml

#endif  // TINYML_GROWTH_H_
