#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> LayerKernels() { return {}; }

}  // namespace tinyml::ops
