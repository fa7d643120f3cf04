// The upstream revisions whose behaviour the simulation has: data files in
// lib/runtime/revisions/ that list changes (runtime/targets/changes.h).
#ifndef TINYML_RUNTIME_TARGETS_REVISIONS_H_
#define TINYML_RUNTIME_TARGETS_REVISIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/targets/changes.h"
#include "runtime/targets/target.h"
#include "tinyml/revisions.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

inline constexpr std::string_view kTflmName = "tflm";
inline constexpr std::string_view kEspTfliteMicroName = "esp-tflite-micro";

// The text of every file in lib/runtime/revisions/. The build writes the
// definition.
extern const std::span<const std::string_view> kEmbeddedRevisions;

// What one of them says. The program has them as constant data, since parsing
// them takes longer than many a command runs.
struct RevisionRow {
  struct Release {
    std::string_view what;
    std::string_view version;
    std::string_view note;
  };
  std::string_view project;
  std::string_view name;
  std::string_view commit;
  std::string_view date;
  std::string_view upstream_commit;
  std::string_view based_on;
  std::string_view note;
  bool is_default = false;
  bool measured = false;
  std::span<const std::string_view> also = {};
  std::span<const std::string_view> kernels = {};
  std::span<const std::string_view> adds = {};
  std::span<const std::string_view> lacks = {};
  std::span<const Release> releases = {};
};

// All of them; the build writes the definition.
extern const std::span<const RevisionRow> kRevisionTable;

// A set of revisions. Immutable, and safe from any thread.
class RevisionCatalogue {
 public:
  // Reads revision files. Fails with kInvalid for a malformed file, a change
  // that does not exist, a name or commit that two revisions share, and a
  // project without exactly one default.
  static Result<RevisionCatalogue> Parse(
      std::span<const std::string_view> texts);

  // What ships with the library.
  static const RevisionCatalogue& Builtin();

  std::span<const Revision> revisions() const { return revisions_; }

  // Finds the revision of `project` that `spelling` names: its name ("2024-01",
  // "1.1.2", "v1.1.2"), the version of a release that contains it, or 7 or more
  // digits of its commit. Fails with kUsage, naming the nearest ones, if there
  // is none.
  Result<const Revision*> Find(std::string_view project,
                               std::string_view spelling) const;

  // The known revision of `project` that `spelling` comes nearest to: for a
  // date or a version the latest one that is not after it, or else the first;
  // for a version after all others, and for a commit, of which nothing tells
  // the place, the newest. Fails with kUsage, as Find does, for a spelling that
  // is none of these.
  Result<const Revision*> FindNearest(std::string_view project,
                                      std::string_view spelling) const;

  // The latest of `project` by date. Requires a project that exists.
  const Revision& Newest(std::string_view project) const;

  // The latest kernels of `project` that the file of `runtime` names: what a
  // build gets today whose manifest takes any later version. Null if it names
  // none.
  const Revision* NewestKernels(const Revision& runtime,
                                std::string_view project) const;

  // The revision that the profiles use. Requires a project that exists.
  const Revision& Default(std::string_view project) const;

  // All changes that `revision`, one of revisions(), has: of its own project
  // and, for a runtime derived from another, of that one.
  const ChangeSet& ChangesOf(const Revision& revision) const;

 private:
  // Checks what concerns more than one revision.
  static Result<RevisionCatalogue> Of(std::vector<Revision> revisions);

  std::vector<Revision> revisions_;
  std::vector<ChangeSet> changes_;  // Parallel to revisions_.
};

// The project whose revisions apply to kernel library `name`: "cmsis-nn",
// "esp-nn", or the runtime's own, for reference kernels.
std::string_view KernelProject(std::string_view name, std::string_view runtime);

// The revisions that a profile or a user names, resolved by RevisionCatalogue.
struct ResolvedRevisions {
  const Revision* runtime = nullptr;
  const Revision* kernels = nullptr;
  ChangeSet changes;
  std::string
      note;  // Says that upstream never built the two together, or is empty.
  // What was asked for where the nearest known revision stands in for it, and a
  // sentence that says so; empty otherwise.
  std::string runtime_requested;
  std::string kernels_requested;
  std::string nearest_note;
};

// Finds both revisions. An empty `kernels_revision` means the one that goes
// with the runtime's. For one that is not known takes the nearest if `nearest`.
// Fails with kUsage.
Result<ResolvedRevisions> ResolveRevisions(const RevisionCatalogue& catalogue,
                                           std::string_view runtime_name,
                                           std::string_view runtime_revision,
                                           std::string_view kernels_name,
                                           std::string_view kernels_revision,
                                           bool nearest = false);

// As reports print a revision: the first 12 digits of its commit.
std::string ShortCommit(const Revision& revision);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_REVISIONS_H_
