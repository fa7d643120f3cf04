#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> MovementKernels() { return {}; }

}  // namespace tinyml::runtime::reference
