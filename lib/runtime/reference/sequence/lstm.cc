// UNIDIRECTIONAL_SEQUENCE_LSTM. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/
// unidirectional_sequence_lstm.cc, lstm_eval.cc and
// lstm_eval_common.cc.
#include "runtime/reference/sequence/lstm.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/fully_connected.h"
#include "runtime/reference/layers/layer_checks.h"
#include "runtime/reference/sequence/lstm_full.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

constexpr int kGates = 4;

std::string Name(int i) { return "input " + std::to_string(i); }
// Refuses unless inputs [first, first + count) are present and share a type.
Status CheckAlike(const KernelContext& context, const LstmTensors& tensors,
                  int first, int count) {
  const RuntimeTensor* front = tensors.inputs[first];
  for (int i = first; i < first + count; ++i) {
    const RuntimeTensor* tensor = tensors.inputs[i];
    TINYML_ENSURE(context, tensor != nullptr, Name(i) + " is missing");
    TINYML_ENSURE(context, tensor->type == front->type,
                  Name(first) + " " + front->Describe() + " and " + Name(i) +
                      " " + tensor->Describe() + " differ in type");
  }
  return {};
}

Status CheckAbsent(const KernelContext& context, const LstmTensors& tensors,
                   int first, int count, std::string_view what) {
  for (int i = first; i < first + count; ++i) {
    TINYML_ENSURE(context, tensors.inputs[i] == nullptr,
                  "it has " + std::string(what) + " (" + Name(i) +
                      "), which the runtime does not know");
  }
  return {};
}

Status CheckState(const KernelContext& context, const LstmTensors& tensors,
                  int i) {
  const RuntimeTensor* state = tensors.inputs[i];
  TINYML_ENSURE(context, state != nullptr,
                "its state " + Name(i) + " is missing");
  TINYML_ENSURE(context, state->IsVariable(),
                "its state " + state->Describe() + " is not a variable tensor");
  return {};
}

Status CheckShape(const KernelContext& context, const RuntimeTensor& tensor,
                  const std::vector<int64_t>& expected) {
  bool equal = tensor.dims.size() == expected.size();
  std::string shape;
  for (size_t i = 0; i < expected.size(); ++i) {
    equal = equal && tensor.dims[i] == expected[i];
    shape += (i == 0 ? "" : ",") + std::to_string(expected[i]);
  }
  TINYML_ENSURE(context, equal,
                tensor.Describe() + " should have shape [" + shape + "]");
  return {};
}

// The result of the two products of a gate, before its activation: int16 of
// scale 2^-12.
RuntimeTensor GateOutput() {
  static const Tensor kSource = [] {
    Tensor source;
    source.name = "gate output";
    return source;
  }();
  RuntimeTensor tensor;
  tensor.source = &kSource;
  tensor.type = TensorType::kInt16;
  tensor.scale = 0x1p-12F;
  return tensor;
}

Status PrepareGate(KernelContext& context, const LstmTensors& tensors,
                   int gate) {
  const RuntimeTensor output = GateOutput();
  const auto at = [&](int first) -> const RuntimeTensor& {
    return *tensors.inputs[first + gate];
  };
  // The biases' scales are not checked.
  for (const auto& [input, weights] :
       {std::pair(&tensors.Input(), &at(kLstmFirstInputWeights)),
        std::pair(&tensors.OutputState(), &at(kLstmFirstRecurrentWeights))}) {
    TINYML_RETURN_IF_ERROR(
        CalculateOpDataFullyConnected(context, ActivationFunctionType::kNone,
                                      {*input, *weights, nullptr, output}));
  }
  return {};
}

Status Init(KernelContext& context) {
  if (!context.Has(Change::kLstmByGates)) return InitFullLstm(context);
  return InitWith<kInfineonOpDataLstm, Change::kInfineonKernelData,
                  kOpDataLstm>(context);
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kLstmByGates)) return PrepareFullLstm(context);
  LstmTensors tensors;
  TINYML_RETURN_IF_ERROR(TakeLstmTensors(context, &tensors));
  const LstmSize size = LstmSizeOf(context, tensors);
  TINYML_RETURN_IF_ERROR(CheckLstmShapes(context, tensors, size));
  TINYML_RETURN_IF_ERROR(PrepareLstmGates(context, tensors));
  TINYML_RETURN_IF_ERROR(RequestLstmBuffers(context, tensors, size, 4));
  return CheckLstmInvoke(context, tensors);
}

}  // namespace

Status TakeLstmTensors(KernelContext& context, LstmTensors* tensors) {
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  TINYML_ENSURE(context, context.NumInputs() == kLstmInputs,
                "it needs 24 inputs");
  for (int i = 0; i < kLstmInputs; ++i) {
    tensors->inputs[i] = context.TempInput(i);
  }
  tensors->output = context.TempOutput(0);

  const RuntimeTensor* input = tensors->inputs[kLstmInput];
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckState(context, *tensors, kLstmOutputState));
  TINYML_RETURN_IF_ERROR(CheckState(context, *tensors, kLstmCellState));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, tensors->output, "output"));
  for (const RuntimeTensor* tensor :
       {&tensors->OutputState(), tensors->output}) {
    TINYML_ENSURE(context, tensor->type == input->type,
                  tensor->Describe() + " and input " + input->Describe() +
                      " differ in type");
  }
  TINYML_RETURN_IF_ERROR(
      CheckAlike(context, *tensors, kLstmFirstInputWeights, 2 * kGates));
  TINYML_RETURN_IF_ERROR(CheckAlike(context, *tensors, kLstmFirstBias, kGates));
  TINYML_RETURN_IF_ERROR(CheckAbsent(context, *tensors, kLstmFirstPeephole, 3,
                                     "peephole connections"));
  TINYML_RETURN_IF_ERROR(
      CheckAbsent(context, *tensors, kLstmFirstProjection, 2, "a projection"));
  return CheckAbsent(context, *tensors, kLstmFirstLayerNorm, 4,
                     "layer normalization");
}

LstmSize LstmSizeOf(const KernelContext& context, const LstmTensors& tensors) {
  const bool time_major =
      context.Options<UnidirectionalSequenceLSTMOptions>().time_major;
  const RuntimeTensor& input = tensors.Input();
  return {input.Dim(time_major ? 1 : 0), input.Dim(2),
          tensors.OutputState().Dim(1)};
}

Status CheckLstmShapes(const KernelContext& context, const LstmTensors& tensors,
                       const LstmSize& size) {
  for (int gate = 0; gate < kGates; ++gate) {
    const auto at = [&](int first) -> const RuntimeTensor& {
      return *tensors.inputs[first + gate];
    };
    TINYML_RETURN_IF_ERROR(CheckShape(context, at(kLstmFirstInputWeights),
                                      {size.states, size.inputs}));
    TINYML_RETURN_IF_ERROR(CheckShape(context, at(kLstmFirstRecurrentWeights),
                                      {size.states, size.states}));
    TINYML_RETURN_IF_ERROR(
        CheckShape(context, at(kLstmFirstBias), {size.states}));
  }
  for (const RuntimeTensor* state :
       {&tensors.OutputState(), &tensors.CellState()}) {
    TINYML_ENSURE(context, state->Elements() == size.batch * size.states,
                  "state " + state->Describe() + " should have " +
                      std::to_string(size.batch * size.states) + " elements");
  }
  const RuntimeTensor& input = tensors.Input();
  return CheckShape(context, *tensors.output,
                    {input.Dim(0), input.Dim(1), size.states});
}

Status PrepareLstmGates(KernelContext& context, const LstmTensors& tensors) {
  const RuntimeTensor& cell = tensors.CellState();
  if (cell.type == TensorType::kFloat32) return {};
  TINYML_ENSURE(context, cell.type == TensorType::kInt16,
                "cell state " + cell.Describe() +
                    " has a type other than float32 and int16");
  // Forget, input, cell, output.
  for (int gate : {1, 0, 2, 3}) {
    TINYML_RETURN_IF_ERROR(PrepareGate(context, tensors, gate));
  }
  const double gate_scale = 0x1p-15;
  WarnMultiplier(context,
                 gate_scale * gate_scale / static_cast<double>(cell.scale));
  WarnMultiplier(context, gate_scale * gate_scale /
                              static_cast<double>(tensors.OutputState().scale));
  return {};
}

Status RequestLstmBuffers(KernelContext& context, const LstmTensors& tensors,
                          const LstmSize& size, int count) {
  const int64_t bytes =
      size.batch * size.states * RuntimeTypeBytes(tensors.CellState().type);
  for (int i = 0; i < count; ++i) {
    TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  }
  return {};
}

Status CheckLstmInvoke(KernelContext& context, const LstmTensors& tensors) {
  const RuntimeTensor& input = tensors.Input();
  const RuntimeTensor& weights = *tensors.inputs[kLstmFirstInputWeights];
  const bool runs =
      RunsType(context, input,
               {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
  if (!runs) return {};
  const bool is_float = input.type == TensorType::kFloat32;
  if (!is_float && !RunsType(context, weights, {TensorType::kInt8})) return {};
  const TensorType cell = is_float ? TensorType::kFloat32 : TensorType::kInt16;
  if (tensors.CellState().type != cell ||
      (is_float && weights.type != TensorType::kFloat32)) {
    context.Warn("types of input " + input.Describe() + ", weights " +
                 weights.Describe() + " and cell state " +
                 tensors.CellState().Describe() +
                 " do not match; the kernel reads them wrongly at Invoke");
  }
  const auto activation = context.Options<UnidirectionalSequenceLSTMOptions>()
                              .fused_activation_function;
  TINYML_ENSURE_AT_INVOKE(context, activation == ActivationFunctionType::kTanh,
                          "the activation in its options must be TANH");
  return {};
}

const OperatorKernel reference::kUnidirectionalSequenceLstm = {
    .builtin_data = &kTfLiteUnidirectionalSequenceLSTMParams,
    .init = Init,
    .prepare = Prepare};

}  // namespace tinyml::runtime
