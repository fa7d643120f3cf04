#include "quantize/rewrite/layers.h"

#include "model/constants.h"

namespace tinyml::quantize {

std::vector<Layer> LayersOf(const Model& model) {
  std::vector<Layer> layers;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& graph = model.subgraphs[s];
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      const Operator& op = graph.operators[i];
      const BuiltinOperator code = model.CodeOf(op).Code();
      const QuantizationRule* rule = QuantizationRuleOf(code);
      if (rule == nullptr || rule->rule != ParameterRule::kWeights) {
        continue;
      }
      const auto input = [&](int at) {
        const size_t index = at;
        return index < op.inputs.size() ? op.inputs[index] : kNoTensor;
      };
      Layer layer;
      layer.id = {s, i};
      layer.code = code;
      layer.input = input(rule->input);
      layer.weights = input(rule->weights);
      layer.bias = input(rule->bias);
      layer.output = op.outputs.empty() ? kNoTensor : op.outputs[0];
      layer.channel_axis = rule->channel_axis;
      if (layer.input == kNoTensor || layer.weights == kNoTensor ||
          layer.output == kNoTensor ||
          !IsFloatConstant(model, graph.tensors[layer.weights]) ||
          (layer.bias != kNoTensor &&
           !IsFloatConstant(model, graph.tensors[layer.bias]))) {
        continue;
      }
      layers.push_back(layer);
    }
  }
  return layers;
}

}  // namespace tinyml::quantize
