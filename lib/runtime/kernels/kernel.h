// The kernels of one library: what each asks of the arena, by operator.
#ifndef TINYML_RUNTIME_KERNELS_KERNEL_H_
#define TINYML_RUNTIME_KERNELS_KERNEL_H_

#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/operators.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

using KernelStep = Status (*)(KernelContext& context);

// Init and Prepare of one kernel; null where the kernel has none.
struct Kernel {
  KernelStep init = nullptr;
  KernelStep prepare = nullptr;
};

// An operator as the runtime's resolver registers it.
struct OperatorKernel {
  // The builtin operator, or kCustom with `custom_name`.
  BuiltinOperator code = BuiltinOperator::kCustom;
  std::string_view custom_name;
  // What the parser allocates for the operator's parameters; null: nothing.
  const StructDef* builtin_data = nullptr;
  // What the parser refuses; null: nothing.
  KernelStep parse = nullptr;
  Kernel reference;
};

// Returns the resolver's entry, or null if the runtime has no such operator.
const OperatorKernel* FindOperatorKernel(BuiltinOperator code,
                                         std::string_view custom_name);

// Returns the kernel that `target` links for the operator.
Kernel SelectKernel(const OperatorKernel& entry, const Target& target);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_KERNEL_H_
