// LSTM, GRU and RNN, step by step.
//
// TFLM's one recurrent kernel, UNIDIRECTIONAL_SEQUENCE_LSTM, keeps its state
// from one invocation to the next, where ONNX's operators begin each time with
// the state that they are given. So the steps are written out: what the gates
// take from the input is one FULLY_CONNECTED for all steps, what they take from
// the state one for each.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_RECURRENT_H_
#define TINYML_FORMATS_ONNX_OPERATORS_RECURRENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// What one direction of a recurrent node computes with; tensors are those of
// the TFLite graph, weights those of the direction, gate under gate.
struct RecurrentCell {
  const Node* node = nullptr;
  std::string name;
  int64_t steps = 0;
  int64_t batch = 0;
  int64_t input = 0;
  int64_t hidden = 0;
  std::vector<float> weights;    // [gates * hidden, input]
  std::vector<float> recurrent;  // [gates * hidden, hidden]
  std::vector<float> bias;       // [2 * gates * hidden]
  std::vector<float> peepholes;  // [3 * hidden], or empty.
  std::vector<Node> activations;
  float clip = 0;  // 0: none.
  // [steps * batch, input].
  TensorIndex rows = kNoTensor;
};

// Both [batch, hidden]; none where they are zero. Only an LSTM has a `cell`.
struct RecurrentState {
  TensorIndex hidden = kNoTensor;
  TensorIndex cell = kNoTensor;
};

// The operators of one step.
class RecurrentStep {
 public:
  virtual ~RecurrentStep() = default;
  // Those of time `t`, from 0, on the state before it.
  virtual RecurrentState Emit(int64_t t, const RecurrentState& before) = 0;
};

// A step of the operator that `cell.node` is.
std::unique_ptr<RecurrentStep> MakeLstm(Lowering& lowering,
                                        const RecurrentCell& cell);
std::unique_ptr<RecurrentStep> MakeGru(Lowering& lowering,
                                       const RecurrentCell& cell);
std::unique_ptr<RecurrentStep> MakeRnn(Lowering& lowering,
                                       const RecurrentCell& cell);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_RECURRENT_H_
