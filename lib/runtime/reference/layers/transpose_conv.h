// TRANSPOSE_CONV: what the overlay shares with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_TRANSPOSE_CONV_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_TRANSPOSE_CONV_H_

#include "runtime/abi/abi.h"
#include "runtime/reference/layers/convolution.h"

namespace tinyml::runtime {

// lite/kernels/internal/types.h, PaddingValues.
inline constexpr Field kPaddingValuesFields[] = {Int16(4)};
inline constexpr StructDef kPaddingValues = {"PaddingValues",
                                             kPaddingValuesFields};

// lite/kernels/internal/types.h, ConvParams. The padding type is an enum class
// of uint8_t.
inline constexpr Field kConvParamsFields[] = {
    Int8(), Struct(kPaddingValues), Int16(4), Int32(5), Int32(2), Float(2)};
inline constexpr StructDef kConvParams = {"ConvParams", kConvParamsFields};

// Input 0, the output's shape, is never read. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/transpose_conv.h.
inline constexpr ConvInputs kTransposeConvInputs = {
    .input = 2, .filter = 1, .bias = 3};

// Takes temporary tensors, checks and requests as micro/kernels/
// transpose_conv.cc, CalculateOpData does.
Status CalculateOpDataTransposeConv(KernelContext& context,
                                    const ConvTensors& tensors,
                                    ActivationFunctionType activation);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/transpose_conv.h and integer_ops/.
Status CheckTransposeConvInvoke(KernelContext& context,
                                const ConvTensors& tensors);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_TRANSPOSE_CONV_H_
