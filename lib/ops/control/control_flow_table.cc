#include "ops/control/control_flow.h"
#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> ControlFlowKernels() {
  static constexpr KernelEntry kKernels[] = {
      {BuiltinOperator::kIf, "", PrepareIf},
      {BuiltinOperator::kWhile, "", PrepareWhile},
      {BuiltinOperator::kCallOnce, "", PrepareCallOnce},
      {BuiltinOperator::kVarHandle, "", PrepareVarHandle},
      {BuiltinOperator::kReadVariable, "", PrepareReadVariable},
      {BuiltinOperator::kAssignVariable, "", PrepareAssignVariable},
  };
  return kKernels;
}

}  // namespace tinyml::ops
