// The target profiles that ship with the library, as JSON text.
//
// The build writes the definition from lib/runtime/profiles/{boards,cores}, in
// that order, each sorted by name. Constant data: safe from any thread and
// during static initialisation.
#ifndef TINYML_RUNTIME_TARGETS_EMBEDDED_PROFILES_H_
#define TINYML_RUNTIME_TARGETS_EMBEDDED_PROFILES_H_

#include <span>
#include <string_view>

namespace tinyml::runtime {

struct EmbeddedProfile {
  std::string_view name;  // The file's name without ".json": "cortex-m4".
  bool is_board;          // Otherwise a core.
  std::string_view json;
};

extern const std::span<const EmbeddedProfile> kEmbeddedProfiles;

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_EMBEDDED_PROFILES_H_
