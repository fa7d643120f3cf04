// Distributions: runtimes as people install them, as data files in
// lib/runtime/distributions/. Each names the upstream revision that it
// carries, the kernel library that it is built with on each core, the build
// switches that change the layout, and the patches on top.
#ifndef TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_
#define TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/targets/changes.h"
#include "runtime/targets/target.h"
#include "tinyml/distributions.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// The text of every file in lib/runtime/distributions/. The build writes the
// definition.
extern const std::span<const std::string_view> kEmbeddedDistributions;

struct Distribution : DistributionInfo {
  // DistributionInfo::added and lacking.
  ChangeSet adds;
  ChangeSet lacks;
};

// A set of distributions. Immutable, and safe from any thread.
class DistributionCatalogue {
 public:
  // Reads distribution files. Fails with kInvalid for a malformed file, a
  // change that does not exist, and a name that two share.
  static Result<DistributionCatalogue> Parse(
      std::span<const std::string_view> texts);

  // What ships with the library. A command needs one of them at most, so that
  // each is read when it is asked for.
  static const DistributionCatalogue& Builtin();

  std::span<const Distribution> distributions() const;

  // Returns null if there is none of this name.
  const Distribution* Find(std::string_view name) const;

 private:
  struct Unread;

  std::vector<Distribution> all_;
  std::shared_ptr<Unread> unread_;  // Instead of all_; null if there is none.
};

// The rows of operators that a distribution names.
OperatorSet OperatorsNamed(const std::vector<std::string>& names);

// The build of `distribution` for `core`, or null if it has none.
const DistributionBuild* BuildFor(const DistributionInfo& distribution,
                                  std::string_view core);

// The names of those that are built for `core`; of all if that is empty.
std::vector<std::string> NamesFor(const DistributionCatalogue& catalogue,
                                  std::string_view core);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_
