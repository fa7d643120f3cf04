// Operators between DEQUANTIZE and QUANTIZE as integer operators.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "model/append.h"
#include "model/constants.h"
#include "model/operator_table.h"
#include "tinyml/operators.h"
#include "tinyml/options.h"
#include "transform/passes.h"
#include "transform/quantized_constants.h"
#include "transform/quantized_operators.h"
#include "transform/raise_quantize.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

// Goes through the operators in order, and knows of each float tensor which
// int8 tensor it was dequantized from. DEQUANTIZEs that are unused in the end
// are left to RemoveDeadOperators.
class Absorbing {
 public:
  Absorbing(Model& model, size_t subgraph, std::vector<std::string>& notes)
      : model_(model),
        graph_(model.subgraphs[subgraph]),
        notes_(notes),
        wiring_(graph_),
        sources_(graph_.tensors.size(), kNoTensor),
        is_wide_(graph_.tensors.size(), false),
        operators_(std::move(graph_.operators)),
        taken_(operators_.size(), false) {
    graph_.operators.clear();
  }

  void Run() {
    for (size_t i = 0; i < operators_.size(); ++i) {
      if (!taken_[i]) Visit(std::move(operators_[i]));
    }
  }

 private:
  const Tensor& tensor(TensorIndex index) const {
    return graph_.tensors[index];
  }
  Op CodeOf(const Operator& op) const { return model_.CodeOf(op).Code(); }
  static TensorIndex InputOf(const Operator& op, size_t i) {
    return i < op.inputs.size() ? op.inputs[i] : kNoTensor;
  }
  // What `index` was dequantized from, or the int8 that a uint8 was made of.
  TensorIndex SourceOf(TensorIndex index) const {
    return index == kNoTensor ? kNoTensor : sources_[index];
  }
  bool IsFloatConstant(TensorIndex index) const {
    return index != kNoTensor &&
           static_cast<size_t>(index) < wiring_.is_made.size() &&
           !wiring_.is_made[index] &&
           tinyml::IsFloatConstant(model_, tensor(index));
  }
  void Put(Operator op) { graph_.operators.push_back(std::move(op)); }
  TensorIndex NewTensor(Tensor made) {
    sources_.push_back(kNoTensor);
    is_wide_.push_back(false);
    return AppendTensor(graph_, std::move(made));
  }
  TensorIndex NewInt8(TensorIndex like, const Scale& scale) {
    return NewTensor(Int8Like(tensor(like), scale));
  }
  TensorIndex NewConstant(TensorIndex like, Integers integers) {
    Tensor made = tensor(like);
    made.type = integers.type;
    made.quantization = std::move(integers.quantization);
    made.buffer = AppendBuffer(model_, BufferData(std::move(integers.bytes)));
    return NewTensor(std::move(made));
  }
  template <typename Options>
  void PutConversion(Op code, TensorIndex from, TensorIndex to,
                     Options options) {
    Operator op;
    op.opcode_index = OpcodeFor(model_, code);
    op.inputs = {from};
    op.outputs = {to};
    op.options = MakeOptions(std::move(options));
    Put(std::move(op));
  }
  // `source`, of the scale.
  TensorIndex Requantized(TensorIndex source, const Scale& scale) {
    if (ScaleOf(tensor(source)) == scale) return source;
    const TensorIndex made = NewInt8(source, scale);
    PutConversion(Op::kQuantize, source, made, QuantizeOptions());
    return made;
  }

  void Visit(Operator op);
  void VisitQuantize(Operator op);
  std::string Move(Operator& op, Op code);
  std::string Integrate(Operator& op, Op code, Rule rule);
  std::string Result(const Operator& op, TensorIndex& quantized) const;
  std::string MakeLayer(Operator& op, Op code, const Scale& input);
  void Note(const Operator& op, const std::string& reason);

  Model& model_;
  Subgraph& graph_;
  std::vector<std::string>& notes_;
  Wiring wiring_;
  std::vector<TensorIndex> sources_;
  std::vector<bool> is_wide_;        // Dequantized from int16.
  std::vector<Operator> operators_;  // As they were.
  std::vector<bool> taken_;          // QUANTIZEs that are no longer needed.
};

void Absorbing::Note(const Operator& op, const std::string& reason) {
  const std::string name =
      op.outputs.empty() || op.outputs[0] == kNoTensor
          ? std::string()
          : " '" + Printable(tensor(op.outputs[0]).name) + "'";
  notes_.push_back(OperatorName(model_, op) + name +
                   " stays float after a DEQUANTIZE: " + reason);
}

void Absorbing::Visit(Operator op) {
  const Op code = CodeOf(op);
  if (code == Op::kQuantize && op.inputs.size() == 1) {
    VisitQuantize(std::move(op));
    return;
  }
  if (code == Op::kDequantize && op.inputs.size() == 1) {
    const TensorIndex source = op.inputs[0];
    const size_t real = op.outputs[0];
    if (source != kNoTensor && tensor(source).type == TensorType::kInt8 &&
        ScaleOf(tensor(source))) {
      sources_[real] = source;
    }
    is_wide_[real] =
        source != kNoTensor && tensor(source).type == TensorType::kInt16;
    Put(std::move(op));
    return;
  }
  const bool reads_quantized =
      std::ranges::any_of(op.inputs, [&](TensorIndex input) {
        return input != kNoTensor &&
               tensor(input).type == TensorType::kFloat32 &&
               SourceOf(input) != kNoTensor;
      });
  if (!reads_quantized) {
    const bool reads_wide =
        std::ranges::any_of(op.inputs, [&](TensorIndex input) {
          return input != kNoTensor && is_wide_[input];
        });
    if (reads_wide) Note(op, "its operand is int16");
    Put(std::move(op));
    return;
  }
  const Rule rule = RuleOf(code);
  std::string reason = "the runtime has no integer kernel for it";
  if (rule == Rule::kReads) {
    op.inputs[0] = SourceOf(op.inputs[0]);
    Put(std::move(op));
    return;
  }
  if (rule == Rule::kMoves) {
    reason = Move(op, code);
  } else if (rule != Rule::kNone) {
    reason = Integrate(op, code, rule);
  }
  if (reason.empty()) return;
  Note(op, reason);
  Put(std::move(op));
}

// Between integers where it can be: to float and back is exact, or rescales; to
// uint8 and back is exact.
void Absorbing::VisitQuantize(Operator op) {
  const TensorIndex input = op.inputs[0];
  const TensorIndex output = op.outputs[0];
  const TensorIndex source = SourceOf(input);
  const auto from = input == kNoTensor ? std::nullopt : ScaleOf(tensor(input));
  const auto to = ScaleOf(tensor(output));
  if (source != kNoTensor && to && tensor(output).type == TensorType::kInt8) {
    const Scale own = *ScaleOf(tensor(source));
    if (Objection(Op::kQuantize, {&own, 1}, *to).empty()) op.inputs[0] = source;
  } else if (from && to && tensor(input).type == TensorType::kInt8 &&
             tensor(output).type == TensorType::kUInt8 &&
             from->scale == to->scale &&
             from->zero_point + 128 == to->zero_point) {
    sources_[output] = input;
  }
  Put(std::move(op));
}

// The same movement of the integers, and a DEQUANTIZE after it.
std::string Absorbing::Move(Operator& op, Op code) {
  const size_t data = QuantizationRuleOf(code)->input;
  const TensorIndex source = SourceOf(InputOf(op, data));
  if (source == kNoTensor) return "its operand is not quantized";
  const Scale scale = *ScaleOf(tensor(source));
  if (code == Op::kPadv2) {
    const TensorIndex pad = InputOf(op, 2);
    if (!IsFloatConstant(pad)) return "its padding is not a constant";
    const auto values = FloatsOf(model_, tensor(pad));
    // The least int8 does for what a MAX_POOL_2D must not find.
    const int after = wiring_.reader[op.outputs[0]];
    const bool before_max =
        after != Wiring::kNone && CodeOf(operators_[after]) == Op::kMaxPool2D;
    for (const float value : values) {
      if (!IsInRange(scale, value) && !(before_max && value < 0)) {
        return "its padding is out of the range of int8";
      }
    }
    op.inputs[2] = NewConstant(pad, IntegersAt(scale, values));
  }
  op.inputs[data] = source;
  const std::vector<TensorIndex> reals = op.outputs;
  for (TensorIndex& output : op.outputs) {
    if (output == kNoTensor) continue;
    const TensorIndex real = output;
    output = NewInt8(real, scale);
    sources_[real] = output;
  }
  const std::vector<TensorIndex> integers = op.outputs;
  Put(std::move(op));
  for (size_t i = 0; i < reals.size(); ++i) {
    if (reals[i] == kNoTensor) continue;
    PutConversion(Op::kDequantize, integers[i], reals[i], DequantizeOptions());
  }
  return {};
}

// The int8 tensor that the operator's result becomes, which nothing may read as
// floats.
std::string Absorbing::Result(const Operator& op,
                              TensorIndex& quantized) const {
  if (op.outputs.size() != 1) return "it has several results";
  const size_t real = op.outputs[0];
  const int after = wiring_.reader[real];
  if (after == Wiring::kNone) return "its result is also read as floats";
  const Operator& reader = operators_[after];
  if (CodeOf(reader) != Op::kQuantize || reader.outputs.size() != 1 ||
      tensor(reader.outputs[0]).type != TensorType::kInt8 ||
      !ScaleOf(tensor(reader.outputs[0]))) {
    return "its result is not quantized to 8 bits";
  }
  quantized = reader.outputs[0];
  return {};
}

std::string Absorbing::Integrate(Operator& op, Op code, Rule rule) {
  TensorIndex result = kNoTensor;
  if (auto reason = Result(op, result); !reason.empty()) return reason;
  const Scale wanted = *ScaleOf(tensor(result));
  std::vector<size_t> operands(1, QuantizationRuleOf(code)->input);
  if (rule == Rule::kPair) operands = {0, 1};
  if (rule == Rule::kJoins) {
    operands.resize(op.inputs.size());
    for (size_t i = 0; i < operands.size(); ++i) operands[i] = i;
  }
  // What is constant among them becomes int8 when all else is known.
  std::vector<TensorIndex> sources;
  std::vector<std::optional<Integers>> constants(operands.size());
  std::vector<Scale> scales;
  for (size_t i = 0; i < operands.size(); ++i) {
    const TensorIndex input = InputOf(op, operands[i]);
    sources.push_back(SourceOf(input));
    if (sources[i] != kNoTensor) {
      scales.push_back(*ScaleOf(tensor(sources[i])));
      continue;
    }
    const bool may_be_constant = rule == Rule::kPair || rule == Rule::kJoins;
    if (!may_be_constant || !IsFloatConstant(input)) {
      return "one of its operands is not quantized to 8 bits";
    }
    const auto values = FloatsOf(model_, tensor(input));
    constants[i] = rule == Rule::kJoins ? IntegersAt(wanted, values)
                                        : IntegerOperand(tensor(input), values);
    if (!constants[i]) return "its constant operand is not quantized to 8 bits";
    const Quantization& chosen = constants[i]->quantization;
    scales.push_back({chosen.scale[0], chosen.zero_point[0]});
  }
  Scale made = wanted;
  if (rule == Rule::kFixed) {
    const FixedParameters fixed = QuantizationRuleOf(code)->fixed_int8;
    made = {fixed.scale, fixed.zero_point};
  }
  if (rule == Rule::kRounds) made = scales[0];
  constexpr float kSame = 1.001F;
  if (made.scale > wanted.scale * kSame) {
    return "its integer kernel's result is coarser than the model's";
  }
  if (auto reason = Objection(code, scales, made); !reason.empty()) {
    return reason;
  }
  if (made != wanted) {
    auto reason = Objection(Op::kQuantize, {&made, 1}, wanted);
    if (!reason.empty()) return reason;
  }
  if (rule == Rule::kLayer) {
    auto reason = MakeLayer(op, code, scales[0]);
    if (!reason.empty()) return reason;
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    TensorIndex& input = op.inputs[operands[i]];
    if (constants[i]) {
      input = NewConstant(input, std::move(*constants[i]));
    } else {
      input =
          rule == Rule::kJoins ? Requantized(sources[i], wanted) : sources[i];
    }
  }
  taken_[wiring_.reader[op.outputs[0]]] = true;
  const TensorIndex output = made == wanted ? result : NewInt8(result, made);
  op.outputs[0] = output;
  Put(std::move(op));
  if (output != result) {
    PutConversion(Op::kQuantize, output, result, QuantizeOptions());
  }
  return {};
}

// Weights and bias in integers.
std::string Absorbing::MakeLayer(Operator& op, Op code, const Scale& input) {
  const QuantizationRule& rule = *QuantizationRuleOf(code);
  const size_t bias_input = rule.bias;
  const TensorIndex filter = InputOf(op, rule.weights);
  const TensorIndex bias = InputOf(op, bias_input);
  if (!IsFloatConstant(filter)) return "its weights are not constants";
  auto weights = IntegerWeights(
      tensor(filter), FloatsOf(model_, tensor(filter)), rule.channel_axis);
  if (!weights) {
    return "its weights are not int8 with a zero point of 0 and one scale, or "
           "one for each channel of the result";
  }
  std::optional<Integers> sums;
  if (bias != kNoTensor) {
    if (!IsFloatConstant(bias)) return "its bias is not a constant";
    sums = IntegerBias(FloatsOf(model_, tensor(bias)), input,
                       weights->quantization.scale);
    if (!sums) return "its bias is out of the range of int32";
  }
  op.inputs[rule.weights] = NewConstant(filter, std::move(*weights));
  if (sums) op.inputs[bias_input] = NewConstant(bias, std::move(*sums));
  return {};
}

}  // namespace

std::vector<std::string> AbsorbQuantization(Model& model) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    if (IsRewritable(model)) {
      RaiseQuantize(model, i);
      Absorbing(model, i, notes).Run();
    }
    for (Tensor& tensor : model.subgraphs[i].tensors) {
      if (tensor.type == TensorType::kFloat32) tensor.quantization.reset();
    }
  }
  return notes;
}

}  // namespace tinyml::transform
