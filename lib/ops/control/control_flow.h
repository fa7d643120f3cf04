// Kernels of control flow and of resource variables.
#ifndef TINYML_OPS_CONTROL_CONTROL_FLOW_H_
#define TINYML_OPS_CONTROL_CONTROL_FLOW_H_

#include "ops/kernel.h"

namespace tinyml::ops {

Result<Invocation> PrepareIf(OpContext& op);
Result<Invocation> PrepareWhile(OpContext& op);
Result<Invocation> PrepareCallOnce(OpContext& op);
Result<Invocation> PrepareVarHandle(OpContext& op);
Result<Invocation> PrepareReadVariable(OpContext& op);
Result<Invocation> PrepareAssignVariable(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_CONTROL_CONTROL_FLOW_H_
