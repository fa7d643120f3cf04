// Constants by channel, as batch normalization leaves them, become part of the
// weights and the bias of the layer beside them.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "tinyml/options.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

// x -> scale * x + offset, by channel.
struct Affine {
  std::vector<double> scale;
  std::vector<double> offset;

  explicit Affine(size_t channels = 0)
      : scale(channels, 1.0), offset(channels, 0.0) {}
};

// An element-wise operator with one constant operand.
struct AffineOperator {
  TensorIndex input = kNoTensor;
  Affine map;
  bool scales = false;   // Otherwise every scale is 1.
  bool offsets = false;  // Otherwise every offset is 0.
  ActivationFunctionType activation = ActivationFunctionType::kNone;
};

// A layer with constant weights, by the axes of its filter.
struct Layer {
  int64_t outputs = 0;  // Channels.
  int64_t inputs = 0;
  ActivationFunctionType activation = ActivationFunctionType::kNone;
  bool pads = true;
};

template <typename T>
std::optional<ActivationFunctionType> FusedIn(const Operator& op) {
  const T* options = op.options.As<T>();
  if (options == nullptr) return std::nullopt;
  return options->fused_activation_function;
}

class Folding {
 public:
  Folding(Model& model, size_t subgraph) : rewriter_(model, subgraph) {}

  // Into the layer before each operator.
  bool RunBackward() {
    const int count = static_cast<int>(rewriter_.OperatorCount());
    for (int i = 0; i < count; ++i) FoldBackward(i);
    Materialise();
    return rewriter_.Finish();
  }

  // Into the next layer; backwards, so that a chain of them goes at once.
  bool RunForward() {
    const int count = static_cast<int>(rewriter_.OperatorCount());
    for (int i = count; i-- > 0;) FoldForward(i);
    Materialise();
    return rewriter_.Finish();
  }

 private:
  struct Pending {
    Affine before;  // By input channel; empty for none.
    Affine after;   // By output channel; empty for none.
  };

  // The operand of `index` that is not constant, if it is one of the operators
  // that AffineOf knows.
  TensorIndex Operand(int index);
  // Requires an operand of not many channels.
  std::optional<AffineOperator> AffineOf(int index);
  std::optional<Layer> LayerOf(int index);
  void FoldBackward(int index);
  void FoldForward(int index);
  void Materialise();
  void Materialise(int index, const Pending& pending);

  Rewriter rewriter_;
  std::map<int, Pending> pending_;
};

TensorIndex Folding::Operand(int index) {
  switch (rewriter_.CodeOf(index)) {
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
      break;
    default:
      return kNoTensor;
  }
  if (rewriter_.IsRemoved(index) || rewriter_.op(index).inputs.size() != 2) {
    return kNoTensor;
  }
  const bool first = rewriter_.IsConstant(rewriter_.Input(index, 0));
  return rewriter_.Input(index, first ? 1 : 0);
}

// Whether values can be joined in doubles and rounded to float in the end.
bool Moderate(const Affine& map) {
  constexpr double kMax = 1e30;
  for (size_t c = 0; c < map.scale.size(); ++c) {
    if (!(std::abs(map.scale[c]) < kMax && std::abs(map.offset[c]) < kMax)) {
      return false;
    }
  }
  return true;
}

std::optional<AffineOperator> Folding::AffineOf(int index) {
  const Operator& op = rewriter_.op(index);
  const Op code = rewriter_.CodeOf(index);
  std::optional<ActivationFunctionType> activation;
  switch (code) {
    case Op::kAdd:
      activation = FusedIn<AddOptions>(op);
      break;
    case Op::kSub:
      activation = FusedIn<SubOptions>(op);
      break;
    case Op::kMul:
      activation = FusedIn<MulOptions>(op);
      break;
    case Op::kDiv:
      activation = FusedIn<DivOptions>(op);
      break;
    default:
      break;
  }
  if (!activation || op.inputs.size() != 2 || op.outputs.size() != 1) {
    return std::nullopt;
  }
  const size_t side = rewriter_.IsConstant(rewriter_.Input(index, 0)) ? 0 : 1;
  AffineOperator found;
  found.activation = *activation;
  found.input = rewriter_.Input(index, 1 - side);
  const TensorIndex held = rewriter_.Input(index, side);
  if (found.input == kNoTensor || held == kNoTensor) return std::nullopt;
  const Tensor& input = rewriter_.tensor(found.input);
  const Tensor& constant = rewriter_.tensor(held);
  if (rewriter_.IsConstant(found.input) || input.shape.empty() ||
      input.type != TensorType::kFloat32 ||
      input.shape != rewriter_.tensor(op.outputs[0]).shape ||
      constant.shape.size() > input.shape.size()) {
    return std::nullopt;
  }
  // One value, or one for each channel.
  const auto channels = static_cast<size_t>(input.shape.back());
  const auto elements = ElementCount(constant.shape);
  const bool by_channel = !constant.shape.empty() &&
                          elements == constant.shape.back() &&
                          elements == input.shape.back();
  if (!by_channel && elements != 1) return std::nullopt;
  const auto values = rewriter_.Floats(held);
  if (!values || values->empty()) return std::nullopt;
  if (code == Op::kDiv && side == 0) return std::nullopt;
  found.map = Affine(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double value = (*values)[by_channel ? c : 0];
    switch (code) {
      case Op::kAdd:
        found.map.offset[c] = value;
        break;
      case Op::kSub:
        found.map.scale[c] = side == 0 ? -1.0 : 1.0;
        found.map.offset[c] = side == 0 ? value : -value;
        break;
      case Op::kMul:
        found.map.scale[c] = value;
        break;
      default:
        found.map.scale[c] = 1.0 / value;
        break;
    }
  }
  if (!Moderate(found.map)) return std::nullopt;
  found.scales = code != Op::kAdd && (code != Op::kSub || side == 0);
  found.offsets = code == Op::kAdd || code == Op::kSub;
  return found;
}

std::optional<Layer> Folding::LayerOf(int index) {
  if (rewriter_.IsRemoved(index)) return std::nullopt;
  const Operator& op = rewriter_.op(index);
  if (op.inputs.size() < 2 || op.outputs.size() != 1) return std::nullopt;
  const TensorIndex filter = rewriter_.Input(index, 1);
  const TensorIndex bias = rewriter_.Input(index, 2);
  if (!rewriter_.IsConstant(filter) ||
      rewriter_.tensor(filter).type != TensorType::kFloat32 ||
      (bias != kNoTensor &&
       (!rewriter_.IsConstant(bias) ||
        rewriter_.tensor(bias).type != TensorType::kFloat32))) {
    return std::nullopt;
  }
  const std::vector<int32_t>& dims = rewriter_.tensor(filter).shape;
  Layer layer;
  std::optional<ActivationFunctionType> activation;
  switch (rewriter_.CodeOf(index)) {
    case Op::kConv2D:
      if (dims.size() != 4) return std::nullopt;
      activation = FusedIn<Conv2DOptions>(op);
      if (!activation) return std::nullopt;
      layer.pads = op.options.As<Conv2DOptions>()->padding != Padding::kValid;
      layer.outputs = dims[0];
      layer.inputs = dims[3];
      break;
    case Op::kDepthwiseConv2D:
      if (dims.size() != 4) return std::nullopt;
      activation = FusedIn<DepthwiseConv2DOptions>(op);
      if (!activation) return std::nullopt;
      layer.pads =
          op.options.As<DepthwiseConv2DOptions>()->padding != Padding::kValid;
      layer.outputs = dims[3];
      layer.inputs = dims[3];  // With a multiplier of 1: see FoldForward.
      break;
    case Op::kFullyConnected:
      if (dims.size() != 2) return std::nullopt;
      activation = FusedIn<FullyConnectedOptions>(op);
      if (!activation ||
          op.options.As<FullyConnectedOptions>()->weights_format !=
              FullyConnectedOptionsWeightsFormat::kDefault) {
        return std::nullopt;
      }
      layer.pads = false;
      layer.outputs = dims[0];
      layer.inputs = dims[1];
      break;
    default:
      return std::nullopt;
  }
  layer.activation = *activation;
  const std::vector<int32_t>& result = rewriter_.tensor(op.outputs[0]).shape;
  const std::vector<int32_t>* const bias_dims =
      bias == kNoTensor ? nullptr : &rewriter_.tensor(bias).shape;
  if (result.empty() || result.back() != layer.outputs ||
      (bias_dims != nullptr && ElementCount(*bias_dims) != layer.outputs)) {
    return std::nullopt;
  }
  return layer;
}

void Folding::FoldBackward(int index) {
  const TensorIndex operand = Operand(index);
  const int maker = rewriter_.Producer(operand);
  if (maker == Rewriter::kNone || rewriter_.SoleReader(operand) != index) {
    return;
  }
  const auto layer = LayerOf(maker);
  if (!layer || layer->activation != ActivationFunctionType::kNone) return;
  const auto op = AffineOf(index);
  if (!op || static_cast<size_t>(layer->outputs) != op->map.scale.size()) {
    return;
  }
  // Weights that another layer has too would have to be kept twice.
  if (op->scales && rewriter_.SoleReader(rewriter_.Input(maker, 1)) != maker) {
    return;
  }
  Pending& pending = pending_[maker];
  Affine after = pending.after;
  if (after.scale.empty()) after = Affine(op->map.scale.size());
  for (size_t c = 0; c < after.scale.size(); ++c) {
    after.scale[c] *= op->map.scale[c];
    after.offset[c] = after.offset[c] * op->map.scale[c] + op->map.offset[c];
  }
  if (!Moderate(after)) return;
  pending.after = std::move(after);
  // The layer has no activation; it takes over that of the operator.
  Operator& target = rewriter_.op(maker);
  const auto set = [&](const auto* options) {
    if (options == nullptr) return;
    auto changed = *options;
    changed.fused_activation_function = op->activation;
    target.options = MakeOptions(std::move(changed));
  };
  const OperatorOptions options = target.options;
  set(options.As<Conv2DOptions>());
  set(options.As<DepthwiseConv2DOptions>());
  set(options.As<FullyConnectedOptions>());
  rewriter_.Absorb(maker, index);
}

void Folding::FoldForward(int index) {
  const TensorIndex operand = Operand(index);
  if (operand == kNoTensor || rewriter_.op(index).outputs.size() != 1) return;
  const TensorIndex result = rewriter_.op(index).outputs[0];
  const int reader = rewriter_.SoleReader(result);
  if (reader == Rewriter::kNone || rewriter_.Input(reader, 0) != result) return;
  const auto layer = LayerOf(reader);
  if (!layer || rewriter_.tensor(operand).shape.empty() ||
      rewriter_.tensor(operand).shape.back() != layer->inputs) {
    return;
  }
  const auto op = AffineOf(index);
  // What a padded border adds is 0, whatever the offset.
  if (!op || op->activation != ActivationFunctionType::kNone ||
      (op->offsets && layer->pads)) {
    return;
  }
  if (op->scales &&
      rewriter_.SoleReader(rewriter_.Input(reader, 1)) != reader) {
    return;
  }
  Pending& pending = pending_[reader];
  Affine before = pending.before;
  if (before.scale.empty()) before = Affine(op->map.scale.size());
  for (size_t c = 0; c < before.scale.size(); ++c) {
    before.offset[c] += before.scale[c] * op->map.offset[c];
    before.scale[c] *= op->map.scale[c];
  }
  if (Moderate(before) && rewriter_.Bypass(index, op->input, result)) {
    pending.before = std::move(before);
  }
}

void Folding::Materialise() {
  for (const auto& [index, pending] : pending_) {
    if (pending.before.scale.empty() && pending.after.scale.empty()) continue;
    Materialise(index, pending);
  }
}

// What quantization gives float weights of known integers (passes.h,
// AbsorbQuantization) once each result is multiplied by its factor; nothing
// where that has no scale.
std::optional<Quantization> Scaled(const Quantization& known,
                                   const Affine& before, const Affine& after,
                                   int32_t axis) {
  const size_t scales = known.scale.size();
  const std::vector<double>& factors = after.scale;
  const auto is_one = [](double factor) { return factor == 1.0; };
  if (!std::ranges::all_of(before.scale, is_one) ||
      (scales != 1 &&
       (scales != factors.size() || known.quantized_dimension != axis))) {
    return std::nullopt;
  }
  Quantization scaled;
  scaled.quantized_dimension = axis;
  for (size_t c = 0; c < factors.size(); ++c) {
    const auto scale = static_cast<float>(
        static_cast<double>(known.scale[scales == 1 ? 0 : c]) *
        std::abs(factors[c]));
    if (!(scale > 0)) return std::nullopt;
    scaled.scale.push_back(scale);
  }
  scaled.zero_point.assign(factors.size(), 0);
  return scaled;
}

void Folding::Materialise(int index, const Pending& pending) {
  const auto layer = *LayerOf(index);
  const TensorIndex filter = rewriter_.Input(index, 1);
  const TensorIndex bias = rewriter_.Input(index, 2);
  std::vector<float> weights = *rewriter_.Floats(filter);
  const size_t outputs = layer.outputs;
  const size_t inputs = layer.inputs;
  std::vector<double> sums(outputs, 0.0);
  if (bias != kNoTensor) {
    const std::vector<float> values = *rewriter_.Floats(bias);
    sums.assign(values.begin(), values.end());
  }
  const bool by_depth = rewriter_.CodeOf(index) == Op::kDepthwiseConv2D;
  const size_t each = outputs == 0 ? 0 : weights.size() / outputs;
  bool scaled = false;
  for (size_t i = 0; i < weights.size(); ++i) {
    const size_t to = by_depth ? i % outputs : i / each;
    const size_t from = i % inputs;
    double weight = weights[i];
    if (!pending.before.scale.empty()) {
      sums[to] += weight * pending.before.offset[from];
      weight *= pending.before.scale[from];
    }
    if (!pending.after.scale.empty()) weight *= pending.after.scale[to];
    const auto rounded = static_cast<float>(weight);
    scaled |= rounded != weights[i];
    weights[i] = rounded;
  }
  std::vector<float> biases(outputs);
  for (size_t c = 0; c < outputs; ++c) {
    const Affine& after = pending.after;
    biases[c] = static_cast<float>(
        after.scale.empty() ? sums[c]
                            : sums[c] * after.scale[c] + after.offset[c]);
  }
  if (scaled) {
    const Tensor old = rewriter_.tensor(filter);
    const TensorIndex made = rewriter_.NewFloats(old.shape, weights, old.name);
    if (old.quantization && !pending.after.scale.empty()) {
      auto known = Scaled(*old.quantization, pending.before, pending.after,
                          by_depth ? 3 : 0);
      if (known) rewriter_.SetQuantization(made, std::move(*known));
    }
    rewriter_.SetInput(index, 1, made);
  }
  const std::string name =
      bias == kNoTensor
          ? rewriter_.tensor(rewriter_.op(index).outputs[0]).name + "/bias"
          : rewriter_.tensor(bias).name;
  const TensorIndex made =
      rewriter_.NewFloats({static_cast<int32_t>(outputs)}, biases, name);
  if (rewriter_.op(index).inputs.size() < 3) {
    rewriter_.AddInput(index, made);
  } else {
    rewriter_.SetInput(index, 2, made);
  }
}

Result<bool> OnEach(Model& model, bool (Folding::*run)()) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    Folding folding(model, i);
    changed |= (folding.*run)();
  }
  return changed;
}

}  // namespace

Result<bool> FoldScalesBackward(Model& model) {
  return OnEach(model, &Folding::RunBackward);
}

Result<bool> FoldScalesForward(Model& model) {
  return OnEach(model, &Folding::RunForward);
}

}  // namespace tinyml::transform
