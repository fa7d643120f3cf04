// DEPTHWISE_CONV_2D in the reference kernels, and what the overlays share.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_

#include "runtime/kernels/kernel.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// The axis of the filter that holds the output channels. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/depthwise_conv_common.cc.
inline constexpr int kDepthwiseChannelAxis = 3;

// Takes temporary tensors and checks as micro/kernels/
// depthwise_conv_common.cc, CalculateOpDataDepthwiseConv does.
Status CalculateOpDataDepthwiseConv(KernelContext& context,
                                    TensorType data_type,
                                    ActivationFunctionType activation);

// What Prepare requests and checks once it has the output, the input and the
// filter. Source: micro/kernels/depthwise_conv_common.cc, DepthwiseConvPrepare.
Status PrepareDepthwiseConv(KernelContext& context, const RuntimeTensor& input,
                            const RuntimeTensor& filter);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/depthwiseconv_float.h, DepthwiseConv, and
// integer_ops/depthwise_conv.h.
Status CheckDepthwiseConvInvoke(KernelContext& context,
                                const RuntimeTensor& input,
                                const RuntimeTensor& filter,
                                const RuntimeTensor& output);

// Init is that of CONV_2D.
Status DepthwiseConvPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_DEPTHWISE_CONV_2D_H_
