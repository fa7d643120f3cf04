// MUL on CMSIS-NN: only Eval differs from the reference. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/cmsis_nn/mul.cc.
#include "runtime/reference/arithmetic/mul.h"

#include "runtime/cmsis_nn/kernels.h"

namespace tinyml::runtime::cmsis_nn {

const Kernel kMul = {MulInit, MulPrepare};

}  // namespace tinyml::runtime::cmsis_nn
