// Distributions: runtimes as people install them, such as an Arduino library or
// an ESP-IDF component. Each carries an upstream revision, with a kernel
// library, build switches and patches of its own.
//
// Constant data; all functions are thread-safe.
#ifndef TINYML_DISTRIBUTIONS_H_
#define TINYML_DISTRIBUTIONS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/revisions.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

// What a distribution is on some cores.
struct DistributionBuild {
  // The cores whose names start so; all of them if empty.
  std::vector<std::string> on;
  std::string kernels;           // "reference", "cmsis-nn", "esp-nn", ...
  std::string kernels_revision;  // Empty for reference kernels.
  // Instruction set extensions that it is compiled for; nothing: the core's.
  std::optional<std::vector<std::string>> features;
  // Operators whose kernel is the reference kernel although the library has
  // one, as the format spells them, custom ones by their code.
  std::vector<std::string> reference_operators;
};

struct DistributionInfo {
  std::string name;   // As the command line spells it: "chirale-2.0.0".
  std::string title;  // "Chirale_TensorFLowLite 2.0.0"
  std::string runtime_name;
  std::string runtime_revision;  // Of a known revision of that runtime.
  // The commit of tflite-micro that its sources are, and its date, where that
  // is not the commit of the known revision; empty otherwise, or if no commit
  // fits.
  std::string upstream_commit;
  std::string upstream_date;
  // Whether it is compiled with TF_LITE_STATIC_MEMORY, or patched to the same.
  bool static_memory = true;
  // Whether figures were compared with those of its own code ("measured");
  // otherwise its sources were read.
  bool measured = false;
  std::vector<DistributionBuild> builds;
  // What its patches add to, and take from, the upstream revision.
  std::vector<RevisionChange> added;
  std::vector<RevisionChange> lacking;
  // Operators that its resolver does not have, though the revision does.
  std::vector<std::string> lacks_operators;
  std::string install;   // Where people get it.
  std::string identify;  // How to see which one one has.
  std::string note;
  std::vector<ProfileSource> sources;
};

// Returns every known distribution, by name.
TINYML_API std::span<const DistributionInfo> KnownDistributions();

// What "runtime=NAME" may be for a target.
struct RuntimeChoice {
  std::string name;
  std::string title;
  bool is_distribution = false;  // Otherwise an upstream release.
  bool is_chosen = false;        // The target has it.
  Target target;                 // The target with this runtime.
};

// Returns what may be chosen for the profile and kernels of `target`:
// distributions by name, then upstream releases, the newest first.
TINYML_API std::vector<RuntimeChoice> RuntimeChoices(const Target& target);

}  // namespace tinyml

#endif  // TINYML_DISTRIBUTIONS_H_
