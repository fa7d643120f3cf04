// The runtimes that may be chosen for a target.
#include <algorithm>
#include <utility>

#include "runtime/targets/choose_runtime.h"
#include "runtime/targets/distributions.h"
#include "runtime/targets/profile.h"
#include "runtime/targets/revisions.h"
#include "tinyml/distributions.h"

namespace tinyml {

std::vector<RuntimeChoice> RuntimeChoices(const Target& target) {
  const TargetInfo& info = target.info();
  const auto spec = runtime::ParseTargetSpec(info.name);
  if (!spec) return {};
  std::string base = spec->base;
  if (!spec->kernels.empty()) base += "+" + spec->kernels;
  base += ":";
  for (const auto& [key, value] : spec->overrides) {
    // Revisions are what is to be chosen.
    if (runtime::ChoosesRuntime(key) || key == "kernels.revision") continue;
    base += key + "=" + value + ",";
  }
  std::vector<RuntimeChoice> choices;
  const auto add = [&](const std::string& name, const std::string& title,
                       bool is_distribution) {
    auto parsed = Target::Parse(base + "runtime=" + name);
    if (!parsed) return;  // Not for this target.
    const TargetInfo& other = parsed->info();
    const bool is_chosen =
        is_distribution ? other.distribution == info.distribution
                        : info.distribution.empty() &&
                              other.runtime_revision == info.runtime_revision;
    choices.push_back(
        {name, title, is_distribution, is_chosen, std::move(*parsed)});
  };
  for (const DistributionInfo& distribution : KnownDistributions()) {
    add(distribution.name, distribution.title, true);
  }
  const std::span<const Revision> revisions = KnownRevisions();
  for (auto at = revisions.rbegin(); at != revisions.rend(); ++at) {
    if (at->project != runtime::kTflmName &&
        at->project != runtime::kEspTfliteMicroName) {
      continue;
    }
    const std::string what = at->project == runtime::kTflmName
                                 ? std::string("tflite-micro")
                                 : at->project + " " + at->name;
    add(at->name, what + " of " + at->date, false);
  }
  return choices;
}

}  // namespace tinyml
