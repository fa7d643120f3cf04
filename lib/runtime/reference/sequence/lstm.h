// UNIDIRECTIONAL_SEQUENCE_LSTM: what the overlay shares with the reference
// kernel.
#ifndef TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_H_
#define TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_H_

#include <array>

#include "runtime/abi/abi.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// lite/kernels/internal/types.h, FullyConnectedParams. The weights format is an
// enum class of uint8_t.
inline constexpr Field kFullyConnectedParamsFields[] = {
    Int32(3), Int32(2), Int32(2), Float(2), Bool(2), Int8()};
inline constexpr StructDef kFullyConnectedParams = {
    "FullyConnectedParams", kFullyConnectedParamsFields};

// micro/kernels/lstm_shared.h
inline constexpr Field kGateParametersFields[] = {
    Struct(kFullyConnectedParams, 2)};
inline constexpr StructDef kGateParameters = {"GateParameters",
                                              kGateParametersFields};
inline constexpr Field kInterGateParametersFields[] = {
    Struct(kArithmeticParams, 3)};
inline constexpr StructDef kInterGateParameters = {"InterGateParameters",
                                                   kInterGateParametersFields};
inline constexpr Field kLstmSizeInfoFields[] = {Bool(), Int32(4)};
inline constexpr StructDef kLstmSizeInfo = {"LstmSizeInfo",
                                            kLstmSizeInfoFields};
inline constexpr Field kCellStateInfoFields[] = {Float(), Int16(), Int32()};
inline constexpr StructDef kCellStateInfo = {"CellStateInfo",
                                             kCellStateInfoFields};
inline constexpr Field kOpDataLstmFields[] = {
    Struct(kLstmSizeInfo),      Struct(kCellStateInfo),       Enum(),
    Struct(kGateParameters, 4), Struct(kInterGateParameters), Int32(4)};
inline constexpr StructDef kOpDataLstm = {"OpDataLSTM", kOpDataLstmFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataLstmFields[] = {Struct(kOpDataLstm),
                                                      Pointer(4)};
inline constexpr StructDef kInfineonOpDataLstm = {"OpDataLSTM",
                                                  kInfineonOpDataLstmFields};

// Positions of the inputs. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/lstm_shared.h.
inline constexpr int kLstmInputs = 24;
inline constexpr int kLstmInput = 0;
inline constexpr int kLstmFirstInputWeights =
    1;  // Input, forget, cell, output.
inline constexpr int kLstmFirstRecurrentWeights = 5;
inline constexpr int kLstmFirstPeephole = 9;     // 3 tensors.
inline constexpr int kLstmFirstBias = 12;        // Like the weights.
inline constexpr int kLstmFirstProjection = 16;  // 2 tensors.
inline constexpr int kLstmOutputState = 18;
inline constexpr int kLstmCellState = 19;
inline constexpr int kLstmFirstLayerNorm = 20;  // 4 tensors.

struct LstmTensors {
  std::array<const RuntimeTensor*, kLstmInputs> inputs = {};
  const RuntimeTensor* output = nullptr;

  const RuntimeTensor& Input() const { return *inputs[kLstmInput]; }
  const RuntimeTensor& OutputState() const { return *inputs[kLstmOutputState]; }
  const RuntimeTensor& CellState() const { return *inputs[kLstmCellState]; }
};

// Takes the temporary tensors and refuses variants of the LSTM, tensors that
// are missing, and types that do not match. Source: micro/kernels/lstm_eval.cc,
// LstmTensors and ValidateTensorStatus.
Status TakeLstmTensors(KernelContext& context, LstmTensors* tensors);

struct LstmSize {
  int64_t batch = 0;
  int64_t inputs = 0;
  int64_t states = 0;
};

// Source: micro/kernels/lstm_eval_common.cc, CreateLstmSizeInfo.
LstmSize LstmSizeOf(const KernelContext& context, const LstmTensors& tensors);

// Refuses shapes that do not fit. Source: as above, ValidateTensorSize.
Status CheckLstmShapes(const KernelContext& context, const LstmTensors& tensors,
                       const LstmSize& size);

// Checks, and requests what per-channel weights need, for the gates of a
// float32 or int16 cell state; refuses others. Source: as above,
// PrepareGateParametersInteger.
Status PrepareLstmGates(KernelContext& context, const LstmTensors& tensors);

// Requests `count` scratch buffers of one cell state.
Status RequestLstmBuffers(KernelContext& context, const LstmTensors& tensors,
                          const LstmSize& size, int count);

// What the reference kernel asserts when it runs. Source: micro/kernels/
// lstm_eval.h, CalculateLstmGate.
Status CheckLstmInvoke(KernelContext& context, const LstmTensors& tensors);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_H_
