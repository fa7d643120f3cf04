#include "runtime/esp_nn/kernels.h"

namespace tinyml::runtime::esp_nn {

const Kernel* FindKernel(BuiltinOperator code) {
  switch (code) {
    default:
      return nullptr;
  }
}

}  // namespace tinyml::runtime::esp_nn
