#include "runtime/cmsis_nn/kernels.h"

namespace tinyml::runtime::cmsis_nn {

const Kernel* FindKernel(BuiltinOperator code) {
  switch (code) {
    case BuiltinOperator::kConv2D:
      return &kConv2D;
    case BuiltinOperator::kPad:
      return &kPad;
    case BuiltinOperator::kPadv2:
      return &kPadV2;
    case BuiltinOperator::kTranspose:
      return &kTranspose;
    default:
      return nullptr;
  }
}

}  // namespace tinyml::runtime::cmsis_nn
