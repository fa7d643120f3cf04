// Which runtime a target has: a distribution or upstream's own sources, and
// with which kernels.
#ifndef TINYML_RUNTIME_TARGETS_CHOOSE_RUNTIME_H_
#define TINYML_RUNTIME_TARGETS_CHOOSE_RUNTIME_H_

#include <string>

#include "base/json.h"
#include "runtime/targets/distributions.h"
#include "runtime/targets/profile.h"
#include "runtime/targets/revisions.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Puts the runtime and the kernel library that `spec` asks for into `json`, the
// merged profile of a target on `core`. Returns the distribution, or null for
// upstream's sources. Fails with kUsage for a distribution that does not exist
// or is not built for the core.
Result<const Distribution*> ChooseRuntime(
    const TargetSpec& spec, const std::string& core,
    const RevisionCatalogue& revisions,
    const DistributionCatalogue& distributions, Json& json);

// "; did you mean the distribution 'chirale-2.0.0'?" if `name` nearly is one,
// those for `core` first; else "".
std::string SuggestDistribution(const DistributionCatalogue& distributions,
                                const std::string& core,
                                const std::string& name);

// What to know about `kernels`, a revision of the library `name`, where the
// distribution comes with others; else "".
std::string NoteOnKernels(const Distribution& distribution,
                          const std::string& core,
                          const RevisionCatalogue& revisions,
                          const std::string& name, const Revision& kernels);

// Whether an override chooses the runtime: "runtime" or "runtime.revision".
bool ChoosesRuntime(const std::string& key);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_CHOOSE_RUNTIME_H_
