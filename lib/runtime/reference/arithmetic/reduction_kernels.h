// The kernels of operators that work along axes, for their table.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_REDUCTION_KERNELS_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_REDUCTION_KERNELS_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::reference {

// reduce.cc
extern const Kernel kMean;
extern const Kernel kSum;
extern const Kernel kReduceMinMax;
extern const Kernel kReduceAll;

// arg_min_max.cc
extern const Kernel kArgMinMax;
Status ParseArgMax(KernelContext& context);
Status ParseArgMin(KernelContext& context);

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_REDUCTION_KERNELS_H_
