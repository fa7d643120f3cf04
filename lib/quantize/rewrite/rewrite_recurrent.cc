#include "quantize/rewrite/rewrite_recurrent.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/macros.h"
#include "model/constants.h"
#include "model/fault.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/rewrite/weights.h"

namespace tinyml::quantize {
namespace {

// The operands of one operator, of the float model.
class Operands {
 public:
  Operands(const Model& model, OperatorId id)
      : model_(model),
        id_(id),
        graph_(model.subgraphs[id.subgraph]),
        op_(graph_.operators[id.index]) {}

  TensorIndex At(size_t i) const {
    return i < op_.inputs.size() ? op_.inputs[i] : kNoTensor;
  }
  const Tensor& TensorAt(size_t i) const { return graph_.tensors[At(i)]; }
  bool IsConstant(size_t i) const {
    return At(i) != kNoTensor && IsFloatConstant(model_, TensorAt(i));
  }
  bool IsVariable(size_t i) const {
    return At(i) != kNoTensor && TensorAt(i).is_variable &&
           TensorAt(i).type == TensorType::kFloat32;
  }
  std::vector<float> Floats(size_t i) const {
    return FloatsOf(model_, TensorAt(i));
  }
  Status Refuse(const std::string& why) const {
    return FailAt(model_, id_, ErrorCode::kUnsupported,
                  "cannot be quantized: " + why);
  }

 private:
  const Model& model_;
  OperatorId id_;
  const Subgraph& graph_;
  const Operator& op_;
};

float MostOf(const std::vector<float>& values) {
  float most = 0;
  for (const float value : values) most = std::max(most, std::abs(value));
  return most;
}

template <typename T>
std::vector<uint8_t> Rounded(const std::vector<float>& values, double scale,
                             double most) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const auto q = static_cast<T>(std::clamp(
        std::round(static_cast<double>(values[i]) / scale), -most, most));
    std::memcpy(bytes.data() + i * sizeof(T), &q, sizeof(T));
  }
  return bytes;
}

// Weights as int8 with one scale.
TensorIndex Int8Weights(const Operands& operands, size_t i, GraphWriter& writer,
                        float& scale) {
  const std::vector<float> values = operands.Floats(i);
  const float most = MostOf(values);
  scale = most > 0 ? most / 127.0F : 1.0F / 127.0F;
  return writer.NewConstant(
      TensorType::kInt8, operands.TensorAt(i).shape,
      Rounded<int8_t>(values, static_cast<double>(scale), 127.0), {scale}, 0,
      operands.TensorAt(i).name);
}

TensorIndex Int32Bias(const Operands& operands, size_t i, GraphWriter& writer,
                      float scale) {
  return writer.NewConstant(
      TensorType::kInt32, operands.TensorAt(i).shape,
      Rounded<int32_t>(operands.Floats(i), static_cast<double>(scale), 0x1p30),
      {scale}, 0, operands.TensorAt(i).name);
}

// Gives a variable tensor a type and parameters.
TensorIndex SetState(GraphWriter& writer, TensorIndex t, TensorType type,
                     float scale, int32_t zero_point) {
  Tensor& state = writer.graph().tensors[t];
  state.type = type;
  Quantization quantization;
  quantization.scale = {scale};
  quantization.zero_point = {zero_point};
  state.quantization = std::move(quantization);
  return t;
}

float MostSeen(const TensorStatistics& seen) {
  return seen.empty() ? 0.0F : std::max(std::abs(seen.min), std::abs(seen.max));
}

}  // namespace

// The runtime takes int16 states and time weights, and adds their products in
// 32 bits without a check (tflite-micro 90b983c2b3f1, micro/kernels/
// svdf_common.cc, EvalIntegerSvdfReference): the time weights are made small
// enough for that. The bias has the scale of those products.
Status QuantizeSvdf(const Model& model, const Statistics& statistics,
                    OperatorId id, const OperatorPlan& plan,
                    GraphWriter& writer, Operator& op) {
  constexpr size_t kFeature = 1;
  constexpr size_t kTime = 2;
  constexpr size_t kBias = 3;
  constexpr size_t kState = 4;
  const Operands operands(model, id);
  if (!operands.IsConstant(kFeature) || !operands.IsConstant(kTime) ||
      !operands.IsVariable(kState)) {
    return operands.Refuse(
        "its weights must be constants, its state a variable tensor");
  }
  const Tensor& time = operands.TensorAt(kTime);
  const Tensor& feature = operands.TensorAt(kFeature);
  if (time.shape.size() != 2 || feature.shape.size() != 2) {
    return operands.Refuse("its weights must have rank 2");
  }
  (void)plan;
  float feature_scale = 0;
  op.inputs[kFeature] = Int8Weights(operands, kFeature, writer, feature_scale);

  const std::vector<float> time_weights = operands.Floats(kTime);
  const float most_state =
      MostSeen(statistics.tensors[id.subgraph][operands.At(kState)]);
  const float state_scale = (most_state > 0 ? most_state : 1.0F) / 32767.0F;
  // All products of a unit, were each as large as can be.
  const int32_t units = writer.graph().tensors[op.outputs[0]].shape.back();
  const size_t per_unit =
      units > 0 ? time_weights.size() / static_cast<size_t>(units) : 0;
  double most_sum = 0;
  for (size_t begin = 0; per_unit > 0 && begin < time_weights.size();
       begin += per_unit) {
    double sum = 0;
    for (size_t i = begin; i < std::min(begin + per_unit, time_weights.size());
         ++i) {
      sum += std::abs(static_cast<double>(time_weights[i]));
    }
    most_sum = std::max(most_sum, sum);
  }
  std::vector<float> bias;
  if (operands.At(kBias) != kNoTensor) {
    if (!operands.IsConstant(kBias)) {
      return operands.Refuse("its bias must be a constant");
    }
    bias = operands.Floats(kBias);
  }
  constexpr double kRoom = 0x1p30;
  double time_scale =
      std::max(static_cast<double>(MostOf(time_weights)) / 32767.0,
               most_sum * 32767.0 / kRoom);
  time_scale = std::max(time_scale, static_cast<double>(MostOf(bias)) / kRoom /
                                        static_cast<double>(state_scale));
  if (time_scale <= 0) time_scale = 1.0 / 32767.0;
  const auto scale = static_cast<float>(time_scale);
  op.inputs[kTime] = writer.NewConstant(
      TensorType::kInt16, time.shape,
      Rounded<int16_t>(time_weights, static_cast<double>(scale), 32767.0),
      {scale}, 0, time.name);
  const float bias_scale = state_scale * scale;
  if (bias.empty()) {
    // The kernel reads one whether it is there or not.
    op.inputs[kBias] = writer.NewConstant(
        TensorType::kInt32, {units},
        std::vector<uint8_t>(static_cast<size_t>(units) * sizeof(int32_t)),
        {bias_scale}, 0, time.name + "_bias");
  } else {
    op.inputs[kBias] = Int32Bias(operands, kBias, writer, bias_scale);
  }
  op.inputs[kState] =
      SetState(writer, operands.At(kState), TensorType::kInt16, state_scale, 0);
  return {};
}

// Weights have one scale each, biases that of input x weights, and the hidden
// state is the output. Cells are int16 with a power of two for a scale: the
// kernel's tanh shifts. Source: tflite-micro 90b983c2b3f1, micro/kernels/
// unidirectional_sequence_lstm.cc, lstm_eval_common.cc,
// CreateLstmCellStateInfo.
Status QuantizeLstm(const Model& model, const Statistics& statistics,
                    OperatorId id, const OperatorPlan& plan,
                    GraphWriter& writer, Operator& op) {
  constexpr size_t kInputs = 24;
  constexpr size_t kGates = 4;
  constexpr size_t kInputWeights = 1;
  constexpr size_t kRecurrentWeights = 5;
  constexpr size_t kBias = 12;
  constexpr size_t kHidden = 18;
  constexpr size_t kCell = 19;
  const Operands operands(model, id);
  if (op.inputs.size() != kInputs || op.outputs.size() != 1 ||
      !operands.IsVariable(kHidden) || !operands.IsVariable(kCell)) {
    return operands.Refuse(
        "it needs 24 inputs and two states that are variable tensors");
  }
  for (size_t i = 1; i < kInputs; ++i) {
    const bool weights =
        i < kRecurrentWeights + kGates || (i >= kBias && i < kBias + kGates);
    const bool state = i == kHidden || i == kCell;
    if (weights ? !operands.IsConstant(i)
                : !state && operands.At(i) != kNoTensor) {
      return operands.Refuse(
          weights ? "its weights and biases must be constants"
                  : "the runtime supports no peepholes, projections or layer "
                    "normalization");
    }
  }
  const float input_scale = writer.ClassOf(plan.inputs[0]).scale;
  const ParameterClass& output = writer.ClassOf(plan.outputs[0]);
  for (size_t gate = 0; gate < kGates; ++gate) {
    float scale = 0;
    op.inputs[kInputWeights + gate] =
        Int8Weights(operands, kInputWeights + gate, writer, scale);
    op.inputs[kBias + gate] =
        Int32Bias(operands, kBias + gate, writer, input_scale * scale);
    op.inputs[kRecurrentWeights + gate] =
        Int8Weights(operands, kRecurrentWeights + gate, writer, scale);
  }
  op.inputs[kHidden] = SetState(writer, operands.At(kHidden), TensorType::kInt8,
                                output.scale, output.zero_point);
  const auto cells = statistics.internals.find({id, kLstmCells});
  float most =
      cells == statistics.internals.end() ? 0.0F : MostSeen(cells->second);
  // Before anything was seen: tanh is flat beyond.
  if (most <= 0) most = 8.0F;
  const int exponent =
      std::clamp(static_cast<int>(std::ceil(std::log2(most))) - 15, -30, 0);
  op.inputs[kCell] = SetState(writer, operands.At(kCell), TensorType::kInt16,
                              std::ldexp(1.0F, exponent), 0);
  return {};
}

}  // namespace tinyml::quantize
