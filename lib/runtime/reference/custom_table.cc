#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> CustomKernels() { return {}; }

}  // namespace tinyml::runtime::reference
