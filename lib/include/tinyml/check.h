// Checks a project: converts and sizes every model on every target, and
// compares with the lock file, which records what was last agreed to.
#ifndef TINYML_CHECK_H_
#define TINYML_CHECK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/output.h"
#include "tinyml/progress.h"
#include "tinyml/project.h"
#include "tinyml/status.h"

namespace tinyml {

// A model on a target, and the revisions that its figures are for.
struct LockedTarget {
  std::string runtime_name;
  std::string runtime_revision;
  // The distribution that the runtime comes in, and its full name; empty for
  // upstream's sources.
  std::string distribution;
  std::string distribution_title;
  std::string kernels_name;
  std::string kernels_revision;
  // What was asked for, where another revision stands in for it; else empty.
  std::string runtime_requested;
  std::string kernels_requested;
  int64_t arena_used_bytes = 0;
  int64_t required_arena_bytes = 0;
  std::string refused;  // Why the runtime refuses it; then no figures.

  friend bool operator==(const LockedTarget&, const LockedTarget&) = default;
};

struct LockedModel {
  std::string source_sha256;  // Of the file that the project names.
  std::string settings_sha256;
  std::string calibration_sha256;  // Of the samples; empty if there are none.
  std::string embedded_sha256;     // Of what goes into the firmware.
  int64_t embedded_bytes = 0;
  std::map<std::string, std::string> outputs;   // Hashes by path.
  std::map<std::string, LockedTarget> targets;  // By ProjectTarget::key.

  friend bool operator==(const LockedModel&, const LockedModel&) = default;
};

struct Lock {
  std::string tool_version;
  std::map<std::string, LockedModel> models;
};

// The path of the lock of the project file at `path`: tinyml.lock.json beside
// tinyml.json.
TINYML_API std::string LockPathOf(const std::string& path);

// Reads a lock file as schema/lock.schema.json describes it. Fails with kIo and
// kInvalid.
TINYML_API Result<Lock> ReadLock(const std::string& path);

TINYML_API std::string FormatLock(const Lock& lock);

enum class FindingKind : uint8_t {
  kUnreadable,       // The model or its samples cannot be read.
  kRefused,          // The runtime refuses the model.
  kOverBudget,       // It needs more than the project allows,
  kOverRam,          // or than the board has.
  kOverFlash,        //
  kHazard,           // It meets a defect of the runtime or of the kernels.
  kGrew,             // It needs more than in the lock.
  kNotReproducible,  // The same input does not produce what is in the lock.
  kChanged,          // The input is not the one in the lock.
  kNew,              // The lock does not have it.
  kGone,             // Only the lock has it.
  kRevision,         // Another revision of the runtime or the kernels.
  kShrank,           // It needs less than in the lock.
  kNearest,          // The nearest known revision stands in for another.
};

// "grew", "over_budget", ...
TINYML_API std::string_view FindingKindName(FindingKind kind);

// A finding, as one sentence that names neither model nor target.
struct Finding {
  FindingKind kind = FindingKind::kChanged;
  bool fails = true;  // Whether the check fails for it.
  std::string what;
  // Whether revisions alone explain it: the model, its settings and its samples
  // are those of the lock.
  bool by_revision = false;
};

// Whether rewriting the lock resolves such a finding.
TINYML_API bool UpdateSettles(FindingKind kind);

struct CheckedTarget {
  std::string key;
  std::string spec;
  LockedTarget now;
  std::optional<LockedTarget> before;
  std::optional<int64_t> budget_bytes;
  std::optional<int64_t> ram_bytes;
  std::vector<Hazard> hazards;
  std::vector<Finding> findings;
};

struct CheckedModel {
  std::string name;
  std::string path;
  std::vector<Finding> findings;       // Of the model as a whole.
  std::vector<CheckedTarget> targets;  // None if it cannot be read.
};

struct CheckDocument {
  std::string project_path;
  std::string lock_path;
  bool has_lock = false;  // Whether there was one to compare with.
  bool updates = false;   // Whether it is written now.
  std::string lock_tool_version;
  std::vector<CheckedModel> models;
  std::vector<std::string> gone;  // Models that only the lock has.
};

struct CheckOptions {
  int threads = 0;  // 0: as many as there are cores.
  // Writes the lock and outputs: what a rewritten lock resolves does not fail.
  bool update = false;
  Progress progress = {};
};

struct CheckResult {
  CheckDocument document;
  Lock lock;  // As it should now be.
  std::vector<OutputFile> outputs;
};

// Checks every model; one that fails does not stop the others. `lock` may be
// null. Fails only with kCancelled.
TINYML_API Result<CheckResult> CheckProject(const Project& project,
                                            const Lock* lock,
                                            const CheckOptions& options = {});

// Whether nothing fails; for a check that updates, whether nothing is left that
// an update does not resolve.
TINYML_API bool Passes(const CheckDocument& document);

enum class CheckFormat : uint8_t { kText, kJson, kMarkdown, kJunit };

// Returns the report, ending in a newline. JSON is one document as
// schema/check-report.schema.json describes it. `color` is for text.
TINYML_API std::string FormatCheck(const CheckDocument& document,
                                   CheckFormat format, bool color = false);

}  // namespace tinyml

#endif  // TINYML_CHECK_H_
