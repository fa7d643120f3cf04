#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> MovementKernels() { return {}; }

}  // namespace tinyml::ops
