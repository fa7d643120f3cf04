#include "formats/onnx/expand_quantized.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "tinyml/model.h"

namespace tinyml::onnx_import {
namespace {

class Expansion {
 public:
  explicit Expansion(Graph& graph) : graph_(graph) {}

  void Run() {
    std::vector<Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (Node& node : nodes) {
      if (!Expand(node)) graph_.nodes.push_back(std::move(node));
    }
  }

 private:
  bool Expand(const Node& node);
  bool Layer(const Node& node);
  bool Binary(const Node& node, const char* op);
  bool Unary(const Node& node, const char* op);
  bool Concat(const Node& node);
  bool Gemm(const Node& node);
  bool Integer(const Node& node, const char* op);
  bool Movement(const Node& node);

  static ValueId In(const Node& node, size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : kNoValue;
  }
  // A new value of `graph_`, named after `like`.
  ValueId NewValue(ValueId like) {
    Value value;
    value.name = graph_.values[like].name + "/real";
    graph_.values.push_back(std::move(value));
    return static_cast<ValueId>(graph_.values.size() - 1);
  }
  ValueId NewConstant(ValueId like, std::vector<float> values) {
    const ValueId id = NewValue(like);
    // One is a scalar, more are by axis.
    Shape shape;
    if (values.size() != 1) shape = {static_cast<int64_t>(values.size())};
    graph_.values.back().constant = Constant::Of(shape, values);
    return id;
  }
  const Constant* ConstantOf(ValueId id) const {
    if (id == kNoValue) return nullptr;
    const auto& constant = graph_.values[id].constant;
    return constant ? &*constant : nullptr;
  }
  Node& Append(const Node& source, const char* op, std::vector<ValueId> inputs,
               ValueId output) {
    Node& made = graph_.nodes.emplace_back();
    made.op_type = op;
    made.name = source.name;
    made.inputs = std::move(inputs);
    made.outputs = {output};
    return made;
  }
  ValueId Dequantize(const Node& node, ValueId value, ValueId scale,
                     ValueId zero, int64_t axis) {
    const ValueId real = NewValue(value);
    Append(node, "DequantizeLinear", {value, scale, zero}, real)
        .attributes["axis"] = axis;
    return real;
  }
  // An output of the node, of `real`.
  void Quantize(const Node& node, ValueId real, ValueId scale, ValueId zero,
                size_t output = 0) {
    Append(node, "QuantizeLinear", {real, scale, zero}, node.outputs[output]);
    scales_[node.outputs[output]] = {scale, zero};
  }
  // int32 `bias` at the scale of products of two values; kNoValue where that is
  // not known.
  ValueId Bias(const Node& node, ValueId bias, ValueId scale_a,
               ValueId scale_b) {
    const Constant* a = ConstantOf(scale_a);
    const Constant* b = ConstantOf(scale_b);
    if (a == nullptr || b == nullptr || a->type != TensorType::kFloat32 ||
        b->type != TensorType::kFloat32) {
      return kNoValue;
    }
    const std::vector<float> first = a->AsFloat();
    std::vector<float> scales = b->AsFloat();
    if (first.size() != 1 || scales.empty()) return kNoValue;
    for (float& scale : scales) scale *= first[0];
    const ValueId scale = NewConstant(bias, std::move(scales));
    return Dequantize(node, bias, scale, kNoValue, 0);
  }

  Graph& graph_;
  // Scale and zero point of the values that were quantized as a whole.
  std::map<ValueId, std::pair<ValueId, ValueId>> scales_;
};

// Operators that return elements of their first input, or of all, and work on
// int8 with a zero point as on floats.
bool Moves(const std::string& op) {
  static constexpr std::string_view kNames[] = {
      "Concat",  "DepthToSpace", "Expand",    "Flatten",      "Gather",
      "MaxPool", "Reshape",      "Slice",     "SpaceToDepth", "Split",
      "Squeeze", "Transpose",    "Unsqueeze", "Identity"};
  return std::find(std::begin(kNames), std::end(kNames), op) !=
         std::end(kNames);
}

bool Expansion::Expand(const Node& node) {
  const std::string& op = node.op_type;
  if (node.domain.empty() && Moves(op)) return Movement(node);
  if (node.outputs.size() != 1 || node.outputs[0] == kNoValue) return false;
  if (op == "QuantizeLinear") {
    const Constant* scale = ConstantOf(In(node, 1));
    if (scale != nullptr && Elements(scale->shape) == 1) {
      scales_[node.outputs[0]] = {In(node, 1), In(node, 2)};
    }
    return false;
  }
  if (node.domain.empty()) {
    if (op == "QLinearConv") return Layer(node);
    if (op == "QLinearMatMul") return Binary(node, "MatMul");
    if (op == "ConvInteger") return Integer(node, "Conv");
    if (op == "MatMulInteger") return Integer(node, "MatMul");
    return false;
  }
  if (node.domain != "com.microsoft") return false;
  if (op == "QLinearAdd") return Binary(node, "Add");
  if (op == "QLinearMul") return Binary(node, "Mul");
  if (op == "QLinearSigmoid") return Unary(node, "Sigmoid");
  if (op == "QLinearLeakyRelu") return Unary(node, "LeakyRelu");
  if (op == "QLinearSoftmax") {
    // It may mean either of ONNX's two softmaxes.
    constexpr int64_t kOneAxis = 13;
    const bool one_axis = node.Int("opset", 0) >= kOneAxis;
    return one_axis == (graph_.opset >= kOneAxis) && Unary(node, "Softmax");
  }
  if (op == "QLinearGlobalAveragePool" || op == "QLinearAveragePool") {
    return node.Int("channels_last", 0) == 0 &&
           Unary(node, op == "QLinearAveragePool" ? "AveragePool"
                                                  : "GlobalAveragePool");
  }
  if (op == "QLinearConcat") return Concat(node);
  if (op == "QGemm") return Gemm(node);
  return false;
}

bool Expansion::Layer(const Node& node) {
  for (size_t i = 0; i < 8; ++i) {
    if (In(node, i) == kNoValue) return false;
  }
  std::vector<ValueId> inputs = {
      Dequantize(node, In(node, 0), In(node, 1), In(node, 2), 1),
      Dequantize(node, In(node, 3), In(node, 4), In(node, 5), 0)};
  if (const ValueId bias = In(node, 8); bias != kNoValue) {
    inputs.push_back(Bias(node, bias, In(node, 1), In(node, 4)));
    if (inputs.back() == kNoValue) {
      graph_.nodes.resize(graph_.nodes.size() - 2);
      return false;
    }
  }
  const ValueId real = NewValue(node.outputs[0]);
  Append(node, "Conv", std::move(inputs), real).attributes = node.attributes;
  Quantize(node, real, In(node, 6), In(node, 7));
  return true;
}

bool Expansion::Binary(const Node& node, const char* op) {
  for (const size_t i : {0, 1, 3, 4, 6, 7}) {
    if (In(node, i) == kNoValue) return false;
  }
  // The scales of a matrix are by row of the first and column of the second.
  const ValueId a = Dequantize(node, In(node, 0), In(node, 1), In(node, 2), -2);
  const ValueId b = Dequantize(node, In(node, 3), In(node, 4), In(node, 5), -1);
  const ValueId real = NewValue(node.outputs[0]);
  Append(node, op, {a, b}, real);
  Quantize(node, real, In(node, 6), In(node, 7));
  return true;
}

bool Expansion::Unary(const Node& node, const char* op) {
  for (const size_t i : {0, 1, 3, 4}) {
    if (In(node, i) == kNoValue) return false;
  }
  const ValueId x = Dequantize(node, In(node, 0), In(node, 1), In(node, 2), 1);
  const ValueId real = NewValue(node.outputs[0]);
  Append(node, op, {x}, real).attributes = node.attributes;
  Quantize(node, real, In(node, 3), In(node, 4));
  return true;
}

bool Expansion::Concat(const Node& node) {
  if (node.inputs.size() < 5 || node.inputs.size() % 3 != 2) return false;
  for (const ValueId input : node.inputs) {
    if (input == kNoValue) return false;
  }
  std::vector<ValueId> parts;
  for (size_t i = 2; i < node.inputs.size(); i += 3) {
    parts.push_back(
        Dequantize(node, In(node, i), In(node, i + 1), In(node, i + 2), 1));
  }
  const ValueId real = NewValue(node.outputs[0]);
  Append(node, "Concat", std::move(parts), real).attributes = node.attributes;
  Quantize(node, real, In(node, 0), In(node, 1));
  return true;
}

bool Expansion::Gemm(const Node& node) {
  for (size_t i = 0; i < 6; ++i) {
    if (In(node, i) == kNoValue) return false;
  }
  // The bias has been divided by alpha too, which would have to be undone.
  if (node.Float("alpha", 1.0F) != 1.0F) return false;
  if (In(node, 7) != kNoValue && In(node, 8) == kNoValue) return false;
  const int64_t columns = node.Int("transB", 0) != 0 ? 0 : 1;
  std::vector<ValueId> inputs = {
      Dequantize(node, In(node, 0), In(node, 1), In(node, 2), 1),
      Dequantize(node, In(node, 3), In(node, 4), In(node, 5), columns)};
  if (const ValueId bias = In(node, 6); bias != kNoValue) {
    inputs.push_back(Bias(node, bias, In(node, 1), In(node, 4)));
    if (inputs.back() == kNoValue) {
      graph_.nodes.resize(graph_.nodes.size() - 2);
      return false;
    }
  }
  const bool to_float = In(node, 7) == kNoValue;
  const ValueId real = to_float ? node.outputs[0] : NewValue(node.outputs[0]);
  Append(node, "Gemm", std::move(inputs), real).attributes = node.attributes;
  if (!to_float) Quantize(node, real, In(node, 7), In(node, 8));
  return true;
}

// Sums of products of integers, which are exact in floats up to 2^24.
bool Expansion::Integer(const Node& node, const char* op) {
  if (In(node, 0) == kNoValue || In(node, 1) == kNoValue) return false;
  const ValueId one = NewConstant(node.outputs[0], {1.0F});
  const ValueId a = Dequantize(node, In(node, 0), one, In(node, 2), 0);
  const ValueId b = Dequantize(node, In(node, 1), one, In(node, 3), 0);
  const ValueId real = NewValue(node.outputs[0]);
  Append(node, op, {a, b}, real).attributes = node.attributes;
  constexpr int64_t kOnnxInt32 = 6;
  Append(node, "Cast", {real}, node.outputs[0]).attributes["to"] = kOnnxInt32;
  return true;
}

// Elements that are moved keep their scale: as floats in between, so that
// layers before and after meet, and uint8 can become int8.
bool Expansion::Movement(const Node& node) {
  if (node.inputs.empty()) return false;
  const size_t operands = node.op_type == "Concat" ? node.inputs.size() : 1;
  const auto first = scales_.find(node.inputs[0]);
  if (first == scales_.end()) return false;
  const auto [scale, zero] = first->second;
  if (zero == kNoValue) return false;  // Which says the type.
  for (size_t i = 1; i < operands; ++i) {
    const auto other = scales_.find(node.inputs[i]);
    if (other == scales_.end() || other->second != std::pair(scale, zero)) {
      return false;
    }
  }
  const auto is_there = [](ValueId output) { return output != kNoValue; };
  const bool splits = node.op_type == "Split";
  if (!std::all_of(node.outputs.begin(), node.outputs.end(), is_there) ||
      node.outputs.empty() || (node.outputs.size() > 1 && !splits)) {
    return false;
  }
  std::vector<ValueId> inputs = node.inputs;
  for (size_t i = 0; i < operands; ++i) {
    inputs[i] = Dequantize(node, inputs[i], scale, zero, 0);
  }
  std::vector<ValueId> reals;
  for (const ValueId output : node.outputs) reals.push_back(NewValue(output));
  Node& moved = Append(node, node.op_type.c_str(), std::move(inputs), reals[0]);
  moved.attributes = node.attributes;
  moved.outputs = reals;
  for (size_t i = 0; i < reals.size(); ++i) {
    Quantize(node, reals[i], scale, zero, i);
  }
  return true;
}

}  // namespace

void ExpandQuantized(Graph& graph) { Expansion(graph).Run(); }

}  // namespace tinyml::onnx_import
