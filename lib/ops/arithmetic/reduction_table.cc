#include "ops/arithmetic/reduce_axes.h"
#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> ReductionKernels() {
  using Op = BuiltinOperator;
  static constexpr KernelEntry kKernels[] = {
      {Op::kMean, "", PrepareMean},
      {Op::kSum, "", PrepareSum},
      {Op::kReduceMax, "", PrepareReduceMax},
      {Op::kReduceMin, "", PrepareReduceMin},
      {Op::kReduceAll, "", PrepareReduceAll},
      {Op::kArgMax, "", PrepareArgMaxMin},
      {Op::kArgMin, "", PrepareArgMaxMin},
  };
  return kKernels;
}

}  // namespace tinyml::ops
