#include "runtime/abi/builtin_params.h"
#include "runtime/reference/control/control_flow.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ControlFlowKernels() {
  using Op = BuiltinOperator;
  static constexpr OperatorKernel kTable[] = {
      {Op::kAssignVariable,
       {},
       nullptr,
       nullptr,
       {nullptr, AssignVariablePrepare}},
      {Op::kCallOnce,
       {},
       &kTfLiteCallOnceParams,
       nullptr,
       {CallOnceInit, CallOncePrepare}},
      {Op::kIf, {}, &kTfLiteIfParams, nullptr, {IfInit, IfPrepare}},
      {Op::kReadVariable, {}, nullptr, nullptr, {nullptr, ReadVariablePrepare}},
      {Op::kVarHandle,
       {},
       &kTfLiteVarHandleParams,
       nullptr,
       {VarHandleInit, VarHandlePrepare}},
      {Op::kWhile, {}, &kTfLiteWhileParams, nullptr, {WhileInit, WhilePrepare}},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
