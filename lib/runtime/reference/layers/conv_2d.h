// CONV_2D in the reference kernels, and what the overlays share with it.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_

#include "runtime/abi/abi.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// micro/kernels/conv.h, OpDataConv.
inline constexpr Field kOpDataConvFields[] = {Struct(kTfLitePaddingValues),
                                              Int32(3),
                                              Int32(2),
                                              Pointer(2),
                                              Int32(2),
                                              Int32()};
inline constexpr StructDef kOpDataConv = {"OpDataConv", kOpDataConvFields};

// Refuses combinations of input and filter types that are not float, int8 with
// int8 or int4 weights, or int16 with int8 weights. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/conv_common.cc, ConvPrepare.
Status CheckConvTypes(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& filter, const RuntimeTensor& output);

// Refuses a filter without quantization parameters, or with a number of scales
// that is neither 1 nor `channels`. Source: as above.
Status CheckFilterScales(const KernelContext& context,
                         const RuntimeTensor& filter, int32_t channels);

// Requests the two arrays of `channels` multipliers and shifts.
void AllocatePerChannel(KernelContext& context, int64_t channels);

// Takes temporary tensors and checks as micro/kernels/conv_common.cc,
// CalculateOpDataConv does.
Status CalculateOpDataConv(KernelContext& context, TensorType data_type,
                           ActivationFunctionType activation);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/conv.h, Conv, and integer_ops/conv.h.
Status CheckConvInvoke(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& filter,
                       const RuntimeTensor& output);

// Warns of a bias of an int16 convolution that Invoke refuses. Source:
// micro/kernels/conv.cc, ConvEval.
void WarnOfInt16BiasType(KernelContext& context);

Status ConvInit(KernelContext& context);
Status ConvPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_CONV_2D_H_
