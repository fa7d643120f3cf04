// Reference kernels of layers that no overlay touches.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_LAYERS_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_LAYERS_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::reference {

Status EmbeddingLookupPrepare(KernelContext& context);  // No Init.
Status L2NormalizationInit(KernelContext& context);
Status L2NormalizationPrepare(KernelContext& context);
Status LogSoftmaxPrepare(KernelContext& context);  // No Init.

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_LAYERS_H_
