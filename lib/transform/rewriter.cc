#include "transform/rewriter.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "model/append.h"
#include "model/constants.h"
#include "model/strip.h"
#include "tinyml/model_builder.h"

namespace tinyml::transform {
namespace {

constexpr int kSeveral = -2;  // Of producers.
constexpr int kMostInserted = 1 << 30;

}  // namespace

bool IsRewritable(const Model& model) {
  return model.external_buffers.empty() &&
         std::ranges::none_of(model.metadata, [](const Metadata& metadata) {
           return metadata.name == kOfflinePlanMetadata ||
                  metadata.name == kCompressionMetadata;
         });
}

bool SameMeaning(const Tensor& a, const Tensor& b) {
  if (a.type != b.type) return false;
  const bool has_a = a.quantization && !a.quantization->scale.empty();
  const bool has_b = b.quantization && !b.quantization->scale.empty();
  if (has_a != has_b) return false;
  return !has_a || (a.quantization->scale == b.quantization->scale &&
                    a.quantization->zero_point == b.quantization->zero_point);
}

Rewriter::Rewriter(Model& model, size_t subgraph)
    : model_(model), subgraph_(subgraph) {
  Grow();
  removed_.resize(graph().operators.size(), false);
  for (size_t i = 0; i < graph().operators.size(); ++i) {
    places_.push_back({static_cast<int>(i), 0});
  }
  for (const TensorIndex tensor : graph().inputs) {
    is_input_[tensor] = true;
  }
  for (const TensorIndex tensor : graph().outputs) {
    is_output_[tensor] = true;
  }
  for (size_t i = 0; i < graph().operators.size(); ++i) {
    const auto index = static_cast<int>(i);
    for (const TensorIndex tensor : op(index).inputs) Count(tensor, index, 1);
    for (const TensorIndex tensor : op(index).outputs) {
      if (tensor == kNoTensor) continue;
      int& producer = producer_[tensor];
      producer = producer == kNone ? index : kSeveral;
    }
  }
}

void Rewriter::Grow() {
  const size_t count = graph().tensors.size();
  const size_t before = stands_for_.size();
  stands_for_.resize(count);
  std::iota(stands_for_.begin() + static_cast<std::ptrdiff_t>(before),
            stands_for_.end(), static_cast<TensorIndex>(before));
  producer_.resize(count, kNone);
  readers_.resize(count, 0);
  reader_sum_.resize(count, 0);
  is_output_.resize(count, false);
  is_input_.resize(count, false);
}

TensorIndex Rewriter::Resolve(TensorIndex tensor) {
  if (tensor == kNoTensor) return tensor;
  TensorIndex root = tensor;
  while (stands_for_[root] != root) {
    root = stands_for_[root];
  }
  // The next search of the same chain takes one step.
  while (stands_for_[tensor] != root) {
    tensor = std::exchange(stands_for_[tensor], root);
  }
  return root;
}

void Rewriter::Count(TensorIndex tensor, int reader, int times) {
  if (tensor == kNoTensor) return;
  readers_[tensor] += times;
  reader_sum_[tensor] += int64_t{times} * reader;
}

TensorIndex Rewriter::Input(int index, size_t i) {
  const Operator& reader = op(index);
  return i < reader.inputs.size() ? Resolve(reader.inputs[i]) : kNoTensor;
}

void Rewriter::SetInput(int index, size_t i, TensorIndex tensor) {
  Count(Input(index, i), index, -1);
  op(index).inputs[i] = tensor;
  Count(tensor, index, 1);
  changed_ = true;
}

void Rewriter::AddInput(int index, TensorIndex tensor) {
  op(index).inputs.push_back(tensor);
  Count(tensor, index, 1);
  changed_ = true;
}

int Rewriter::Producer(TensorIndex tensor) const {
  if (tensor == kNoTensor) return kNone;
  const size_t t = tensor;
  if (is_input_[t] || graph().tensors[t].is_variable) return kNone;
  return std::max(producer_[t], kNone);
}

int Rewriter::SoleReader(TensorIndex tensor) const {
  const size_t t = tensor;
  if (tensor == kNoTensor || is_output_[t] || readers_[t] != 1) return kNone;
  return static_cast<int>(reader_sum_[t]);
}

bool Rewriter::IsRead(TensorIndex tensor) const {
  return is_output_[tensor] || readers_[tensor] != 0;
}

void Rewriter::Remove(int index) {
  for (size_t i = 0; i < op(index).inputs.size(); ++i) {
    Count(Input(index, i), index, -1);
  }
  removed_[index] = true;
  changed_ = true;
}

int Rewriter::Insert(Place place, Operator added) {
  const auto index = static_cast<int>(OperatorCount());
  for (const TensorIndex tensor : added.inputs) Count(tensor, index, 1);
  for (const TensorIndex tensor : added.outputs) producer_[tensor] = index;
  graph().operators.push_back(std::move(added));
  removed_.push_back(false);
  places_.push_back(place);
  changed_ = true;
  return index;
}

int Rewriter::InsertBefore(int index, Operator added) {
  return Insert({index, ++inserted_ - kMostInserted}, std::move(added));
}

int Rewriter::InsertAfter(int index, Operator added) {
  return Insert({index, ++inserted_}, std::move(added));
}

void Rewriter::SetOutput(int index, size_t i, TensorIndex tensor) {
  TensorIndex& output = op(index).outputs[i];
  if (producer_[output] == index) producer_[output] = kNone;
  output = tensor;
  producer_[tensor] = index;
  changed_ = true;
}

TensorIndex Rewriter::NewTensor(Tensor made) {
  const TensorIndex index = AppendTensor(graph(), std::move(made));
  Grow();
  return index;
}

uint32_t Rewriter::Opcode(BuiltinOperator code) {
  return OpcodeFor(model_, code);
}

bool Rewriter::Bypass(int index, TensorIndex from, TensorIndex to) {
  const size_t f = from;
  const size_t t = to;
  if (from == to || is_input_[t] || Producer(to) != index) return false;
  const Tensor& source = tensor(from);
  const Tensor& result = tensor(to);
  if (source.is_variable || source.shape != result.shape ||
      !SameMeaning(source, result) || producer_[f] == kSeveral) {
    return false;
  }
  if (!is_output_[t]) {
    Remove(index);
    stands_for_[t] = from;
    readers_[f] += readers_[t];
    reader_sum_[f] += reader_sum_[t];
    return true;
  }
  // The output keeps its name: what makes `from` makes it instead.
  const int maker = Producer(from);
  if (maker == kNone || is_output_[f]) return false;
  Remove(index);
  for (TensorIndex& output : op(maker).outputs) {
    if (output == from) output = to;
  }
  producer_[t] = maker;
  stands_for_[f] = to;
  readers_[t] += readers_[f];
  reader_sum_[t] += reader_sum_[f];
  return true;
}

void Rewriter::Absorb(int producer, int reader) {
  const TensorIndex result = op(reader).outputs[0];
  Remove(reader);
  op(producer).outputs[0] = result;
  producer_[result] = producer;
}

bool Rewriter::IsConstant(TensorIndex index) const {
  if (index == kNoTensor) return false;
  const size_t t = index;
  const Tensor& held = graph().tensors[t];
  return !is_input_[t] && producer_[t] == kNone && !held.is_variable &&
         !held.sparsity && !model_.DataOf(held).empty();
}

std::optional<std::vector<float>> Rewriter::Floats(TensorIndex index) const {
  if (!IsConstant(index) || tensor(index).type != TensorType::kFloat32) {
    return std::nullopt;
  }
  return ValuesIn<float>(model_.DataOf(tensor(index)));
}

std::optional<std::vector<int64_t>> Rewriter::Ints(TensorIndex index) const {
  if (!IsConstant(index)) return std::nullopt;
  const auto bytes = model_.DataOf(tensor(index));
  if (tensor(index).type == TensorType::kInt64) return ValuesIn<int64_t>(bytes);
  if (tensor(index).type != TensorType::kInt32) return std::nullopt;
  const auto values = ValuesIn<int32_t>(bytes);
  return std::vector<int64_t>(values.begin(), values.end());
}

TensorIndex Rewriter::NewConstant(TensorType type, std::vector<int32_t> shape,
                                  BufferData values, std::string_view name) {
  Tensor made;
  made.name = name;
  made.type = type;
  made.shape = std::move(shape);
  const TensorIndex index =
      AppendConstant(model_, graph(), std::move(made), std::move(values));
  Grow();
  return index;
}

TensorIndex Rewriter::NewFloats(std::vector<int32_t> shape,
                                const std::vector<float>& values,
                                std::string_view name) {
  return NewConstant(TensorType::kFloat32, std::move(shape), BufferOf(values),
                     name);
}

TensorIndex Rewriter::NewInts(std::vector<int32_t> shape,
                              const std::vector<int32_t>& values,
                              std::string_view name) {
  return NewConstant(TensorType::kInt32, std::move(shape), BufferOf(values),
                     name);
}

void Rewriter::SetQuantization(TensorIndex tensor, Quantization quantization) {
  graph().tensors[tensor].quantization = std::move(quantization);
}

void Rewriter::SetShape(TensorIndex tensor, std::vector<int32_t> shape) {
  Tensor& changed = graph().tensors[tensor];
  changed.shape = std::move(shape);
  changed.shape_signature.clear();
  changed_ = true;
}

void Rewriter::SetCode(int index, BuiltinOperator code) {
  op(index).opcode_index = OpcodeFor(model_, code);
  changed_ = true;
}

bool Rewriter::Finish(std::vector<int>* origins) {
  std::vector<int> order;
  for (int i = 0; i < static_cast<int>(OperatorCount()); ++i) {
    if (!removed_[i]) order.push_back(i);
  }
  if (inserted_ != 0) {
    std::ranges::sort(order, {}, [&](int i) { return places_[i]; });
  }
  if (origins != nullptr) {
    origins->clear();
    for (const int i : order) origins->push_back(places_[i].at);
  }
  if (!changed_) return false;
  std::vector<Operator> operators;
  operators.reserve(order.size());
  for (const int i : order) {
    for (TensorIndex& input : op(i).inputs) input = Resolve(input);
    operators.push_back(std::move(op(i)));
  }
  graph().operators = std::move(operators);
  return true;
}

}  // namespace tinyml::transform
