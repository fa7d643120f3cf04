// Kernels that are registered by custom name and belong to no family. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/.
#ifndef TINYML_RUNTIME_REFERENCE_CUSTOM_H_
#define TINYML_RUNTIME_REFERENCE_CUSTOM_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::reference {

extern const Kernel kCircularBuffer;
extern const Kernel kDecode;
extern const Kernel kDetectionPostprocess;
extern const Kernel kEthosU;

// Refuses the operator on targets whose builds link no Ethos-U kernel.
Status CheckEthosULinked(KernelContext& context);

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_CUSTOM_H_
