// The operands of UNIDIRECTIONAL_SEQUENCE_LSTM, and its kernels by type.
#ifndef TINYML_OPS_SEQUENCE_LSTM_H_
#define TINYML_OPS_SEQUENCE_LSTM_H_

#include <array>
#include <cstddef>

#include "ops/kernel.h"

namespace tinyml::ops {

// In the order of the operator's inputs.
enum LstmGate : uint8_t { kInputGate, kForgetGate, kCellGate, kOutputGate };
inline constexpr size_t kLstmGates = 4;

struct LstmOperands {
  const TensorView* input = nullptr;
  std::array<const TensorView*, kLstmGates> input_weights{};
  std::array<const TensorView*, kLstmGates> recurrent_weights{};
  std::array<const TensorView*, kLstmGates> bias{};
  const TensorView* hidden_state = nullptr;
  const TensorView* cell_state = nullptr;
  const TensorView* output = nullptr;
};

// Sequences of `time` steps, each with `inputs` elements in and `units` out.
struct LstmShape {
  bool time_major = false;
  size_t batch = 0;
  size_t time = 0;
  size_t inputs = 0;
  size_t units = 0;

  // The index of the step among all steps of the input and the output.
  size_t Step(size_t b, size_t t) const {
    return time_major ? t * batch + b : b * time + t;
  }
};

Result<Invocation> PrepareLstmFloat(OpContext& op, const LstmOperands& operands,
                                    const LstmShape& shape);
Result<Invocation> PrepareLstmInteger(OpContext& op,
                                      const LstmOperands& operands,
                                      const LstmShape& shape);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_LSTM_H_
