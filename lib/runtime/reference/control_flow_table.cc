#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ControlFlowKernels() { return {}; }

}  // namespace tinyml::runtime::reference
