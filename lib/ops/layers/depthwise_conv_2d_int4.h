// The depthwise convolution in which CMSIS-NN reads wrong int4 weights: with an
// odd number of input channels.
#ifndef TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_INT4_H_
#define TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_INT4_H_

#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"

namespace tinyml::ops {

// Whether arm_depthwise_conv_wrapper_s4 takes the path that misreads. Source:
// CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/arm_depthwise_conv_wrapper_s4.c.
bool IsDepthwiseInt4Misread(const ConvGeometry& geometry);

// The results that CMSIS-NN then computes. Warns of them.
Result<Invocation> MakeDepthwiseInt4Misread(OpContext& op,
                                            const LayerOperands& operands,
                                            const ConvGeometry& geometry,
                                            Requantization quantization);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_DEPTHWISE_CONV_2D_INT4_H_
