#include "quantize/calibration/lstm_trace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

// Inputs of the operator, and the order of the gates among them. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/lstm_shared.h.
constexpr size_t kInputWeights = 1;
constexpr size_t kRecurrentWeights = 5;
constexpr size_t kBias = 12;
constexpr size_t kHiddenState = 18;
constexpr size_t kGates = 4;
enum Gate : uint8_t { kInputGate, kForgetGate, kCellGate, kOutputGate };

std::vector<float> Values(const RunningTensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(),
              values.size() * sizeof(float));
  return values;
}

float Sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

}  // namespace

void TraceLstm(const Model& model, const Interpreter& interpreter,
               OperatorId id, LstmState& state, TensorStatistics& cells) {
  const Operator& op = model.subgraphs[id.subgraph].operators[id.index];
  const auto* options = op.options.As<UnidirectionalSequenceLSTMOptions>();
  if (options == nullptr || op.inputs.size() <= kHiddenState) return;
  const auto at = [&](size_t i) {
    return op.inputs[i] == kNoTensor
               ? RunningTensor()
               : interpreter.At(id.subgraph, op.inputs[i]);
  };
  const RunningTensor input = at(0);
  const RunningTensor hidden_state = at(kHiddenState);
  if (input.shape.size() != 3 || hidden_state.shape.size() != 2) return;
  const bool time_major = options->time_major;
  const size_t batches = input.shape[time_major ? 1 : 0];
  const size_t steps = input.shape[time_major ? 0 : 1];
  const size_t inputs = input.shape[2];
  const size_t units = hidden_state.shape[1];
  std::array<std::vector<float>, kGates> weights;
  std::array<std::vector<float>, kGates> recurrent;
  std::array<std::vector<float>, kGates> bias;
  for (size_t g = 0; g < kGates; ++g) {
    weights[g] = Values(at(kInputWeights + g));
    recurrent[g] = Values(at(kRecurrentWeights + g));
    bias[g] = Values(at(kBias + g));
    if (weights[g].size() != units * inputs ||
        recurrent[g].size() != units * units || bias[g].size() != units) {
      return;
    }
  }
  const std::vector<float> x = Values(input);
  state.hidden.resize(batches * units, 0.0F);
  state.cell.resize(batches * units, 0.0F);
  std::vector<float> next(units);
  const auto gate = [&](size_t g, size_t u, const float* in,
                        const float* hidden) {
    float sum = bias[g][u];
    for (size_t i = 0; i < inputs; ++i)
      sum += weights[g][u * inputs + i] * in[i];
    for (size_t i = 0; i < units; ++i) {
      sum += recurrent[g][u * units + i] * hidden[i];
    }
    return sum;
  };
  for (size_t b = 0; b < batches; ++b) {
    float* hidden = state.hidden.data() + b * units;
    float* cell = state.cell.data() + b * units;
    for (size_t t = 0; t < steps; ++t) {
      const float* in =
          x.data() + (time_major ? t * batches + b : b * steps + t) * inputs;
      for (size_t u = 0; u < units; ++u) {
        cell[u] = Sigmoid(gate(kForgetGate, u, in, hidden)) * cell[u] +
                  Sigmoid(gate(kInputGate, u, in, hidden)) *
                      std::tanh(gate(kCellGate, u, in, hidden));
        if (options->cell_clip > 0) {
          cell[u] =
              std::clamp(cell[u], -options->cell_clip, options->cell_clip);
        }
        next[u] =
            Sigmoid(gate(kOutputGate, u, in, hidden)) * std::tanh(cell[u]);
      }
      std::copy(next.begin(), next.end(), hidden);
      cells.Add({cell, units}, 0);
    }
  }
}

}  // namespace tinyml::quantize
