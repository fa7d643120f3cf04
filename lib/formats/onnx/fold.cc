#include "formats/onnx/fold.h"

#include <cstring>

#include "base/checked.h"
#include "base/macros.h"
#include "formats/onnx/fold_parts.h"

namespace tinyml::onnx_import {
namespace {

constexpr int64_t kMaxElements = int64_t{1} << 28;
constexpr size_t kMaxRank = 64;

const FoldableOperator* Find(std::string_view name) {
  for (const auto& table :
       {FoldableShapes(), FoldableElementwise(), FoldableMovement()}) {
    for (const FoldableOperator& op : table) {
      if (op.name == name) return &op;
    }
  }
  return nullptr;
}

// Whether everything that the operator needs of its inputs is known.
bool IsKnown(const Lowering& lowering, const Node& node) {
  if (node.op_type == "Shape" || node.op_type == "Size") return true;
  for (const ValueId id : node.inputs) {
    if (id == kNoValue) continue;
    if (lowering.ConstantOf(id) == nullptr) return false;
    if (!CountOf(lowering.ShapeOf(id))) return false;
  }
  return true;
}

}  // namespace

std::optional<int64_t> Folding::Afford(const Shape& shape,
                                       TensorType type) const {
  const std::optional<int64_t> elements = CountOf(shape);
  constexpr int64_t kLeast = 64;  // What even an empty one takes.
  const auto width = static_cast<int64_t>(WidthOf(type));
  if (!elements || !lowering_.TakeFoldingBytes(kLeast + *elements * width)) {
    return std::nullopt;
  }
  return elements;
}

std::optional<std::vector<int64_t>> Folding::Ints(std::string_view key,
                                                  size_t i) const {
  if (node_.Has(key)) return node_.Ints(key);
  if (Has(i)) return In(i).AsInt64();
  return std::nullopt;
}

Result<size_t> Folding::Axis(int64_t axis, size_t rank) const {
  const auto count = static_cast<int64_t>(rank);
  if (axis < -count || axis >= count) {
    return Refuse("axis " + std::to_string(axis) + " is out of range: it has " +
                  std::to_string(rank) + " axes");
  }
  return static_cast<size_t>(axis < 0 ? axis + count : axis);
}

Result<std::vector<bool>> Folding::Axes(const std::vector<int64_t>& axes,
                                        size_t rank) const {
  std::vector<bool> marks(rank, false);
  for (const int64_t given : axes) {
    TINYML_ASSIGN_OR_RETURN(const size_t axis, Axis(given, rank));
    if (marks[axis]) {
      return Refuse("axis " + std::to_string(given) + " is given twice");
    }
    marks[axis] = true;
  }
  return marks;
}

std::optional<int64_t> CountOf(const Shape& shape) {
  if (shape.size() > kMaxRank) return std::nullopt;
  int64_t elements = 1;
  bool empty = false;
  for (const int64_t dim : shape) {
    if (dim < 0 || dim > kMaxElements) return std::nullopt;
    // The dimensions beside a zero count: no product of some of them may
    // overflow anywhere.
    if (dim != 0) elements *= dim;
    if (elements > kMaxElements) return std::nullopt;
    empty |= dim == 0;
  }
  return empty ? 0 : elements;
}

size_t WidthOf(TensorType type) {
  return static_cast<size_t>(TensorTypeBits(type)) / 8;
}

Constant Walk(const Constant& source, Shape shape, int64_t start,
              const std::vector<int64_t>& strides) {
  const size_t width = WidthOf(source.type);
  const auto from = source.data.bytes();
  std::vector<uint8_t> to(static_cast<size_t>(Elements(shape)) * width);
  std::vector<int64_t> position(shape.size(), 0);
  int64_t at = start;
  for (size_t out = 0; out + width <= to.size(); out += width) {
    std::memcpy(to.data() + out, from.data() + static_cast<size_t>(at) * width,
                width);
    for (size_t i = shape.size(); i-- > 0;) {
      at += strides[i];
      if (++position[i] < shape[i]) break;
      at -= strides[i] * shape[i];
      position[i] = 0;
    }
  }
  Constant result;
  result.type = source.type;
  result.shape = std::move(shape);
  result.data = BufferData(std::move(to));
  return result;
}

std::vector<int64_t> StridesOf(const Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

std::optional<Shape> BroadcastTogether(std::span<const Shape> shapes) {
  std::vector<std::vector<int32_t>> narrow;
  for (const Shape& shape : shapes) {
    for (const int64_t dim : shape) {
      if (dim > kMaxElements) return std::nullopt;
    }
    narrow.emplace_back(shape.begin(), shape.end());
  }
  const auto dims = ops::Broadcast::OutputShape(narrow);
  if (!dims) return std::nullopt;
  return Shape(dims->begin(), dims->end());
}

Result<bool> Fold(Lowering& lowering, const Node& node) {
  if (!node.domain.empty()) return false;
  const FoldableOperator* op = Find(node.op_type);
  if (op == nullptr || !IsKnown(lowering, node)) return false;
  bool complete = node.inputs.size() >= op->least_inputs &&
                  node.inputs.size() <= op->most_inputs;
  for (size_t i = 0; complete && i < op->least_inputs; ++i) {
    complete = node.inputs[i] != kNoValue;
  }
  TINYML_ONNX_REQUIRE(lowering, node, complete,
                      "it does not have the inputs that it needs");
  return op->fold(Folding(lowering, node));
}

}  // namespace tinyml::onnx_import
