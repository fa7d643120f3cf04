// UNIDIRECTIONAL_SEQUENCE_LSTM on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/unidirectional_sequence_lstm.cc.
#include "runtime/reference/sequence/lstm.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

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

// Without Change::kCmsisLstmGates. CMSIS-NN bfc54edb61e8, the same header.
inline constexpr Field kScalingFields[] = {Int32(2)};
inline constexpr StructDef kScaling = {"cmsis_nn_scaling", kScalingFields};
inline constexpr Field kClipFields[] = {Int16(), Int8()};
inline constexpr StructDef kClip = {"cmsis_nn_lstm_clip_params", kClipFields};
inline constexpr Field kOldParamsFields[] = {
    Int32(),    Struct(kScaling, 17), Int32(3),  Struct(kClip), Int32(4),
    Pointer(4), Pointer(8),           Pointer(), Pointer(4),    Int32(2)};
inline constexpr StructDef kOldParams = {"cmsis_nn_lstm_params",
                                         kOldParamsFields};
inline constexpr Field kOldOpDataFields[] = {Struct(kOpDataLstm),
                                             Struct(kOldParams)};
inline constexpr StructDef kOldOpData = {
    "OpData (UNIDIRECTIONAL_SEQUENCE_LSTM)", kOldOpDataFields};

Status CheckConstants(const KernelContext& context,
                      const LstmTensors& tensors) {
  for (const auto& [first, count] :
       {std::pair(kLstmFirstInputWeights, 8), std::pair(kLstmFirstBias, 4)}) {
    for (int i = first; i < first + count; ++i) {
      TINYML_RETURN_IF_ERROR(
          CheckConstant(context, *tensors.inputs[i], "weights or bias"));
    }
  }
  return {};
}

// Without Change::kCmsisLstmGates: sums of int8 weights come first, and all
// kinds have four buffers.
Status PrepareWithoutGates(KernelContext& context) {
  LstmTensors tensors;
  TINYML_RETURN_IF_ERROR(TakeLstmTensors(context, &tensors));
  const LstmSize size = LstmSizeOf(context, tensors);
  if (tensors.Input().type == TensorType::kInt8) {
    for (int first : {kLstmFirstInputWeights, kLstmFirstRecurrentWeights}) {
      for (int i = first; i < first + 4; ++i) {
        const RuntimeTensor& weights = *tensors.inputs[i];
        TINYML_RETURN_IF_ERROR(CheckRank(context, weights, "weights", 2));
        context.Persistent("sums of the weights", int64_t{4} * weights.Dim(0));
      }
    }
    const RuntimeTensor* hidden = context.TempIntermediate(4);
    TINYML_ENSURE(context, hidden != nullptr && hidden->IsAffine(),
                  "its fifth intermediate tensor is missing or has no "
                  "quantization parameters");
  }
  TINYML_RETURN_IF_ERROR(CheckLstmShapes(context, tensors, size));
  TINYML_RETURN_IF_ERROR(PrepareLstmGates(context, tensors));
  TINYML_RETURN_IF_ERROR(RequestLstmBuffers(context, tensors, size, 4));
  return tensors.Input().type == TensorType::kInt8
             ? Status()
             : CheckLstmInvoke(context, tensors);
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kCmsisLstmGates)) {
    return PrepareWithoutGates(context);
  }
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

const Kernel kUnidirectionalSequenceLstm = {
    .init = InitWith<kOpData, Change::kCmsisLstmGates, kOldOpData>,
    .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
