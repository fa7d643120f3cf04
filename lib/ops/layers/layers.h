// Kernels of layers with weights, and of pooling.
#ifndef TINYML_OPS_LAYERS_LAYERS_H_
#define TINYML_OPS_LAYERS_LAYERS_H_

#include "ops/kernel.h"

namespace tinyml::ops {

Result<Invocation> PrepareConv2D(OpContext& op);
Result<Invocation> PrepareDepthwiseConv2D(OpContext& op);
Result<Invocation> PrepareFullyConnected(OpContext& op);
Result<Invocation> PrepareTransposeConv(OpContext& op);
Result<Invocation> PrepareAveragePool2D(OpContext& op);
Result<Invocation> PrepareMaxPool2D(OpContext& op);
Result<Invocation> PrepareL2Pool2D(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_LAYERS_H_
