#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> ArithmeticKernels() { return {}; }

}  // namespace tinyml::ops
