// Target profiles as JSON: where they are found, and what they inherit.
#ifndef TINYML_RUNTIME_TARGETS_PROFILE_JSON_H_
#define TINYML_RUNTIME_TARGETS_PROFILE_JSON_H_

#include <string>

#include "base/json.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Loads the profile `base`, one of ours or a file, laid over what it extends.
// The keys are those of schema/profile.schema.json; "abi", "runtime" and
// "kernels" are objects, and names and revisions strings, if they are there.
// Other values are of any type. `core` becomes the name of the profile at the
// root. Fails with kUsage if there is no such profile.
Result<Json> LoadProfileJson(const std::string& base, std::string* core);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_PROFILE_JSON_H_
