// DEPTHWISE_CONV_2D: what the overlays share with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_

#include "runtime/reference/layers/convolution.h"

namespace tinyml::runtime {

// The axis of the filter that holds the output channels. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/depthwise_conv_common.cc.
inline constexpr int kDepthwiseChannelAxis = 3;

// Takes temporary tensors and checks as micro/kernels/
// depthwise_conv_common.cc, CalculateOpDataDepthwiseConv does.
Status CalculateOpDataDepthwiseConv(KernelContext& context,
                                    const ConvTensors& tensors);

// What Prepare requests and checks once it has its tensors. Source: as above,
// DepthwiseConvPrepare.
Status PrepareDepthwiseConv2D(KernelContext& context,
                              const ConvTensors& tensors);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/depthwiseconv_float.h, DepthwiseConv, and
// integer_ops/depthwise_conv.h.
Status CheckDepthwiseConvInvoke(KernelContext& context,
                                const ConvTensors& tensors);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_
