#include "quantize/comparison/report.h"

#include <algorithm>
#include <utility>

#include "model/constants.h"
#include "quantize/parameters/ranges.h"

namespace tinyml::quantize {
namespace {

const Tensor& TensorOf(const Model& model, size_t s, TensorIndex t) {
  return model.subgraphs[s].tensors[t];
}

QuantizedTensor DescribeTensor(const ReportSources& sources, size_t s,
                               TensorIndex t, int home, const std::string& op) {
  const ParameterClass& made = sources.plan.classes[home];
  const TensorStatistics& seen = sources.statistics.tensors[s][t];
  QuantizedTensor tensor;
  tensor.id = {s, t};
  tensor.name = TensorOf(sources.model, s, t).name;
  tensor.op = op;
  tensor.type = made.type;
  tensor.scale = made.scale;
  tensor.zero_point = made.zero_point;
  tensor.method = made.method;
  if (!seen.empty()) {
    tensor.min = seen.min;
    tensor.max = seen.max;
    tensor.clipped_share =
        ClippedShare(seen.histogram,
                     Representable({made.scale, made.zero_point}, made.type));
  }
  if (sources.comparison != nullptr && !sources.comparison->tensors.empty()) {
    tensor.snr_db = sources.comparison->tensors[s][t].SnrDb();
  }
  return tensor;
}

void DescribeWeights(const ReportSources& sources, QuantizeReport& report) {
  for (const Layer& layer : LayersOf(sources.model)) {
    const auto found = sources.weights.layers.find(layer.id);
    if (found == sources.weights.layers.end()) continue;
    const Tensor& tensor =
        TensorOf(sources.model, layer.id.subgraph, layer.weights);
    const std::vector<float> values = FloatsOf(sources.model, tensor);
    const ChannelIndex channels(tensor.shape, layer.channel_axis);
    const LayerWeights& made = found->second;
    std::vector<float> given(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      given[i] = static_cast<float>(made.values[i]) *
                 (made.scales.size() == 1 ? made.scales[0]
                                          : made.scales[channels.Of(i)]);
    }
    ErrorSums sums;
    sums.Add(values, given);
    QuantizedWeights weights;
    weights.op = layer.id;
    weights.op_name = DescribeOperator(sources.model, layer.id);
    weights.name = tensor.name;
    weights.channels = static_cast<int>(made.scales.size());
    weights.snr_db = sums.SnrDb();
    weights.method = made.method;
    report.weights.push_back(std::move(weights));
  }
}

}  // namespace

void FillReport(const ReportSources& sources, QuantizeReport& report) {
  for (size_t s = 0; s < sources.model.subgraphs.size(); ++s) {
    const Subgraph& graph = sources.model.subgraphs[s];
    const SubgraphPlan& plan = sources.plan.subgraphs[s];
    const auto describe = [&](TensorIndex t, const std::string& op) {
      const int home = plan.home[t];
      if (home < 0) return;
      report.tensors.push_back(DescribeTensor(sources, s, t, home, op));
    };
    for (const TensorIndex input : graph.inputs) describe(input, "");
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      const Operator& op = graph.operators[i];
      const std::string name = DescribeOperator(sources.model, {s, i});
      for (const TensorIndex output : op.outputs) {
        describe(output, OperatorName(sources.model, op));
      }
      const OperatorPlan& op_plan = plan.operators[i];
      if (op_plan.type == TensorType::kFloat32) {
        report.float_left.push_back(name + (op_plan.why_float.empty()
                                                ? ": its input is float"
                                                : ": " + op_plan.why_float));
      }
    }
  }
  DescribeWeights(sources, report);
  if (sources.comparison != nullptr) {
    report.compared = sources.comparison->samples;
    report.outputs = OutputsOf(sources.model, *sources.comparison);
  }
}

std::vector<QuantizedOutput> OutputsOf(const Model& model,
                                       const Comparison& comparison) {
  std::vector<QuantizedOutput> outputs;
  const Subgraph& graph = model.subgraphs[0];
  for (size_t i = 0; i < comparison.outputs.size(); ++i) {
    outputs.push_back({TensorOf(model, 0, graph.outputs[i]).name,
                       comparison.outputs[i].SnrDb(),
                       comparison.outputs[i].worst});
  }
  return outputs;
}

}  // namespace tinyml::quantize
