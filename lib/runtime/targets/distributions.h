// Distributions: runtimes as people install them, as data files in
// lib/runtime/distributions/. Each names the upstream revision that it
// carries, the kernel library that it is built with on each core, the build
// switches that change the layout, and the patches on top.
#ifndef TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_
#define TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/targets/changes.h"
#include "runtime/targets/target.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::runtime {

// The text of every file in lib/runtime/distributions/. The build writes the
// definition.
extern const std::span<const std::string_view> kEmbeddedDistributions;

// What a distribution is on some cores.
struct DistributionBuild {
  // The cores whose names start so; all of them if empty.
  std::vector<std::string> on;
  std::string kernels;           // "reference", "cmsis-nn", "esp-nn", ...
  std::string kernels_revision;  // Empty for reference kernels.
  // Instruction set extensions that it is compiled for; nothing: the core's.
  std::optional<std::vector<std::string>> features;
  // Operators whose kernel is the reference kernel although the library has
  // one, by their rows in the operator table.
  OperatorSet reference_operators;
};

struct Distribution {
  std::string name;   // As the command line spells it: "chirale-2.0.0".
  std::string title;  // "Chirale_TensorFLowLite 2.0.0"
  std::string runtime_name;
  std::string runtime_revision;  // Of a known revision of that runtime.
  // Whether it is compiled with TF_LITE_STATIC_MEMORY, or patched to the same.
  bool static_memory = true;
  // Whether figures were compared with those of its own code ("measured");
  // otherwise its sources were read.
  bool measured = false;
  std::vector<DistributionBuild> builds;
  // What its patches add to, and take from, the upstream revision.
  ChangeSet adds;
  ChangeSet lacks;
  // Operators that its resolver does not have, though the revision does.
  OperatorSet lacks_operators;
  std::string install;   // Where people get it.
  std::string identify;  // How to see which one one has.
  std::string note;
  std::vector<ProfileSource> sources;
};

// A set of distributions. Immutable, and safe from any thread.
class DistributionCatalogue {
 public:
  // Reads distribution files. Fails with kInvalid for a malformed file, a
  // change that does not exist, and a name that two share.
  static Result<DistributionCatalogue> Parse(
      std::span<const std::string_view> texts);

  // What ships with the library.
  static const DistributionCatalogue& Builtin();

  std::span<const Distribution> distributions() const { return all_; }

  // Returns null if there is none of this name.
  const Distribution* Find(std::string_view name) const;

 private:
  std::vector<Distribution> all_;
};

// The build of `distribution` for `core`, or null if it has none.
const DistributionBuild* BuildFor(const Distribution& distribution,
                                  std::string_view core);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_DISTRIBUTIONS_H_
