// CONV_2D: what the overlays share with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_

#include "runtime/reference/layers/convolution.h"

namespace tinyml::runtime {

// What Prepare requests and checks once it has its tensors. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/conv_common.cc, ConvPrepare.
Status PrepareConv2D(KernelContext& context, const ConvTensors& tensors);

// Refuses a missing bias without Change::kConvTypes, before which
// CalculateOpDataConv gives a temporary tensor back that it never took.
Status CheckConvBias(const KernelContext& context);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/conv.h, Conv, and integer_ops/conv.h.
Status CheckConvInvoke(KernelContext& context, const ConvTensors& tensors);

// Warns of a bias of an int16 convolution that Invoke refuses. Source:
// micro/kernels/conv.cc, ConvEval.
void WarnOfInt16BiasType(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_
