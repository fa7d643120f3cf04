// The names of the shares of an arena, as in reports.
#ifndef TINYML_ANALYSIS_SHARE_NAMES_H_
#define TINYML_ANALYSIS_SHARE_NAMES_H_

#include <string_view>

#include "tinyml/arena_parts.h"

namespace tinyml::analysis {

// Returns the share that ArenaShareId::Name() calls `name`; one from another
// version of the program keeps its name.
ArenaShareId FindShare(std::string_view name);

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_SHARE_NAMES_H_
