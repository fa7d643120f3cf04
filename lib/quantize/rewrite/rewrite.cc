#include "quantize/rewrite/rewrite.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "model/constants.h"
#include "quantize/rewrite/graph_writer.h"
#include "quantize/rewrite/rewrite_recurrent.h"

namespace tinyml::quantize {
namespace {

class Rewriting {
 public:
  Rewriting(const Model& model, const Plan& plan, const WeightsPlan& weights,
            const Statistics& statistics)
      : from_(model),
        plan_(plan),
        weights_(weights),
        statistics_(statistics),
        to_(model) {}

  Result<Model> Run() {
    for (size_t s = 0; s < from_.subgraphs.size(); ++s) {
      TINYML_RETURN_IF_ERROR(RewriteSubgraph(static_cast<int>(s)));
    }
    return std::move(to_);
  }

 private:
  Status RewriteSubgraph(int s) {
    const Subgraph& graph = from_.subgraphs[s];
    const SubgraphPlan& plan = plan_.subgraphs[s];
    GraphWriter writer(to_, s, plan_);
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      const Operator& from = graph.operators[i];
      const OperatorPlan& op_plan = plan.operators[i];
      Operator op = from;
      for (size_t k = 0; k < op.inputs.size(); ++k) {
        if (op_plan.inputs[k] == kOwnForm) continue;
        op.inputs[k] = writer.As(op.inputs[k], op_plan.inputs[k]);
      }
      for (size_t k = 0; k < op.outputs.size(); ++k) {
        op.outputs[k] = writer.For(op.outputs[k], op_plan.outputs[k]);
      }
      if (std::ranges::find(op_plan.inputs, kOwnForm) != op_plan.inputs.end()) {
        TINYML_RETURN_IF_ERROR(
            GiveOwnForm(s, static_cast<int>(i), from, op_plan, writer, op));
      }
      writer.Emit(std::move(op));
    }
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const TensorIndex output = graph.outputs[i];
      const TensorIndex made = writer.As(output, plan.outputs[i]);
      if (made == output) continue;
      // The application sees the name that it knows.
      auto& tensors = writer.graph().tensors;
      std::swap(tensors[made].name, tensors[output].name);
      writer.graph().outputs[i] = made;
      for (SignatureDef& signature : to_.signature_defs) {
        if (signature.subgraph_index != static_cast<uint32_t>(s)) continue;
        for (TensorMap& named : signature.outputs) {
          if (named.tensor_index == static_cast<uint32_t>(output)) {
            named.tensor_index = static_cast<uint32_t>(made);
          }
        }
      }
    }
    writer.Finish();
    return {};
  }

  Status GiveOwnForm(int s, int index, const Operator& from,
                     const OperatorPlan& plan, GraphWriter& writer,
                     Operator& op) {
    const QuantizationRule& rule =
        *QuantizationRuleOf(from_.CodeOf(from).Code());
    switch (rule.rule) {
      case ParameterRule::kSvdf:
        return QuantizeSvdf(from_, statistics_, {s, index}, plan, writer, op);
      case ParameterRule::kLstm:
        return QuantizeLstm(from_, statistics_, {s, index}, plan, writer, op);
      default:
        break;
    }
    const LayerWeights& made = weights_.layers.at({s, index});
    const auto& tensors = from_.subgraphs[s].tensors;
    const auto at = [&](int i) {
      return static_cast<size_t>(i) < from.inputs.size() ? from.inputs[i]
                                                         : kNoTensor;
    };
    const Tensor& weights = tensors[at(rule.weights)];
    std::vector<uint8_t> bytes(made.values.begin(), made.values.end());
    op.inputs[rule.weights] =
        writer.NewConstant(TensorType::kInt8, weights.shape, std::move(bytes),
                           made.scales, rule.channel_axis, weights.name);

    // Without a bias, kernels of CMSIS-NN and the reference's depthwise
    // convolution crash or differ: there always is one.
    const size_t channels =
        ChannelIndex(weights.shape, rule.channel_axis).channels();
    std::vector<double> bias(channels, 0.0);
    std::string name = weights.name + "_bias";
    if (at(rule.bias) != kNoTensor) {
      const Tensor& tensor = tensors[at(rule.bias)];
      name = tensor.name;
      const std::vector<float> values = FloatsOf(from_, tensor);
      bias.assign(values.begin(), values.end());
    }
    if (const auto addends = weights_.bias_addends.find({s, index});
        addends != weights_.bias_addends.end()) {
      for (size_t c = 0; c < bias.size() && c < addends->second.size(); ++c) {
        bias[c] += addends->second[c];
      }
    }
    const float input_scale = writer.ClassOf(plan.inputs[rule.input]).scale;
    const TensorType type = plan.type == TensorType::kInt16
                                ? TensorType::kInt64
                                : TensorType::kInt32;
    std::vector<float> scales;
    for (const float scale : made.scales) scales.push_back(input_scale * scale);
    const auto size = static_cast<int32_t>(bias.size());
    const TensorIndex bias_tensor = writer.NewConstant(
        type, {size}, QuantizeBias(bias, input_scale, made.scales, type),
        std::move(scales), 0, std::move(name));
    const size_t slot = rule.bias;
    if (op.inputs.size() <= slot) op.inputs.resize(slot + 1, kNoTensor);
    op.inputs[slot] = bias_tensor;
    return {};
  }

  const Model& from_;
  const Plan& plan_;
  const WeightsPlan& weights_;
  const Statistics& statistics_;
  Model to_;
};

}  // namespace

Result<Model> Rewrite(const Model& model, const Plan& plan,
                      const WeightsPlan& weights,
                      const Statistics& statistics) {
  return Rewriting(model, plan, weights, statistics).Run();
}

}  // namespace tinyml::quantize
