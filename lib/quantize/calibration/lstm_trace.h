// The cells of a float LSTM over a sequence: values that no tensor holds.
#ifndef TINYML_QUANTIZE_CALIBRATION_LSTM_TRACE_H_
#define TINYML_QUANTIZE_CALIBRATION_LSTM_TRACE_H_

#include <vector>

#include "quantize/calibration/statistics.h"
#include "tinyml/interpreter.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

// What an LSTM remembers between invocations; empty: nothing yet, which is 0.
struct LstmState {
  std::vector<float> hidden;
  std::vector<float> cell;
};

// Computes what UNIDIRECTIONAL_SEQUENCE_LSTM `id` has just computed in
// `interpreter`, with `state` before; adds every cell's value of every step to
// `cells`, and leaves the state after in `state`. Does nothing for operands
// that the runtime's kernel would refuse.
void TraceLstm(const Model& model, const Interpreter& interpreter,
               OperatorId id, LstmState& state, TensorStatistics& cells);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_CALIBRATION_LSTM_TRACE_H_
