// Which operators came later than the oldest revision that is known.
#ifndef TINYML_RUNTIME_KERNELS_OPERATOR_HISTORY_H_
#define TINYML_RUNTIME_KERNELS_OPERATOR_HISTORY_H_

#include <optional>
#include <string_view>

#include "runtime/targets/changes.h"
#include "tinyml/operators.h"

namespace tinyml::runtime {

// Returns the change that brought the operator into the runtime's resolver, or
// nothing if every known revision has it.
std::optional<Change> IntroducedBy(BuiltinOperator code,
                                   std::string_view custom_name);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_OPERATOR_HISTORY_H_
