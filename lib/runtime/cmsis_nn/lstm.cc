// UNIDIRECTIONAL_SEQUENCE_LSTM on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/unidirectional_sequence_lstm.cc.
#include "runtime/reference/lstm.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/kernels.h"
#include "runtime/tensor_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// CMSIS-NN 4ab83cc3cc98, Include/arm_nn_types.h, cmsis_nn_lstm_gate and
// cmsis_nn_lstm_params.
inline constexpr Field kGateFields[] = {Int32(2),   Pointer(2), Int32(2),
                                        Pointer(2), Pointer(),  Enum()};
inline constexpr StructDef kGate = {"cmsis_nn_lstm_gate", kGateFields};
inline constexpr Field kParamsFields[] = {Int32(5), Int32(), Int32(6), Int32(3),
                                          Struct(kGate, 4)};
inline constexpr StructDef kParams = {"cmsis_nn_lstm_params", kParamsFields};
inline constexpr Field kOpDataFields[] = {Struct(kOpDataLstm), Struct(kParams)};
inline constexpr StructDef kOpData = {"OpData (UNIDIRECTIONAL_SEQUENCE_LSTM)",
                                      kOpDataFields};

Status CheckConstants(const KernelContext& context,
                      const LstmTensors& tensors) {
  for (const auto& [first, count] :
       {std::pair(kLstmFirstInputWeights, 8), std::pair(kLstmFirstBias, 4)}) {
    for (int i = first; i < first + count; ++i) {
      TINYML_RETURN_IF_ERROR(CheckConstant(
          context, *tensors.inputs[static_cast<size_t>(i)], "weights or bias"));
    }
  }
  return {};
}

Status Init(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

Status Prepare(KernelContext& context) {
  LstmTensors tensors;
  TINYML_RETURN_IF_ERROR(TakeLstmTensors(context, &tensors));
  TINYML_RETURN_IF_ERROR(CheckConstants(context, tensors));
  const LstmSize size = LstmSizeOf(context, tensors);
  TINYML_RETURN_IF_ERROR(CheckLstmShapes(context, tensors, size));
  TINYML_RETURN_IF_ERROR(PrepareLstmGates(context, tensors));

  const TensorType input = tensors.Input().type;
  const bool quantized =
      HasType(tensors.Input(), {TensorType::kInt8, TensorType::kInt16}) &&
      tensors.CellState().type == TensorType::kInt16;
  if (!quantized) {
    TINYML_RETURN_IF_ERROR(RequestLstmBuffers(context, tensors, size, 4));
    return CheckLstmInvoke(context, tensors);
  }
  // Sums of the weights: of input and state, for each gate.
  const int64_t sum_bytes = input == TensorType::kInt8 ? 4 : 8;
  for (int i = 0; i < 8; ++i) {
    context.Persistent("sums of the weights", size.states * sum_bytes);
  }
  return RequestLstmBuffers(context, tensors, size, 3);
}

}  // namespace

const Kernel kUnidirectionalSequenceLstm = {Init, Prepare};

}  // namespace tinyml::runtime::cmsis_nn
