#include "runtime/esp_nn/kernels.h"

namespace tinyml::runtime::esp_nn {

// Source: esp-tflite-micro 99f49e1498b0, micro/kernels/esp_nn/. Its add.cc,
// mul.cc, fully_connected.cc and pooling.cc differ from the reference kernels
// in Eval only, so that these stay in their place here.
const Kernel* FindKernel(BuiltinOperator code) {
  switch (code) {
    case BuiltinOperator::kConv2D:
      return &kConv2D;
    case BuiltinOperator::kDepthwiseConv2D:
      return &kDepthwiseConv2D;
    case BuiltinOperator::kSoftmax:
      return &kSoftmax;
    default:
      return nullptr;
  }
}

}  // namespace tinyml::runtime::esp_nn
