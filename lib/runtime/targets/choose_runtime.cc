#include "runtime/targets/choose_runtime.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/macros.h"
#include "base/text.h"

namespace tinyml::runtime {
namespace {

// Replaces the profile's own kernels with `library`, in the revision that goes
// with the runtime's.
void SwitchKernels(const RevisionCatalogue& catalogue,
                   const std::string& library, Json& json) {
  Json& kernels = json["kernels"];
  const std::string own = kernels.value("name", "");
  if (library == own) return;
  kernels["name"] = library;
  if (library.starts_with("esp-nn") && !own.starts_with("esp-nn")) {
    json["runtime"] = {
        {"name", kEspTfliteMicroName},
        {"revision", catalogue.Default(kEspTfliteMicroName).name}};
  }
  kernels.erase("revision");
}

std::string Listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

// Whether revisions of one kernel library are revisions of the other.
bool SameProject(const std::string& library, const std::string& other,
                 const std::string& runtime) {
  return KernelProject(library, runtime) == KernelProject(other, runtime);
}

// Replaces the runtime and the kernel library of `json` with those of `build`,
// except for a kernel library that the user chose.
void Apply(const Distribution& distribution, const DistributionBuild& build,
           bool keep_kernels, Json& json) {
  json["runtime"]["name"] = distribution.runtime_name;
  json["runtime"]["revision"] = distribution.runtime_revision;
  Json& kernels = json["kernels"];
  kernels.erase("revision");
  const std::string own = kernels.value("name", "");
  if (own != build.kernels && !keep_kernels) {
    kernels = Json::object();
    kernels["name"] = build.kernels;
  } else if (own != build.kernels &&
             !SameProject(own, build.kernels, distribution.runtime_name)) {
    return;
  }
  if (!build.kernels_revision.empty()) {
    kernels["revision"] = build.kernels_revision;
  }
  if (build.features) kernels["features"] = *build.features;
}

}  // namespace

bool ChoosesRuntime(const std::string& key) {
  return key == "runtime" || key == "runtime.revision";
}

std::string SuggestDistribution(const DistributionCatalogue& distributions,
                                const std::string& core,
                                const std::string& name) {
  const std::vector<std::string> built = NamesFor(distributions, core);
  const std::vector<std::string> all = NamesFor(distributions, "");
  std::string_view nearest;
  for (const std::vector<std::string>* names : {&built, &all}) {
    // A name without its version, or a part of it.
    const auto found =
        std::ranges::find_if(*names, [&](const std::string& candidate) {
          return name.size() >= 4 && candidate.find(name) != std::string::npos;
        });
    nearest = found != names->end() ? std::string_view(*found)
                                    : ClosestTo(name, *names);
    if (!nearest.empty()) break;
  }
  if (nearest.empty()) return "";
  return "; did you mean the distribution '" + std::string(nearest) + "'?";
}

Result<const Distribution*> ChooseRuntime(
    const TargetSpec& spec, const std::string& core,
    const RevisionCatalogue& revisions,
    const DistributionCatalogue& distributions, Json& json) {
  bool chosen = false;
  for (const auto& [key, value] : spec.overrides) {
    if (!ChoosesRuntime(key)) continue;
    // Another runtime brings its own kernels, whatever the order of the
    // overrides.
    chosen = true;
    json["kernels"].erase("revision");
    json["runtime"].erase("distribution");
    const bool is_distribution = distributions.Find(value) != nullptr;
    json["runtime"][is_distribution ? "distribution" : "revision"] = value;
  }
  const std::string name = json["runtime"].value("distribution", "");
  if (name.empty()) {
    if (!spec.kernels.empty()) SwitchKernels(revisions, spec.kernels, json);
    return nullptr;
  }
  const Distribution* distribution = distributions.Find(name);
  if (distribution == nullptr) {
    return Fail(ErrorCode::kUsage,
                "target '" + spec.base + "': there is no distribution '" +
                    name + "'" +
                    SuggestDistribution(distributions, core, name));
  }
  // ESP-NN's kernels belong to another runtime, so that asking for them asks
  // for that.
  if (spec.kernels.starts_with("esp-nn") &&
      distribution->runtime_name != kEspTfliteMicroName) {
    if (chosen) {
      return Fail(ErrorCode::kUsage,
                  distribution->title + " has no ESP-NN kernels");
    }
    json["runtime"].erase("distribution");
    SwitchKernels(revisions, spec.kernels, json);
    return nullptr;
  }
  const DistributionBuild* build = BuildFor(*distribution, core);
  if (build == nullptr) {
    const std::string others = Listed(NamesFor(distributions, core));
    return Fail(ErrorCode::kUsage,
                "distribution " + name + " is not built for " + core +
                    (others.empty() ? "" : "; those that are: " + others));
  }
  if (!spec.kernels.empty()) json["kernels"]["name"] = spec.kernels;
  Apply(*distribution, *build, !spec.kernels.empty(), json);
  return distribution;
}

std::string NoteOnKernels(const Distribution& distribution,
                          const std::string& core,
                          const RevisionCatalogue& revisions,
                          const std::string& name, const Revision& kernels) {
  const DistributionBuild* build = BuildFor(distribution, core);
  if (build == nullptr) return "";
  const std::string& runtime = distribution.runtime_name;
  if (!SameProject(name, build->kernels, runtime)) {
    return distribution.title + " comes with the kernels of " + build->kernels +
           ": the figures are those of its runtime with " + name;
  }
  if (build->kernels_revision.empty()) return "";
  const auto own = revisions.Find(KernelProject(build->kernels, runtime),
                                  build->kernels_revision);
  if (!own || *own == &kernels) return "";
  return distribution.title + " comes with " + build->kernels + " " +
         (*own)->name + ": the figures are those of its runtime with " +
         kernels.name;
}

}  // namespace tinyml::runtime
