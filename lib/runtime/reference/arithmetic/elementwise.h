// The Prepare shared by the unary operators of upstream's elementwise.cc.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_ELEMENTWISE_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_ELEMENTWISE_H_

#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Source: tflite-micro 90b983c2b3f1, micro/kernels/elementwise.cc,
// GenericPrepare, whose test of the type never refuses.
Status PrepareElementwise(KernelContext& context, TensorType type);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_ELEMENTWISE_H_
