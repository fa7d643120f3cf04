#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> ReductionKernels() { return {}; }

}  // namespace tinyml::ops
