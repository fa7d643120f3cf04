// UNIDIRECTIONAL_SEQUENCE_LSTM of float32; the operands of all types. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/unidirectional_sequence_lstm.cc,
// lstm_eval.h, lstm_eval.cc. CMSIS-NN's float kernel is the same.
#include "ops/sequence/lstm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

constexpr int kFirstInputWeights = 1;
constexpr int kFirstRecurrentWeights = 5;
constexpr int kFirstBias = 12;
constexpr int kHiddenState = 18;
constexpr int kCellState = 19;

Result<LstmOperands> TakeOperands(const OpContext& op) {
  LstmOperands operands;
  operands.input = op.Input(0);
  operands.hidden_state = op.Input(kHiddenState);
  operands.cell_state = op.Input(kCellState);
  operands.output = op.Output(0);
  bool complete = operands.input != nullptr &&
                  operands.hidden_state != nullptr &&
                  operands.cell_state != nullptr && operands.output != nullptr;
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    const int i = static_cast<int>(gate);
    operands.input_weights[gate] = op.Input(kFirstInputWeights + i);
    operands.recurrent_weights[gate] = op.Input(kFirstRecurrentWeights + i);
    operands.bias[gate] = op.Input(kFirstBias + i);
    complete = complete && operands.input_weights[gate] != nullptr &&
               operands.recurrent_weights[gate] != nullptr &&
               operands.bias[gate] != nullptr;
  }
  TINYML_REQUIRE(op, complete, "an input or its output is missing");
  for (const TensorView* state : {operands.hidden_state, operands.cell_state}) {
    TINYML_REQUIRE(op, !state->IsConstant(),
                   "state " + state->Describe() + " is a constant");
  }
  return operands;
}

Result<LstmShape> TakeShape(const OpContext& op, const LstmOperands& operands) {
  const TensorView& input = *operands.input;
  const TensorView& weights = *operands.recurrent_weights[0];
  TINYML_REQUIRE(op, input.Rank() == 3 && weights.Rank() == 2,
                 "input " + input.Describe() + " should have rank 3, weights " +
                     weights.Describe() + " rank 2");
  const bool time_major =
      op.Options<UnidirectionalSequenceLSTMOptions>().time_major;
  const LstmShape shape{
      time_major, static_cast<size_t>(input.Dim(time_major ? 1 : 0)),
      static_cast<size_t>(input.Dim(time_major ? 0 : 1)),
      static_cast<size_t>(input.Dim(2)), static_cast<size_t>(weights.Dim(0))};
  const auto holds = [&](const TensorView* view, size_t elements) -> Status {
    TINYML_REQUIRE(op, view->Elements() == static_cast<int64_t>(elements),
                   view->Describe() + " should have " +
                       std::to_string(elements) + " elements");
    return {};
  };
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    TINYML_RETURN_IF_ERROR(
        holds(operands.input_weights[gate], shape.units * shape.inputs));
    TINYML_RETURN_IF_ERROR(
        holds(operands.recurrent_weights[gate], shape.units * shape.units));
    TINYML_RETURN_IF_ERROR(holds(operands.bias[gate], shape.units));
  }
  TINYML_RETURN_IF_ERROR(
      holds(operands.hidden_state, shape.batch * shape.units));
  TINYML_RETURN_IF_ERROR(holds(operands.cell_state, shape.batch * shape.units));
  TINYML_RETURN_IF_ERROR(
      holds(operands.output, shape.batch * shape.time * shape.units));
  return shape;
}

// Source: lite/kernels/internal/reference/logistic.h.
float Sigmoid(float x) {
  if (x > 16.619047164916992188F) return 1.0F;
  if (x < -9.0F) return std::exp(x);
  return 1.0F / (1.0F + std::exp(-x));
}

float Dot(const float* a, const float* b, size_t count) {
  float sum = 0.0F;
  for (size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

struct FloatLstm {
  // A gate before its activation.
  float Gate(LstmGate gate, size_t unit, const float* input,
             const float* hidden) const {
    const float* weights = operands.input_weights[gate]->As<float>().data();
    const float* recurrent =
        operands.recurrent_weights[gate]->As<float>().data();
    return Dot(input, weights + unit * shape.inputs, shape.inputs) +
           operands.bias[gate]->As<float>()[unit] +
           Dot(hidden, recurrent + unit * shape.units, shape.units);
  }

  void Step(const float* input, float* hidden, float* cell) {
    for (size_t u = 0; u < shape.units; ++u) {
      const float forget = Sigmoid(Gate(kForgetGate, u, input, hidden));
      const float take = Sigmoid(Gate(kInputGate, u, input, hidden));
      const float value = std::tanh(Gate(kCellGate, u, input, hidden));
      const float kept = forget * cell[u];
      cell[u] = kept + take * value;
      if (cell_clip > 0.0F) {
        cell[u] = std::max(std::min(cell_clip, cell[u]), -cell_clip);
      }
      output_gate[u] = Sigmoid(Gate(kOutputGate, u, input, hidden));
    }
    for (size_t u = 0; u < shape.units; ++u) {
      hidden[u] = std::tanh(cell[u]) * output_gate[u];
    }
  }

  void Run() {
    const float* input = operands.input->As<float>().data();
    float* output = operands.output->Mutable<float>().data();
    for (size_t b = 0; b < shape.batch; ++b) {
      float* hidden =
          operands.hidden_state->Mutable<float>().data() + b * shape.units;
      float* cell =
          operands.cell_state->Mutable<float>().data() + b * shape.units;
      for (size_t t = 0; t < shape.time; ++t) {
        const size_t step = shape.Step(b, t);
        Step(input + step * shape.inputs, hidden, cell);
        std::copy_n(hidden, shape.units, output + step * shape.units);
      }
    }
  }

  LstmOperands operands;
  LstmShape shape;
  float cell_clip = 0.0F;
  std::vector<float> output_gate;
};

}  // namespace

Result<Invocation> PrepareLstmFloat(OpContext& op, const LstmOperands& operands,
                                    const LstmShape& shape) {
  bool all_float = operands.hidden_state->type == TensorType::kFloat32 &&
                   operands.cell_state->type == TensorType::kFloat32 &&
                   operands.output->type == TensorType::kFloat32;
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    all_float =
        all_float &&
        operands.input_weights[gate]->type == TensorType::kFloat32 &&
        operands.recurrent_weights[gate]->type == TensorType::kFloat32 &&
        operands.bias[gate]->type == TensorType::kFloat32;
  }
  TINYML_REQUIRE(op, all_float,
                 "float32 input needs float32 weights, biases, states and "
                 "output");
  const auto& options = op.Options<UnidirectionalSequenceLSTMOptions>();
  TINYML_REQUIRE(
      op, options.fused_activation_function == ActivationFunctionType::kTanh,
      "the activation in its options must be TANH");
  FloatLstm lstm{operands, shape, options.cell_clip,
                 std::vector<float>(shape.units)};
  return [lstm = std::move(lstm)]() mutable -> Status {
    lstm.Run();
    return {};
  };
}

Result<Invocation> PrepareUnidirectionalSequenceLstm(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const LstmOperands operands, TakeOperands(op));
  TINYML_ASSIGN_OR_RETURN(const LstmShape shape, TakeShape(op, operands));
  if (operands.input->type == TensorType::kFloat32) {
    return PrepareLstmFloat(op, operands, shape);
  }
  return PrepareLstmInteger(op, operands, shape);
}

}  // namespace tinyml::ops
