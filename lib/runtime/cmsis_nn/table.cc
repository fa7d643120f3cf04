#include "runtime/cmsis_nn/kernels.h"

namespace tinyml::runtime::cmsis_nn {

const Kernel* FindKernel(BuiltinOperator code) {
  switch (code) {
    case BuiltinOperator::kAdd:
      return &kAdd;
    case BuiltinOperator::kConv2D:
      return &kConv2D;
    case BuiltinOperator::kMaximum:
      return &kMaximum;
    case BuiltinOperator::kMinimum:
      return &kMinimum;
    case BuiltinOperator::kMul:
      return &kMul;
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
