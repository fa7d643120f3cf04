// FULLY_CONNECTED in the reference kernels, and what overlays and the LSTM
// share with it.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// micro/kernels/fully_connected.h, OpDataFullyConnected.
inline constexpr Field kOpDataFullyConnectedFields[] = {
    Int32(2), Int32(2), Int32(), Int32(3), Int32(), Pointer(2), Bool()};
inline constexpr StructDef kOpDataFullyConnected = {
    "OpDataFullyConnected", kOpDataFullyConnectedFields};
// Without Change::kFullyConnectedPerChannel.
inline constexpr Field kOpDataPerTensorFullyConnectedFields[] = {
    Int32(2), Int32(2), Int32(), Int32(3), Int32()};
inline constexpr StructDef kOpDataPerTensorFullyConnected = {
    "OpDataFullyConnected", kOpDataPerTensorFullyConnectedFields};

// Whether the kernels take `filter` for quantized per channel.
bool IsPerChannel(const RuntimeTensor& filter);

// Checks, and requests what per-channel weights need, as tflite-micro
// 90b983c2b3f1, micro/kernels/fully_connected_common.cc,
// CalculateOpDataFullyConnected does. `bias` may be null.
Status CalculateOpDataFullyConnected(KernelContext& context,
                                     ActivationFunctionType activation,
                                     TensorType data_type,
                                     const RuntimeTensor& input,
                                     const RuntimeTensor& filter,
                                     const RuntimeTensor* bias,
                                     const RuntimeTensor& output);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/fully_connected.h, FullyConnected, and
// integer_ops/fully_connected.h.
Status CheckFullyConnectedInvoke(KernelContext& context,
                                 const RuntimeTensor& input,
                                 const RuntimeTensor& filter,
                                 const RuntimeTensor& output);

Status FullyConnectedInit(KernelContext& context);
Status FullyConnectedPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_
