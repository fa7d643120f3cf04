// What is known about each kernel library.
#ifndef TINYML_RUNTIME_TARGETS_KERNEL_LIBRARIES_H_
#define TINYML_RUNTIME_TARGETS_KERNEL_LIBRARIES_H_

#include "runtime/targets/target.h"

namespace tinyml::runtime {

// Whether the golden figures of the library come from models that also ran, so
// that what its kernels assert is known to end the program.
inline bool InvokeWasMeasured(KernelLibrary library) {
  return library != KernelLibrary::kEspNn &&
         library != KernelLibrary::kEspNnAnsi;
}

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_KERNEL_LIBRARIES_H_
