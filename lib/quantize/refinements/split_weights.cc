#include "quantize/refinements/split_weights.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/append.h"
#include "model/constants.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

// Takes the activation out of a layer's options and returns it; nothing for
// options that are missing.
std::optional<ActivationFunctionType> TakeActivation(Operator& op) {
  std::optional<ActivationFunctionType> found;
  const auto take = [&](const auto* options) {
    if (options == nullptr) return;
    auto changed = *options;
    found = changed.fused_activation_function;
    changed.fused_activation_function = ActivationFunctionType::kNone;
    op.options = MakeOptions(std::move(changed));
  };
  take(op.options.As<Conv2DOptions>());
  if (!found) take(op.options.As<DepthwiseConv2DOptions>());
  if (!found) take(op.options.As<FullyConnectedOptions>());
  if (!found) take(op.options.As<TransposeConvOptions>());
  return found;
}

TensorIndex NewFloats(Model& model, Subgraph& graph, const Tensor& like,
                      const std::vector<float>& values,
                      const std::string& suffix) {
  Tensor tensor;
  tensor.name = like.name + suffix;
  tensor.shape = like.shape;
  return AppendConstant(model, graph, std::move(tensor), BufferOf(values));
}

// The operators that stand for the layer's.
std::optional<std::vector<Operator>> Split(Model& model, const Layer& layer,
                                           bool per_channel) {
  Subgraph& graph = model.subgraphs[layer.id.subgraph];
  Operator first = graph.operators[layer.id.index];
  const auto activation = TakeActivation(first);
  if (!activation) return std::nullopt;
  const QuantizationRule& rule = *QuantizationRuleOf(layer.code);
  const Tensor weights = graph.tensors[layer.weights];
  const Tensor output = graph.tensors[layer.output];
  std::vector<float> coarse = FloatsOf(model, weights);
  std::vector<float> rest = coarse;
  const ChannelIndex channels(weights.shape, layer.channel_axis);
  const std::vector<float> scales = ScalesOf(coarse, channels, per_channel);
  const std::vector<int8_t> integers = RoundToNearest(coarse, channels, scales);
  for (size_t i = 0; i < coarse.size(); ++i) {
    const float scale = scales.size() == 1 ? scales[0] : scales[channels.Of(i)];
    coarse[i] = static_cast<float>(integers[i]) * scale;
    rest[i] -= coarse[i];
  }
  const size_t weights_at = rule.weights;
  const size_t bias_at = rule.bias;
  Operator second = first;
  first.inputs[weights_at] =
      NewFloats(model, graph, weights, coarse, "_coarse");
  second.inputs[weights_at] =
      NewFloats(model, graph, weights, rest, "_remainder");
  // Some kernels need a bias, and the remainder has none.
  if (second.inputs.size() <= bias_at) {
    second.inputs.resize(bias_at + 1, kNoTensor);
  }
  Tensor zeros;
  zeros.name = output.name + "_remainder/bias";
  zeros.shape = {static_cast<int32_t>(channels.channels())};
  second.inputs[bias_at] = NewFloats(
      model, graph, zeros, std::vector<float>(channels.channels()), "");

  std::vector<Operator> operators;
  Operator sum;
  sum.opcode_index = OpcodeFor(model, BuiltinOperator::kAdd);
  for (auto& [op, suffix] :
       {std::pair(&first, "_coarse"), std::pair(&second, "_remainder")}) {
    Tensor part;
    part.name = output.name + suffix;
    part.shape = output.shape;
    part.shape_signature = output.shape_signature;
    part.has_rank = output.has_rank;
    op->outputs = {AppendTensor(graph, std::move(part))};
    sum.inputs.push_back(op->outputs[0]);
    operators.push_back(std::move(*op));
  }
  sum.outputs = {layer.output};
  AddOptions options;
  options.fused_activation_function = *activation;
  sum.options = MakeOptions(options);
  operators.push_back(std::move(sum));
  return operators;
}

}  // namespace

int SplitWeights(Model& model,
                 const std::function<SplitChoice(const Layer&)>& choose) {
  std::map<OperatorId, std::vector<Operator>> made;
  for (const Layer& layer : LayersOf(model)) {
    const SplitChoice choice = choose(layer);
    if (choice == SplitChoice::kLeave) continue;
    auto operators = Split(model, layer, choice == SplitChoice::kPerChannel);
    if (operators) made[layer.id] = std::move(*operators);
  }
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    std::vector<Operator> operators;
    auto& old = model.subgraphs[s].operators;
    for (size_t i = 0; i < old.size(); ++i) {
      const auto found = made.find({s, i});
      if (found == made.end()) {
        operators.push_back(std::move(old[i]));
      } else {
        for (Operator& op : found->second) operators.push_back(std::move(op));
      }
    }
    old = std::move(operators);
  }
  return static_cast<int>(made.size());
}

}  // namespace tinyml::quantize
