#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ArithmeticKernels() { return {}; }

}  // namespace tinyml::runtime::reference
