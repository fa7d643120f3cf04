// One step of LSTM, GRU and RNN (ONNX's Operators.md has the equations).
#include <string>
#include <utility>

#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/elementwise.h"
#include "formats/onnx/operators/recurrent.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// Rows [first, first + count) of a matrix with `columns` columns.
std::vector<float> RowsOf(const std::vector<float>& matrix, int64_t columns,
                          int64_t first, int64_t count) {
  const auto begin = matrix.begin() + static_cast<ptrdiff_t>(first * columns);
  return {begin, begin + static_cast<ptrdiff_t>(count * columns)};
}

TensorIndex FullyConnected(Lowering& lowering, TensorIndex input,
                           TensorIndex weights, TensorIndex bias,
                           const std::string& name) {
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32,
      {DimsOf(lowering, input)[0], DimsOf(lowering, weights)[0]}, name);
  lowering.Emit(Op::kFullyConnected, {input, weights, bias}, {output},
                FullyConnectedOptions());
  return output;
}

// What some gates, one after the other in the weights, take from the input and
// from the state.
class Gates {
 public:
  // `first` and `count` are numbers of gates.
  Gates(Lowering& lowering, const RecurrentCell& cell, int64_t first,
        int64_t count, bool bias_apart = false)
      : lowering_(lowering), name_(cell.name) {
    const int64_t h = cell.hidden;
    const int64_t n = count * h;
    const auto gates = static_cast<int64_t>(cell.bias.size()) / 2 / h;
    std::vector<float> bias = RowsOf(cell.bias, h, first, count);
    std::vector<float> state_bias = RowsOf(cell.bias, h, gates + first, count);
    if (!bias_apart) {
      for (size_t i = 0; i < bias.size(); ++i) bias[i] += state_bias[i];
      state_bias.clear();
    }
    const TensorIndex weights = lowering.NewFloat(
        {n, cell.input}, RowsOf(cell.weights, cell.input, first * h, n),
        name_ + "/W");
    const TensorIndex product =
        FullyConnected(lowering, cell.rows, weights,
                       lowering.NewFloat({n}, bias, name_ + "/B"), name_);
    of_input_ = EmitSplit(
        lowering, product, 0,
        std::vector<int64_t>(static_cast<size_t>(cell.steps), cell.batch),
        name_);
    recurrent_ = lowering.NewFloat(
        {n, h}, RowsOf(cell.recurrent, h, first * h, n), name_ + "/R");
    if (!state_bias.empty()) {
      state_bias_ = lowering.NewFloat({n}, state_bias, name_ + "/RB");
    }
  }

  TensorIndex OfInput(int64_t t) const { return of_input_[t]; }
  // Of a state that is not zero.
  TensorIndex OfState(TensorIndex state) {
    return FullyConnected(lowering_, state, recurrent_, state_bias_, name_);
  }
  // The bias of the state's part, if it is apart.
  TensorIndex StateBias() const { return state_bias_; }
  // Both together.
  TensorIndex At(int64_t t, TensorIndex state) {
    if (state == kNoTensor) return OfInput(t);
    return lowering_.EmitBinary(Op::kAdd, OfInput(t), OfState(state), name_);
  }

 private:
  Lowering& lowering_;
  std::string name_;
  std::vector<TensorIndex> of_input_;
  TensorIndex recurrent_ = kNoTensor;
  TensorIndex state_bias_ = kNoTensor;
};

// What the cells share.
class Cell : public RecurrentStep {
 protected:
  Cell(Lowering& lowering, const RecurrentCell& cell)
      : lowering_(lowering), cell_(cell) {}

  TensorIndex Binary(Op code, TensorIndex a, TensorIndex b) {
    return lowering_.EmitBinary(code, a, b, cell_.name);
  }
  // Activation number `i`, of what is clipped first.
  TensorIndex Activate(size_t i, TensorIndex x) {
    if (cell_.clip > 0) {
      x = Binary(Op::kMaximum, x, Scalar(least_, -cell_.clip));
      x = Binary(Op::kMinimum, x, Scalar(most_, cell_.clip));
    }
    return ActivateUnclipped(i, x);
  }
  TensorIndex ActivateUnclipped(size_t i, TensorIndex x) {
    return EmitActivation(lowering_, cell_.activations[i], x);
  }
  std::vector<TensorIndex> Split(TensorIndex x,
                                 const std::vector<int64_t>& gates) {
    std::vector<int64_t> sizes;
    for (const int64_t count : gates) sizes.push_back(count * cell_.hidden);
    return EmitSplit(lowering_, x, 1, sizes, cell_.name);
  }
  // 1 - x.
  TensorIndex Rest(TensorIndex x) {
    return Binary(Op::kSub, Scalar(one_, 1), x);
  }

  Lowering& lowering_;
  RecurrentCell cell_;

 private:
  // A constant that all steps share.
  TensorIndex Scalar(TensorIndex& kept, float value) {
    if (kept == kNoTensor) kept = lowering_.NewScalar(value, cell_.name);
    return kept;
  }

  TensorIndex least_ = kNoTensor;
  TensorIndex most_ = kNoTensor;
  TensorIndex one_ = kNoTensor;
};

class Lstm : public Cell {
 public:
  Lstm(Lowering& lowering, const RecurrentCell& cell)
      : Cell(lowering, cell),
        coupled_(cell.node->Int("input_forget", 0) != 0),
        gates_(lowering, cell, 0, 4) {
    const int64_t h = cell.hidden;
    for (int64_t i = 0; !cell.peepholes.empty() && i < 3; ++i) {
      peepholes_.push_back(lowering.NewFloat(
          {h}, RowsOf(cell.peepholes, h, i, 1), cell.name + "/P"));
    }
  }

  RecurrentState Emit(int64_t t, const RecurrentState& before) override {
    const TensorIndex x = gates_.At(t, before.hidden);
    TensorIndex i = kNoTensor;
    TensorIndex o = kNoTensor;
    TensorIndex f = kNoTensor;
    TensorIndex g = kNoTensor;
    if (peepholes_.empty()) {
      const auto parts = Split(x, {3, 1});
      const auto gates = Split(Activate(0, parts[0]), {1, 1, 1});
      i = gates[0];
      o = gates[1];
      f = coupled_ ? kNoTensor : gates[2];
      g = parts[1];
    } else {
      const auto parts = Split(x, {1, 1, 1, 1});
      i = Activate(0, Peep(parts[0], 0, before.cell));
      o = parts[1];  // Looks at the cell that is not known yet.
      if (!coupled_ && before.cell != kNoTensor) {
        f = Activate(0, Peep(parts[2], 2, before.cell));
      }
      g = parts[3];
    }
    RecurrentState after;
    after.cell = Binary(Op::kMul, i, Activate(1, g));
    if (before.cell != kNoTensor) {
      if (coupled_) f = Rest(i);
      after.cell =
          Binary(Op::kAdd, Binary(Op::kMul, f, before.cell), after.cell);
    }
    if (!peepholes_.empty()) o = Activate(0, Peep(o, 1, after.cell));
    // ONNX Runtime does not clip here, nor is it an input of a gate.
    after.hidden = Binary(Op::kMul, o, ActivateUnclipped(2, after.cell));
    return after;
  }

 private:
  TensorIndex Peep(TensorIndex gate, size_t i, TensorIndex cell) {
    if (cell == kNoTensor) return gate;
    return Binary(Op::kAdd, gate, Binary(Op::kMul, cell, peepholes_[i]));
  }

  bool coupled_;
  Gates gates_;
  std::vector<TensorIndex> peepholes_;  // Of i, o, f.
};

class Gru : public Cell {
 public:
  Gru(Lowering& lowering, const RecurrentCell& cell)
      : Cell(lowering, cell),
        reset_after_(cell.node->Int("linear_before_reset", 0) != 0),
        gates_(lowering, cell, 0, 2),
        candidate_(lowering, cell, 2, 1, reset_after_) {}

  RecurrentState Emit(int64_t t, const RecurrentState& before) override {
    const TensorIndex h = before.hidden;
    const auto gates = Split(Activate(0, gates_.At(t, h)), {1, 1});
    const TensorIndex z = gates[0];
    const TensorIndex r = gates[1];
    TensorIndex g = kNoTensor;
    if (reset_after_) {
      const TensorIndex part =
          h == kNoTensor ? candidate_.StateBias() : candidate_.OfState(h);
      g = Binary(Op::kAdd, candidate_.OfInput(t), Binary(Op::kMul, r, part));
    } else {
      g = candidate_.At(t, h == kNoTensor ? h : Binary(Op::kMul, r, h));
    }
    g = Activate(1, g);
    RecurrentState after;
    // (1 - z) g + z h = g + z (h - g).
    after.hidden =
        h == kNoTensor
            ? Binary(Op::kMul, Rest(z), g)
            : Binary(Op::kAdd, g, Binary(Op::kMul, z, Binary(Op::kSub, h, g)));
    return after;
  }

 private:
  bool reset_after_;
  Gates gates_;
  Gates candidate_;
};

class Rnn : public Cell {
 public:
  Rnn(Lowering& lowering, const RecurrentCell& cell)
      : Cell(lowering, cell), gates_(lowering, cell, 0, 1) {}

  RecurrentState Emit(int64_t t, const RecurrentState& before) override {
    RecurrentState after;
    after.hidden = Activate(0, gates_.At(t, before.hidden));
    return after;
  }

 private:
  Gates gates_;
};

}  // namespace

std::unique_ptr<RecurrentStep> MakeLstm(Lowering& lowering,
                                        const RecurrentCell& cell) {
  return std::make_unique<Lstm>(lowering, cell);
}

std::unique_ptr<RecurrentStep> MakeGru(Lowering& lowering,
                                       const RecurrentCell& cell) {
  return std::make_unique<Gru>(lowering, cell);
}

std::unique_ptr<RecurrentStep> MakeRnn(Lowering& lowering,
                                       const RecurrentCell& cell) {
  return std::make_unique<Rnn>(lowering, cell);
}

}  // namespace tinyml::onnx_import
