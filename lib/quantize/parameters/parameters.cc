#include "quantize/parameters/parameters.h"

#include "model/constants.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tinyml::quantize {
namespace {

const OperatorPlan& PlanOf(const Layer& layer, const Plan& plan) {
  return plan.subgraphs[layer.id.subgraph].operators[layer.id.index];
}

bool IsInteger(const OperatorPlan& plan) {
  return plan.type == TensorType::kInt8 || plan.type == TensorType::kInt16;
}

// With int16 there are steps to spare, and clipping what calibration has not
// seen costs more than the half a bit of a wider range.
constexpr double kHeadroom = 1.5;

// Exporters pad a maximum with the lowest float there is: values that a
// histogram has no bin for, so large that they stand for infinity, are clipped.
void ForgetInfinities(TensorStatistics& seen) {
  constexpr double kInfinite = 0x1p40;
  static_assert(Histogram::kLowestExponent + Histogram::kOctaves == 40);
  if (seen.empty() || (static_cast<double>(seen.min) > -kInfinite &&
                       static_cast<double>(seen.max) < kInfinite)) {
    return;
  }
  float low = 0;
  float high = 0;
  // The outermost bin is where they were counted.
  const double most = Histogram::Middle(Histogram::kBins - 1);
  seen.histogram.ForEach([&](double value, int64_t) {
    if (std::abs(value) >= most) return;
    low = std::min(low, static_cast<float>(value));
    high = std::max(high, static_cast<float>(value));
  });
  seen.min = std::max(seen.min, low);
  seen.max = std::min(seen.max, high);
}

}  // namespace

std::vector<TensorStatistics> StatisticsOfClasses(
    const Model& model, const Plan& plan, const Statistics& statistics) {
  std::vector<TensorStatistics> seen(plan.classes.size());
  for (size_t i = 0; i < plan.classes.size(); ++i) {
    for (const TensorId& id : plan.classes[i].activations) {
      TensorStatistics part = statistics.tensors[id.subgraph][id.index];
      part.channels.clear();
      if (!part.empty()) seen[i].Merge(part);
    }
    for (const TensorId& id : plan.classes[i].constants) {
      const Tensor& tensor = model.subgraphs[id.subgraph].tensors[id.index];
      std::vector<float> values = FloatsOf(model, tensor);
      // As the -inf that exporters pad a maximum with: it clips.
      std::erase_if(values, [](float v) { return !std::isfinite(v); });
      seen[i].Add(values, 0);
    }
    ForgetInfinities(seen[i]);
  }
  return seen;
}

void ChooseForClass(const TensorStatistics& seen, RangeMethod method,
                    ParameterClass& made) {
  if (made.is_fixed) return;
  if (made.activations.empty()) method = RangeMethod::kMinMax;
  Range range;
  if (method == RangeMethod::kAuto && made.type == TensorType::kInt16) {
    range = ChooseRange(seen, RangeMethod::kMinMax, made.type);
    range = {range.low * kHeadroom, range.high * kHeadroom};
  } else {
    if (method == RangeMethod::kAuto) method = RangeMethod::kMse;
    range = ChooseRange(seen, method, made.type);
  }
  const Parameters parameters = ParametersFor(range, made.type);
  made.scale = parameters.scale;
  made.zero_point = parameters.zero_point;
  made.method = method == RangeMethod::kAuto
                    ? "headroom"
                    : std::string(RangeMethodName(method));
}

void ChooseParameters(const Model& model,
                      const std::vector<TensorStatistics>& seen,
                      RangeMethod method, Plan& plan,
                      std::vector<std::string>& unseen) {
  for (size_t i = 0; i < plan.classes.size(); ++i) {
    ParameterClass& made = plan.classes[i];
    if (made.is_fixed) continue;
    if (!seen[i].empty()) {
      ChooseForClass(seen[i], method, made);
      continue;
    }
    const Parameters parameters = ParametersFor({-1, 1}, made.type);
    made.scale = parameters.scale;
    made.zero_point = parameters.zero_point;
    made.method = "unseen";
    for (const TensorId& id : made.activations) {
      unseen.push_back(model.subgraphs[id.subgraph].tensors[id.index].name);
    }
  }
}

bool IsPerChannel(const Layer& layer, const Plan& plan, bool per_tensor) {
  if (per_tensor) return false;
  if (plan.dense_per_tensor && layer.code == BuiltinOperator::kFullyConnected) {
    return false;
  }
  const QuantizationRule& rule = *QuantizationRuleOf(layer.code);
  return PlanOf(layer, plan).type == TensorType::kInt16 ? rule.per_channel_int16
                                                        : rule.per_channel_int8;
}

void RoundLayers(const Model& model, const Plan& plan, bool per_tensor,
                 WeightsPlan& weights) {
  for (const Layer& layer : LayersOf(model)) {
    const OperatorPlan& op = PlanOf(layer, plan);
    if (!IsInteger(op)) continue;
    const auto& tensors = model.subgraphs[layer.id.subgraph].tensors;
    const Tensor& tensor = tensors[layer.weights];
    const std::vector<float> values = FloatsOf(model, tensor);
    const ChannelIndex channels(tensor.shape, layer.channel_axis);
    const auto key = layer.id;
    const auto [found, is_new] = weights.layers.try_emplace(key);
    LayerWeights& made = found->second;
    if (is_new) {
      made.scales =
          ScalesOf(values, channels, IsPerChannel(layer, plan, per_tensor));
    }
    std::vector<double> bias;
    if (layer.bias != kNoTensor) {
      const std::vector<float> floats = FloatsOf(model, tensors[layer.bias]);
      bias.assign(floats.begin(), floats.end());
    }
    if (const auto more = weights.bias_addends.find(key);
        more != weights.bias_addends.end()) {
      bias.resize(std::max(bias.size(), more->second.size()));
      for (size_t c = 0; c < more->second.size(); ++c) {
        bias[c] += more->second[c];
      }
    }
    const QuantizationRule& rule = *QuantizationRuleOf(layer.code);
    const float input_scale = plan.classes[op.inputs[rule.input]].scale;
    const bool raised = FitBias(
        bias, input_scale,
        op.type == TensorType::kInt16 ? TensorType::kInt64 : TensorType::kInt32,
        made.scales);
    if (is_new || raised) {
      made.values = RoundToNearest(values, channels, made.scales);
      made.method = "nearest";
    }
  }
}

}  // namespace tinyml::quantize
