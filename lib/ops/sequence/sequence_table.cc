#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> SequenceKernels() { return {}; }

}  // namespace tinyml::ops
