// TRANSPOSE on CMSIS-NN, which prepares like the reference kernel. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/cmsis_nn/transpose.cc.
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::cmsis_nn {

const Kernel kTranspose = {};

}  // namespace tinyml::runtime::cmsis_nn
