// The reference kernels that run subgraphs or keep resource variables.
#ifndef TINYML_RUNTIME_REFERENCE_CONTROL_CONTROL_FLOW_H_
#define TINYML_RUNTIME_REFERENCE_CONTROL_CONTROL_FLOW_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {

// control_flow.cc
Status IfInit(KernelContext& context);
Status IfPrepare(KernelContext& context);
Status WhileInit(KernelContext& context);
Status WhilePrepare(KernelContext& context);
Status CallOnceInit(KernelContext& context);
Status CallOncePrepare(KernelContext& context);

// resource_variables.cc
Status VarHandleInit(KernelContext& context);
Status VarHandlePrepare(KernelContext& context);
Status ReadVariablePrepare(KernelContext& context);
Status AssignVariablePrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_CONTROL_CONTROL_FLOW_H_
