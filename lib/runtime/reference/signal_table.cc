#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> SignalKernels() { return {}; }

}  // namespace tinyml::runtime::reference
