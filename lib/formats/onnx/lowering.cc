#include "formats/onnx/lowering.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/macros.h"
#include "base/text.h"
#include "model/append.h"
#include "ops/broadcast.h"

namespace tinyml::onnx_import {
namespace {

std::vector<int32_t> Narrow(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

std::string LayoutText(const Layout& layout) {
  std::string text = "(";
  for (size_t i = 0; i < layout.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(layout[i]);
  }
  return text + ")";
}

// `layout` of a value seen with more axes of size 1 in front.
Layout Widened(const Layout& layout, size_t rank) {
  const size_t added = rank - layout.size();
  Layout wide = Canonical(added);
  for (const int axis : layout) wide.push_back(axis + static_cast<int>(added));
  return wide;
}

std::array<std::span<const OnnxOperator>, 9> Tables() {
  return {ElementwiseOperators(), ConvolutionOperators(),
          ProductOperators(),     NormalizationOperators(),
          ReductionOperators(),   MovementOperators(),
          ShapeOperators(),       RecurrentOperators(),
          QuantizationOperators()};
}

}  // namespace

Layout Canonical(size_t rank) {
  Layout layout(rank);
  std::iota(layout.begin(), layout.end(), 0);
  return layout;
}

Layout ChannelsLast(size_t rank) {
  Layout layout = Canonical(rank);
  layout.erase(layout.begin() + 1);
  layout.push_back(1);
  return layout;
}

bool IsCanonical(const Layout& layout) {
  return std::is_sorted(layout.begin(), layout.end());
}

Shape InLayout(const Shape& shape, const Layout& layout) {
  Shape result;
  for (const int axis : layout) {
    result.push_back(shape[axis]);
  }
  return result;
}

int AxisIn(const Layout& layout, int64_t axis) {
  return static_cast<int>(
      std::find(layout.begin(), layout.end(), static_cast<int>(axis)) -
      layout.begin());
}

bool SameBytes(const Shape& shape, const Layout& from, const Layout& to) {
  const auto moving = [&](const Layout& layout) {
    Layout axes;
    for (const int axis : layout) {
      if (shape[axis] != 1) axes.push_back(axis);
    }
    return axes;
  };
  return moving(from) == moving(to);
}

Constant Transposed(const Constant& constant, const Layout& layout) {
  Constant result;
  result.type = constant.type;
  result.shape = InLayout(constant.shape, layout);
  if (constant.quantized != nullptr) {
    auto quantized = std::make_shared<Quantization>(*constant.quantized);
    quantized->quantized_dimension =
        AxisIn(layout, quantized->quantized_dimension);
    result.quantized = std::move(quantized);
  }
  if (SameBytes(constant.shape, Canonical(layout.size()), layout)) {
    result.data = constant.data;
    return result;
  }
  const size_t width = static_cast<size_t>(TensorTypeBits(constant.type)) / 8;
  const size_t rank = layout.size();
  std::vector<int64_t> strides(rank, 1);  // In ONNX's order, in elements.
  for (size_t i = rank; i-- > 1;) {
    strides[i - 1] = strides[i] * constant.shape[i];
  }
  const auto from = constant.data.bytes();
  std::vector<uint8_t> to(from.size());
  std::vector<int64_t> position(rank, 0);
  int64_t source = 0;
  for (size_t at = 0; at + width <= to.size(); at += width) {
    std::memcpy(to.data() + at,
                from.data() + static_cast<size_t>(source) * width, width);
    for (size_t i = rank; i-- > 0;) {
      const int64_t stride = strides[layout[i]];
      source += stride;
      if (++position[i] < result.shape[i]) break;
      source -= stride * result.shape[i];
      position[i] = 0;
    }
  }
  result.data = BufferData(std::move(to));
  return result;
}

TensorType TensorTypeFor(TensorType type) {
  switch (type) {
    case TensorType::kInt64:
    case TensorType::kUInt64:
    case TensorType::kUInt32:
    case TensorType::kUInt16:
      return TensorType::kInt32;
    default:
      return type;
  }
}

const OnnxOperator* FindOnnxOperator(std::string_view domain,
                                     std::string_view name) {
  const auto find =
      [&](std::span<const OnnxOperator> table) -> const OnnxOperator* {
    for (const OnnxOperator& op : table) {
      if (op.name == name) return &op;
    }
    return nullptr;
  };
  // It has the quantized operators that ONNX itself lacks.
  if (domain == "com.microsoft") return find(QuantizationOperators());
  if (!domain.empty()) return nullptr;
  for (const auto& table : Tables()) {
    if (const OnnxOperator* op = find(table)) return op;
  }
  return nullptr;
}

std::vector<const OnnxOperator*> AllOnnxOperators() {
  std::vector<const OnnxOperator*> all;
  for (const auto& table : Tables()) {
    for (const OnnxOperator& op : table) all.push_back(&op);
  }
  std::sort(all.begin(), all.end(),
            [](const OnnxOperator* a, const OnnxOperator* b) {
              return a->name < b->name;
            });
  return all;
}

Lowering::Lowering(const Graph& graph)
    : graph_(&graph), values_(graph.values.size()) {
  model_.buffers.resize(1);
  model_.subgraphs.resize(1);
  model_.subgraphs[0].name = graph.name;
}

Result<TensorIndex> Lowering::Get(ValueId id, const Layout& layout) {
  TINYML_RETURN_IF_ERROR(Settle(id));
  Lowered& value = Slot(id);
  const std::string& name = graph_->values[id].name;
  if (value.tensor != kNoTensor && value.layout == layout) return value.tensor;
  if (const auto other = value.others.find(layout);
      other != value.others.end()) {
    return other->second;
  }
  TensorIndex tensor = kNoTensor;
  if (value.constant) {
    tensor = NewConstant(Transposed(*value.constant, layout), name);
  } else if (SameBytes(value.shape, value.layout, layout)) {
    tensor = EmitReshape(value.tensor, InLayout(value.shape, layout), name);
  } else {
    std::vector<int> axes;
    for (const int axis : layout) axes.push_back(AxisIn(value.layout, axis));
    TINYML_ASSIGN_OR_RETURN(tensor, Transpose(value.tensor, axes, name));
    transposes_.push_back(
        "'" + Printable(name) + "' " + ShapeText(value.shape) +
        " lies in the order " + LayoutText(value.layout) + "; " +
        (current_ != nullptr ? Describe(*graph_, *current_)
                             : std::string("the graph's output")) +
        " needs it in the order " + LayoutText(layout));
  }
  Slot(id).others[layout] = tensor;
  return tensor;
}

Result<TensorIndex> Lowering::GetBroadcast(ValueId id, const Layout& layout) {
  const size_t rank = layout.size();
  const size_t own = RankOf(id);
  if (own == rank) return Get(id, layout);
  // Its own axes, in the order that they have in `layout`.
  const auto added = static_cast<int>(rank - own);
  Layout own_layout;
  for (const int axis : layout) {
    if (axis >= added) own_layout.push_back(axis - added);
  }
  Shape wide(rank - own, 1);
  wide.insert(wide.end(), ShapeOf(id).begin(), ShapeOf(id).end());
  const Shape dims = InLayout(wide, layout);
  const std::string& name = graph_->values[id].name;
  if (const Constant* constant = ConstantOf(id)) {
    if (Elements(constant->shape) == 1 && own == 0) return Get(id);
    Constant widened = *constant;
    widened.shape = wide;
    return NewConstant(Transposed(widened, layout), name);
  }
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, Get(id, own_layout));
  const Shape own_dims = InLayout(ShapeOf(id), own_layout);
  // The runtime adds axes in front by itself.
  if (Shape(dims.end() - static_cast<ptrdiff_t>(own), dims.end()) == own_dims &&
      own > 0) {
    return tensor;
  }
  return EmitReshape(tensor, dims, name);
}

Layout Lowering::CommonLayout(std::span<const ValueId> ids, size_t rank) const {
  int64_t largest = -1;
  Layout layout = Canonical(rank);
  for (const ValueId id : ids) {
    if (id == kNoValue || ConstantOf(id) != nullptr) continue;
    const int64_t elements = Elements(ShapeOf(id));
    if (RankOf(id) > rank || elements <= largest) continue;
    largest = elements;
    layout = Widened(LayoutOf(id), rank);
  }
  return layout;
}

TensorIndex Lowering::NewTensor(TensorType type, const Shape& dims,
                                std::string_view name) {
  Tensor tensor;
  tensor.name = name;
  tensor.type = TensorTypeFor(type);
  tensor.shape = Narrow(dims);
  tensor.has_rank = true;
  return AppendTensor(subgraph(), std::move(tensor));
}

TensorIndex Lowering::NewConstant(const Constant& constant,
                                  std::string_view name) {
  const TensorType type = TensorTypeFor(constant.type);
  const TensorIndex index = NewTensor(type, constant.shape, name);
  subgraph().tensors.back().buffer =
      static_cast<uint32_t>(model_.buffers.size());
  if (constant.quantized != nullptr) {
    // Until the import ends: AbsorbQuantization looks at it.
    const Quantization& quantized = *constant.quantized;
    const size_t axis = quantized.quantized_dimension;
    if (quantized.scale.size() == 1 ||
        (axis < constant.shape.size() &&
         static_cast<size_t>(constant.shape[axis]) == quantized.scale.size())) {
      subgraph().tensors.back().quantization = quantized;
    }
  }
  Buffer& buffer = model_.buffers.emplace_back();
  if (type == constant.type) {
    buffer.data = constant.data;
    return index;
  }
  std::vector<int64_t> values = constant.AsInt64();
  for (int64_t& value : values) {
    value = std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                std::numeric_limits<int32_t>::max());
  }
  buffer.data = Constant::OfType(type, constant.shape, values).data;
  return index;
}

TensorIndex Lowering::NewInt32(const std::vector<int64_t>& values,
                               std::string_view name) {
  return NewConstant(
      Constant::Of({static_cast<int64_t>(values.size())}, values), name);
}

TensorIndex Lowering::NewFloat(const Shape& shape,
                               const std::vector<float>& values,
                               std::string_view name) {
  return NewConstant(Constant::Of(shape, values), name);
}

TensorIndex Lowering::NewScalar(float value, std::string_view name) {
  return NewFloat({}, {value}, name);
}

void Lowering::Append(BuiltinOperator code, std::vector<TensorIndex> inputs,
                      std::vector<TensorIndex> outputs,
                      OperatorOptions options) {
  Operator& op = subgraph().operators.emplace_back();
  op.opcode_index = OpcodeFor(model_, code);
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  op.options = std::move(options);
}

TensorIndex Lowering::EmitUnary(BuiltinOperator code, TensorIndex input,
                                std::string_view name) {
  const Tensor& source = tensor(input);
  const TensorIndex output = NewTensor(
      source.type, Shape(source.shape.begin(), source.shape.end()), name);
  Emit(code, {input}, {output});
  return output;
}

TensorIndex Lowering::EmitBinary(BuiltinOperator code, TensorIndex a,
                                 TensorIndex b, std::string_view name) {
  const std::array<std::vector<int32_t>, 2> shapes = {tensor(a).shape,
                                                      tensor(b).shape};
  const std::vector<int32_t> dims =
      ops::Broadcast::OutputShape(shapes).value_or(shapes[0]);
  const TensorIndex output =
      NewTensor(tensor(a).type, Shape(dims.begin(), dims.end()), name);
  switch (code) {
    case BuiltinOperator::kAdd:
      Emit(code, {a, b}, {output}, AddOptions());
      break;
    case BuiltinOperator::kSub:
      Emit(code, {a, b}, {output}, SubOptions());
      break;
    case BuiltinOperator::kMul:
      Emit(code, {a, b}, {output}, MulOptions());
      break;
    case BuiltinOperator::kDiv:
      Emit(code, {a, b}, {output}, DivOptions());
      break;
    case BuiltinOperator::kMaximum:
    case BuiltinOperator::kMinimum:
      Emit(code, {a, b}, {output}, MaximumMinimumOptions());
      break;
    default:
      Emit(code, {a, b}, {output});
      break;
  }
  return output;
}

TensorIndex Lowering::EmitReshape(TensorIndex input, const Shape& dims,
                                  std::string_view name) {
  const TensorIndex output = NewTensor(tensor(input).type, dims, name);
  ReshapeOptions options;
  options.new_shape = Narrow(dims);
  const TensorIndex shape = NewInt32(dims, std::string(name) + "/shape");
  Emit(BuiltinOperator::kReshape, {input, shape}, {output}, std::move(options));
  return output;
}

TensorIndex Lowering::EmitTranspose(TensorIndex input,
                                    const std::vector<int>& axes,
                                    std::string_view name) {
  Shape dims;
  for (const int axis : axes) {
    dims.push_back(tensor(input).shape[axis]);
  }
  const TensorIndex output = NewTensor(tensor(input).type, dims, name);
  const TensorIndex permutation =
      NewInt32({axes.begin(), axes.end()}, std::string(name) + "/axes");
  Emit(BuiltinOperator::kTranspose, {input, permutation}, {output},
       TransposeOptions());
  return output;
}

void Lowering::Define(const Node& node, size_t i, TensorType type, Shape shape,
                      TensorIndex tensor, Layout layout) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  Lowered& value = Slot(node.outputs[i]);
  value.defined = true;
  value.type = type;
  value.shape = std::move(shape);
  value.tensor = tensor;
  value.layout = std::move(layout);
}

void Lowering::DefineConstant(const Node& node, size_t i, Constant constant) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  DefineInitializer(node.outputs[i], std::move(constant));
}

void Lowering::DefineAlias(const Node& node, size_t i, ValueId source) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  Slot(node.outputs[i]) = At(source);
}

void Lowering::DefineAs(const Node& node, size_t i, Lowered value) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  Slot(node.outputs[i]) = std::move(value);
}

void Lowering::DefineTransposed(const Node& node, size_t i, ValueId source,
                                const std::vector<int>& axes) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  if (const Constant* constant = ConstantOf(source)) {
    DefineConstant(node, i, Transposed(*constant, axes));
    return;
  }
  const Lowered& from = At(source);
  // Source axis axes[k] is called k from now on.
  const auto rename = [&](const Layout& layout) {
    Layout renamed;
    for (const int axis : layout) renamed.push_back(AxisIn(axes, axis));
    return renamed;
  };
  Lowered value;
  value.defined = true;
  value.type = from.type;
  value.shape = InLayout(from.shape, axes);
  value.tensor = from.tensor;
  value.layout = rename(from.layout);
  value.source = from.source;
  value.source_layout = from.source_layout;
  value.renamed = true;
  for (const auto& [layout, tensor] : from.others) {
    value.others[rename(layout)] = tensor;
  }
  Slot(node.outputs[i]) = std::move(value);
}

bool Lowering::TakeFoldingBytes(int64_t bytes) {
  if (bytes < 0 || bytes > folding_bytes_) return false;
  folding_bytes_ -= bytes;
  return true;
}

std::string Lowering::OutputName(const Node& node, size_t i) const {
  if (i < node.outputs.size() && node.outputs[i] != kNoValue) {
    return graph_->values[node.outputs[i]].name;
  }
  return node.name;
}

tl::unexpected<Error> Lowering::Refuse(const Node& node,
                                       std::string_view reason) const {
  return FailAbout({}, Describe(*graph_, node), ErrorCode::kUnsupported,
                   reason);
}

void Lowering::Warn(std::string message) {
  if (std::find(warnings_.begin(), warnings_.end(), message) ==
      warnings_.end()) {
    warnings_.push_back(std::move(message));
  }
}

void Lowering::NoteTranspose(const Node& node, std::string_view why) {
  transposes_.push_back(Describe(*graph_, node) + " " + std::string(why));
}

void Lowering::DefineInput(ValueId id, TensorType type, Shape shape,
                           TensorIndex tensor, Layout layout) {
  Lowered& value = Slot(id);
  value.defined = true;
  value.type = type;
  value.shape = std::move(shape);
  value.tensor = tensor;
  value.layout = std::move(layout);
}

void Lowering::DefineInitializer(ValueId id, Constant constant) {
  Lowered& value = Slot(id);
  value.defined = true;
  value.type = constant.type;
  value.shape = constant.shape;
  value.layout = Canonical(constant.shape.size());
  value.constant = std::move(constant);
}

}  // namespace tinyml::onnx_import
