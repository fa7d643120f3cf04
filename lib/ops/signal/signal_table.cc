#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> SignalKernels() { return {}; }

}  // namespace tinyml::ops
