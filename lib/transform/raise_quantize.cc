#include "transform/raise_quantize.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/append.h"
#include "model/constants.h"
#include "model/operator_table.h"
#include "transform/quantized_constants.h"
#include "transform/quantized_operators.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

class Raising {
 public:
  Raising(Model& model, size_t subgraph) : model_(model), subgraph_(subgraph) {}

  void Run() {
    JoinEqual();
    wiring_.emplace(graph());
    removed_.assign(graph().operators.size(), false);
    for (size_t i = 0; i < graph().operators.size(); ++i) {
      if (IsFromFloat(i)) Raise(static_cast<int>(i));
    }
    auto& operators = graph().operators;
    size_t kept = 0;
    for (size_t i = 0; i < operators.size(); ++i) {
      if (removed_[i]) continue;
      if (kept != i) operators[kept] = std::move(operators[i]);
      ++kept;
    }
    operators.resize(kept);
  }

 private:
  Subgraph& graph() { return model_.subgraphs[subgraph_]; }
  Operator& op(int index) { return graph().operators[index]; }
  Op CodeOf(int index) { return model_.CodeOf(op(index)).Code(); }
  const Tensor& tensor(TensorIndex index) { return graph().tensors[index]; }
  bool IsConstant(TensorIndex index) {
    return index != kNoTensor && !wiring_->is_made[index] &&
           !tensor(index).is_variable && !model_.DataOf(tensor(index)).empty();
  }

  // QUANTIZE of a float to int8 of one scale.
  bool IsFromFloat(size_t index) {
    const Operator& quantize = graph().operators[index];
    return model_.CodeOf(quantize).Code() == Op::kQuantize &&
           quantize.inputs.size() == 1 && quantize.outputs.size() == 1 &&
           quantize.inputs[0] != kNoTensor &&
           tensor(quantize.inputs[0]).type == TensorType::kFloat32 &&
           tensor(quantize.outputs[0]).type == TensorType::kInt8 &&
           ScaleOf(tensor(quantize.outputs[0]));
  }

  void JoinEqual() {
    std::map<std::pair<TensorIndex, std::pair<float, int64_t>>, TensorIndex>
        first;
    for (size_t i = 0; i < graph().operators.size(); ++i) {
      if (!IsFromFloat(i)) continue;
      Operator& quantize = graph().operators[i];
      const Scale scale = *ScaleOf(tensor(quantize.outputs[0]));
      const auto [found, is_new] =
          first.emplace(std::pair(quantize.inputs[0],
                                  std::pair(scale.scale, scale.zero_point)),
                        quantize.outputs[0]);
      // From int8 to the same int8, which does nothing (RemoveNoOps).
      if (!is_new) quantize.inputs[0] = found->second;
    }
  }

  // The bound of a MAXIMUM or MINIMUM: the input that is one constant.
  std::optional<size_t> BoundInput(int index) {
    if (op(index).inputs.size() != 2) return std::nullopt;
    for (const size_t i : {0, 1}) {
      const TensorIndex bound = op(index).inputs[i];
      if (IsConstant(bound) && tensor(bound).type == TensorType::kFloat32 &&
          !IsConstant(op(index).inputs[1 - i])) {
        return i;
      }
    }
    return std::nullopt;
  }

  // Which input of `index` the QUANTIZE would go to.
  std::optional<size_t> ThroughInput(int index) {
    const Op code = CodeOf(index);
    if (!CommutesWithQuantize(code) || op(index).outputs.size() != 1) {
      return std::nullopt;
    }
    if (code == Op::kMaximum || code == Op::kMinimum) {
      const auto bound = BoundInput(index);
      if (!bound) return std::nullopt;
      return 1 - *bound;
    }
    if (code == Op::kPadv2 &&
        (op(index).inputs.size() != 3 || !IsConstant(op(index).inputs[2]))) {
      return std::nullopt;
    }
    const size_t data = QuantizationRuleOf(code)->input;
    if (data >= op(index).inputs.size()) return std::nullopt;
    const TensorIndex input = op(index).inputs[data];
    if (input == kNoTensor || tensor(input).type != TensorType::kFloat32 ||
        IsConstant(input)) {
      return std::nullopt;
    }
    // RELU rescales by itself.
    if (code == Op::kRelu) {
      const int before = wiring_->producer[input];
      if (before != Wiring::kNone && CodeOf(before) == Op::kDequantize) {
        return std::nullopt;
      }
    }
    return data;
  }

  // Whether no int8 of the scale is changed by the clamp.
  bool IsIdle(int index, const Scale& scale) {
    const auto at_least = [&](double value) {
      return StepsOf(scale, value) <= -128;
    };
    const auto at_most = [&](double value) {
      return StepsOf(scale, value) >= 127;
    };
    switch (CodeOf(index)) {
      case Op::kRelu:
        return at_least(0);
      case Op::kRelu6:
        return at_least(0) && at_most(6);
      case Op::kMaximum:
      case Op::kMinimum: {
        const TensorIndex operand = op(index).inputs[1 - *BoundInput(index)];
        const auto values =
            FloatsOf(model_, tensor(op(index).inputs[*BoundInput(index)]));
        const bool is_maximum = CodeOf(index) == Op::kMaximum;
        return tensor(operand).shape == tensor(op(index).outputs[0]).shape &&
               std::ranges::all_of(values, [&](float value) {
                 const auto bound = static_cast<double>(value);
                 return is_maximum ? at_least(bound) : at_most(bound);
               });
      }
      default:
        return false;
    }
  }

  TensorIndex NewInt8(TensorIndex like, const Scale& scale) {
    return AppendTensor(graph(), Int8Like(tensor(like), scale));
  }

  TensorIndex NewConstant(TensorIndex like, const Scale& scale) {
    Integers integers = IntegersAt(scale, FloatsOf(model_, tensor(like)));
    const TensorIndex made = NewInt8(like, scale);
    graph().tensors.back().buffer =
        AppendBuffer(model_, BufferData(std::move(integers.bytes)));
    return made;
  }

  void Raise(int index) {
    const TensorIndex result = op(index).outputs[0];
    const Scale scale = *ScaleOf(tensor(result));
    // From the QUANTIZE up, and which input of each leads on.
    std::vector<std::pair<int, size_t>> chain;
    TensorIndex real = op(index).inputs[0];
    int reader = index;
    for (;;) {
      const size_t r = real;
      const int maker = wiring_->producer[r];
      if (maker == Wiring::kNone || wiring_->reader[r] != reader) break;
      const auto through = ThroughInput(maker);
      if (!through) break;
      chain.emplace_back(maker, *through);
      real = op(maker).inputs[*through];
      reader = maker;
    }
    if (chain.empty()) return;
    std::reverse(chain.begin(), chain.end());
    std::vector<bool> idle;
    for (const auto& [link, through] : chain) {
      idle.push_back(IsIdle(link, scale));
    }
    const auto busy =
        static_cast<size_t>(std::count(idle.begin(), idle.end(), false));
    // Every operator goes to the place of the next one that stays.
    size_t placed = 0;
    TensorIndex current = busy == 0 ? result : NewInt8(real, scale);
    Operator carried = std::move(op(index));
    carried.inputs = {real};
    carried.outputs = {current};
    for (size_t i = 0; i < chain.size(); ++i) {
      const auto [link, through] = chain[i];
      if (idle[i]) {
        removed_[link] = true;
        continue;
      }
      QuantizeLink(link, through, current, scale);
      ++placed;
      current = placed == busy ? result : NewInt8(op(link).outputs[0], scale);
      op(link).outputs[0] = current;
      std::swap(op(link), carried);
    }
    op(index) = std::move(carried);
  }

  // Inputs of an operator that works on int8 from now on.
  void QuantizeLink(int link, size_t through, TensorIndex input,
                    const Scale& scale) {
    const Op code = CodeOf(link);
    if (code == Op::kMaximum || code == Op::kMinimum) {
      const size_t bound = 1 - through;
      const TensorIndex made = NewConstant(op(link).inputs[bound], scale);
      op(link).inputs[bound] = made;
    } else if (code == Op::kPadv2) {
      const TensorIndex made = NewConstant(op(link).inputs[2], scale);
      op(link).inputs[2] = made;
    }
    op(link).inputs[through] = input;
  }

  Model& model_;
  size_t subgraph_;
  std::optional<Wiring> wiring_;
  std::vector<bool> removed_;
};

}  // namespace

void RaiseQuantize(Model& model, size_t subgraph) {
  Raising(model, subgraph).Run();
}

}  // namespace tinyml::transform
