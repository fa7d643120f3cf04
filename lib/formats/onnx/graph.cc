#include "formats/onnx/graph.h"

#include <cstring>
#include <limits>
#include <type_traits>

#include "base/text.h"

namespace tinyml::onnx_import {
namespace {

// Calls visit(value) for every element in its own type.
template <typename Visit>
void ForEachElement(const Constant& constant, Visit visit) {
  const auto bytes = constant.data.bytes();
  const auto each = [&](auto zero) {
    using T = decltype(zero);
    for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
      T value;
      std::memcpy(&value, bytes.data() + at, sizeof(T));
      visit(value);
    }
  };
  switch (constant.type) {
    case TensorType::kFloat32:
      return each(float{});
    case TensorType::kInt64:
      return each(int64_t{});
    case TensorType::kUInt64:
      return each(uint64_t{});
    case TensorType::kInt32:
      return each(int32_t{});
    case TensorType::kUInt32:
      return each(uint32_t{});
    case TensorType::kInt16:
      return each(int16_t{});
    case TensorType::kUInt16:
      return each(uint16_t{});
    case TensorType::kInt8:
      return each(int8_t{});
    default:
      return each(uint8_t{});
  }
}

int64_t ToInt64(float value) {
  constexpr float kLimit = 9.2e18F;
  if (!(value > -kLimit)) return std::numeric_limits<int64_t>::min();
  if (value > kLimit) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(value);
}

template <typename T>
BufferData Bytes(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return BufferData(std::move(bytes));
}

template <typename T>
BufferData Narrow(const std::vector<int64_t>& values) {
  std::vector<T> narrow;
  narrow.reserve(values.size());
  for (const int64_t value : values) narrow.push_back(static_cast<T>(value));
  return Bytes(narrow);
}

}  // namespace

int64_t Elements(const Shape& shape) {
  int64_t product = 1;
  for (const int64_t dim : shape) product *= dim;
  return product;
}

std::string ShapeText(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

std::vector<int64_t> Constant::AsInt64() const {
  std::vector<int64_t> values;
  ForEachElement(*this, [&](auto value) {
    if constexpr (std::is_same_v<decltype(value), float>) {
      values.push_back(ToInt64(value));
    } else {
      values.push_back(static_cast<int64_t>(value));
    }
  });
  return values;
}

std::vector<float> Constant::AsFloat() const {
  std::vector<float> values;
  ForEachElement(
      *this, [&](auto value) { values.push_back(static_cast<float>(value)); });
  return values;
}

Constant Constant::Of(Shape shape, const std::vector<int64_t>& values) {
  return {TensorType::kInt64, std::move(shape), Bytes(values)};
}

Constant Constant::Of(Shape shape, const std::vector<float>& values) {
  return {TensorType::kFloat32, std::move(shape), Bytes(values)};
}

Constant Constant::OfType(TensorType type, Shape shape,
                          const std::vector<int64_t>& values) {
  const auto data = [&] {
    switch (type) {
      case TensorType::kFloat32:
        return Bytes(std::vector<float>(values.begin(), values.end()));
      case TensorType::kInt64:
      case TensorType::kUInt64:
        return Bytes(values);
      case TensorType::kInt32:
      case TensorType::kUInt32:
        return Narrow<int32_t>(values);
      case TensorType::kInt16:
      case TensorType::kUInt16:
        return Narrow<int16_t>(values);
      default:
        return Narrow<int8_t>(values);
    }
  };
  return {type, std::move(shape), data()};
}

int64_t Node::Int(std::string_view key, int64_t fallback) const {
  const auto* value = Find<int64_t>(key);
  return value != nullptr ? *value : fallback;
}

float Node::Float(std::string_view key, float fallback) const {
  const auto* value = Find<float>(key);
  return value != nullptr ? *value : fallback;
}

std::string Node::String(std::string_view key,
                         std::string_view fallback) const {
  const auto* value = Find<std::string>(key);
  return value != nullptr ? *value : std::string(fallback);
}

std::vector<int64_t> Node::Ints(std::string_view key) const {
  const auto* value = Find<std::vector<int64_t>>(key);
  return value != nullptr ? *value : std::vector<int64_t>();
}

std::vector<float> Node::Floats(std::string_view key) const {
  const auto* value = Find<std::vector<float>>(key);
  return value != nullptr ? *value : std::vector<float>();
}

std::string Describe(const Graph& graph, const Node& node) {
  std::string name = node.name;
  if (name.empty() && !node.outputs.empty() && node.outputs[0] >= 0) {
    name = graph.values[node.outputs[0]].name;
  }
  return "node '" + Printable(name) + "' (" +
         (node.domain.empty() ? "" : Printable(node.domain) + ".") +
         Printable(node.op_type) + ")";
}

}  // namespace tinyml::onnx_import
