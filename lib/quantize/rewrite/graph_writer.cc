#include "quantize/rewrite/graph_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/append.h"
#include "model/constants.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

// A constant's values with given parameters.
template <typename T>
std::vector<uint8_t> Quantized(const std::vector<float>& values, float scale,
                               int32_t zero_point, double low, double high) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const double q = std::round(static_cast<double>(values[i]) /
                                static_cast<double>(scale)) +
                     zero_point;
    const auto value = static_cast<T>(std::clamp(q, low, high));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

}  // namespace

GraphWriter::GraphWriter(Model& model, int subgraph, const Plan& plan)
    : model_(model), index_(subgraph), plan_(plan) {
  originals_ = graph().tensors;
  for (size_t t = 0; t < originals_.size(); ++t) {
    const int home = HomeOf(static_cast<TensorIndex>(t));
    // Constants keep their form for operators that need it.
    if (home >= 0 && !IsFloatConstant(model_, originals_[t])) {
      SetForm(graph().tensors[t], home);
    }
  }
}

int GraphWriter::HomeOf(TensorIndex t) const {
  const int home = plan_.subgraphs[index_].home[t];
  return home == kNoClass ? kFloatClass : home;
}

void GraphWriter::SetForm(Tensor& tensor, int number) const {
  const ParameterClass& made = ClassOf(number);
  tensor.type = made.type;
  tensor.quantization = PerTensor(made.scale, made.zero_point);
}

TensorIndex GraphWriter::NewTensor(const Tensor& like,
                                   const std::string& suffix, int written) {
  Tensor tensor;
  tensor.name = like.name + suffix;
  tensor.shape = like.shape;
  tensor.shape_signature = like.shape_signature;
  tensor.has_rank = like.has_rank;
  if (written >= 0) SetForm(tensor, written);
  return AppendTensor(graph(), std::move(tensor));
}

TensorIndex GraphWriter::NewConstant(TensorType type,
                                     std::vector<int32_t> shape,
                                     std::vector<uint8_t> bytes,
                                     std::vector<float> scales, int32_t axis,
                                     std::string name) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = type;
  tensor.shape = std::move(shape);
  tensor.quantization = PerChannel(std::move(scales), axis);
  return AppendConstant(model_, graph(), std::move(tensor),
                        BufferData(std::move(bytes)));
}

TensorIndex GraphWriter::ConstantAs(TensorIndex t, int demanded) {
  const Tensor& original = originals_[t];
  const ParameterClass& made = ClassOf(demanded);
  const std::vector<float> values = FloatsOf(model_, original);
  std::vector<uint8_t> bytes =
      made.type == TensorType::kInt16
          ? Quantized<int16_t>(values, made.scale, made.zero_point, -32768,
                               32767)
          : Quantized<int8_t>(values, made.scale, made.zero_point, -128, 127);
  const TensorIndex constant =
      NewConstant(made.type, original.shape, std::move(bytes), {made.scale}, 0,
                  original.name);
  graph().tensors.back().quantization->zero_point = {made.zero_point};
  return constant;
}

Operator GraphWriter::Conversion(TensorIndex from, int from_class,
                                 TensorIndex to, int to_class) {
  Operator op;
  const bool dequantizes = to_class < 0 && from_class >= 0;
  op.opcode_index = OpcodeFor(model_, dequantizes ? BuiltinOperator::kDequantize
                                                  : BuiltinOperator::kQuantize);
  op.inputs = {from};
  op.outputs = {to};
  op.options = dequantizes ? MakeOptions(DequantizeOptions())
                           : MakeOptions(QuantizeOptions());
  return op;
}

TensorIndex GraphWriter::As(TensorIndex t, int demanded) {
  if (demanded == kNoClass || t == kNoTensor) return t;
  const Tensor& original = originals_[t];
  const bool is_constant = IsFloatConstant(model_, original);
  const int home = is_constant ? kFloatClass : HomeOf(t);
  if (home == demanded) return t;
  const auto key = std::pair(t, demanded);
  if (const auto found = converted_.find(key); found != converted_.end()) {
    return found->second;
  }
  TensorIndex made = kNoTensor;
  if (is_constant) {
    made = ConstantAs(t, demanded);
  } else {
    made =
        NewTensor(original,
                  "_" + TensorTypeName(demanded < 0 ? TensorType::kFloat32
                                                    : ClassOf(demanded).type),
                  demanded);
    operators_.push_back(Conversion(t, home, made, demanded));
  }
  converted_.emplace(key, made);
  return made;
}

TensorIndex GraphWriter::For(TensorIndex t, int written) {
  if (written == kNoClass || t == kNoTensor) return t;
  const int home = HomeOf(t);
  if (home == written) return t;
  const TensorIndex made = NewTensor(originals_[t], "_as_written", written);
  afterwards_.push_back(Conversion(made, written, t, home));
  return made;
}

void GraphWriter::Emit(Operator op) {
  operators_.push_back(std::move(op));
  for (Operator& conversion : afterwards_) {
    operators_.push_back(std::move(conversion));
  }
  afterwards_.clear();
}

}  // namespace tinyml::quantize
