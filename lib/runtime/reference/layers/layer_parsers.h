// What the runtime's parsers refuse in the options of layers. Source:
// tflite-micro 90b983c2b3f1, lite/core/api/flatbuffer_conversions.cc.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_PARSERS_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_PARSERS_H_

#include "runtime/kernels/kernel_context.h"

namespace tinyml::runtime::reference {

Status ParseConv2D(KernelContext& context);
Status ParseFullyConnected(KernelContext& context);
Status ParseTransposeConv(KernelContext& context);

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_PARSERS_H_
