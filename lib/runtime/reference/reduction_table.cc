#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ReductionKernels() { return {}; }

}  // namespace tinyml::runtime::reference
