// Reading target profiles: JSON, with inheritance and overrides.
#ifndef TINYML_RUNTIME_TARGETS_PROFILE_H_
#define TINYML_RUNTIME_TARGETS_PROFILE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/targets/distributions.h"
#include "runtime/targets/revisions.h"
#include "runtime/targets/target.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::runtime {

// A target specification in its parts: "cortex-m4+reference:abi.short_enums=
// false" is {"cortex-m4", "reference", {{"abi.short_enums", "false"}}}.
struct TargetSpec {
  std::string base;
  std::string kernels;  // Empty: the profile's own.
  std::vector<std::pair<std::string, std::string>> overrides;
};

// Splits `spec`. Fails with kUsage if a part is malformed.
Result<TargetSpec> ParseTargetSpec(std::string_view spec);

// `spec` with `override` ("KEY=VALUE") after those that it has.
std::string WithOverride(std::string_view spec, std::string_view override);

struct LoadedProfile {
  TargetInfo info;
  Target target;
};

// Loads what `spec` names and applies its parts; `name` is how the result is
// spelled. Revisions are those of `catalogue`.
Result<LoadedProfile> LoadProfile(
    const TargetSpec& spec, std::string name,
    const RevisionCatalogue& catalogue = RevisionCatalogue::Builtin(),
    const DistributionCatalogue& distributions =
        DistributionCatalogue::Builtin());

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_PROFILE_H_
