// FULLY_CONNECTED: what the overlay and the LSTM share with the reference
// kernel.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

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

// Without Change::kFullyConnectedInt4.
inline constexpr Field kOpDataInt8FullyConnectedFields[] = {Int32(2), Int32(2),
                                                            Int32(), Int32(3)};
inline constexpr StructDef kOpDataInt8FullyConnected = {
    "OpDataFullyConnected", kOpDataInt8FullyConnectedFields};

struct FullyConnectedTensors {
  const RuntimeTensor& input;
  const RuntimeTensor& filter;
  const RuntimeTensor* bias;  // Null if there is none.
  const RuntimeTensor& output;
};

// Takes the temporary tensors in this order; refuses if one other than the bias
// is omitted.
Result<FullyConnectedTensors> TakeFullyConnected(KernelContext& context);

// Whether the kernels treat `filter` as quantized per channel.
bool IsPerChannel(const RuntimeTensor& filter);

// Checks, and requests what per-channel weights need, as tflite-micro
// 90b983c2b3f1, micro/kernels/fully_connected_common.cc,
// CalculateOpDataFullyConnected does.
Status CalculateOpDataFullyConnected(KernelContext& context,
                                     ActivationFunctionType activation,
                                     const FullyConnectedTensors& tensors);

// What the reference kernel asserts when it runs. Source:
// lite/kernels/internal/reference/fully_connected.h, FullyConnected, and
// integer_ops/fully_connected.h.
Status CheckFullyConnectedInvoke(KernelContext& context,
                                 const FullyConnectedTensors& tensors);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_FULLY_CONNECTED_H_
