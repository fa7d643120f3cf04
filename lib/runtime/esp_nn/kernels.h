// The kernels that ESP-NN builds put in the place of the reference ones.
#ifndef TINYML_RUNTIME_ESP_NN_KERNELS_H_
#define TINYML_RUNTIME_ESP_NN_KERNELS_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::esp_nn {

extern const Kernel kConv2D;
extern const Kernel kDepthwiseConv2D;
extern const Kernel kSoftmax;

// Returns the overlay of `code`, or null if ESP-NN has none and the reference
// kernel stays. The kernels look at the target for chip and build.
const Kernel* FindKernel(BuiltinOperator code);

}  // namespace tinyml::runtime::esp_nn

#endif  // TINYML_RUNTIME_ESP_NN_KERNELS_H_
