// What the runtime's parsers of operator options refuse.
#ifndef TINYML_RUNTIME_KERNELS_PARSE_CHECKS_H_
#define TINYML_RUNTIME_KERNELS_PARSE_CHECKS_H_

#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Refuses a type in the options that the format does not name. Source:
// tflite-micro 90b983c2b3f1, lite/core/api/flatbuffer_conversions.cc,
// ConvertTensorType.
Status CheckOptionType(const KernelContext& context, TensorType type);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_PARSE_CHECKS_H_
