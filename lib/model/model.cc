#include "tinyml/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "base/text.h"
#include "model/options_base.h"

namespace tinyml {
namespace {

struct TypeInfo {
  TensorType type;
  std::string_view name;
  int bits;  // Of one element; 0 if it has no fixed width.
};

constexpr TypeInfo kTypes[] = {
    {TensorType::kFloat32, "float32", 32},
    {TensorType::kFloat16, "float16", 16},
    {TensorType::kInt32, "int32", 32},
    {TensorType::kUInt8, "uint8", 8},
    {TensorType::kInt64, "int64", 64},
    {TensorType::kString, "string", 0},
    {TensorType::kBool, "bool", 8},
    {TensorType::kInt16, "int16", 16},
    {TensorType::kComplex64, "complex64", 64},
    {TensorType::kInt8, "int8", 8},
    {TensorType::kFloat64, "float64", 64},
    {TensorType::kComplex128, "complex128", 128},
    {TensorType::kUInt64, "uint64", 64},
    {TensorType::kResource, "resource", 0},
    {TensorType::kVariant, "variant", 0},
    {TensorType::kUInt32, "uint32", 32},
    {TensorType::kUInt16, "uint16", 16},
    {TensorType::kInt4, "int4", 4},
    {TensorType::kBFloat16, "bfloat16", 16},
    {TensorType::kInt2, "int2", 2},
    {TensorType::kUInt4, "uint4", 4},
    {TensorType::kFloat8E4M3FN, "float8_e4m3fn", 8},
    {TensorType::kFloat8E5M2, "float8_e5m2", 8},
};

const TypeInfo* FindType(TensorType type) {
  const auto number = static_cast<size_t>(static_cast<uint8_t>(type));
  if (number >= std::size(kTypes)) return nullptr;
  return &kTypes[number];
}

}  // namespace

std::string KnownTensorTypeName(TensorType type) {
  const TypeInfo* info = FindType(type);
  return info == nullptr ? std::string() : std::string(info->name);
}

std::string TensorTypeName(TensorType type) {
  std::string name = KnownTensorTypeName(type);
  return name.empty() ? fmt::format("type {}", static_cast<int>(type)) : name;
}

int TensorTypeBits(TensorType type) {
  const TypeInfo* info = FindType(type);
  return info == nullptr ? 0 : info->bits;
}

BufferData::BufferData(std::vector<uint8_t> bytes) {
  auto owner = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  view_ = *owner;
  owner_ = std::move(owner);
}

bool operator==(const Quantization& a, const Quantization& b) {
  return SameBits(a.min, b.min) && SameBits(a.max, b.max) &&
         SameBits(a.scale, b.scale) && a.zero_point == b.zero_point &&
         a.quantized_dimension == b.quantized_dimension &&
         a.details == b.details;
}

std::optional<int64_t> ElementCount(std::span<const int32_t> shape) {
  if (std::any_of(shape.begin(), shape.end(),
                  [](int32_t dimension) { return dimension < 0; })) {
    return std::nullopt;
  }
  // Zero first: the others may overflow before it is reached.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  int64_t count = 1;
  for (int32_t dimension : shape) {
    const auto product = CheckedMul(count, dimension);
    if (!product) return std::nullopt;
    count = *product;
  }
  return count;
}

std::optional<int64_t> StoredBytes(TensorType type,
                                   std::span<const int32_t> shape) {
  const int bits = TensorTypeBits(type);
  const auto count = ElementCount(shape);
  if (bits == 0 || !count) return std::nullopt;
  if (bits >= 8) return CheckedMul(*count, bits / 8);
  const int per_byte = 8 / bits;
  return *count / per_byte + (*count % per_byte != 0 ? 1 : 0);
}

std::string_view BuiltinOperatorName(BuiltinOperator code) {
  switch (code) {
#define TINYML_CASE(identifier, name, number) \
  case BuiltinOperator::identifier:           \
    return name;
    TINYML_BUILTIN_OPERATORS(TINYML_CASE)
#undef TINYML_CASE
  }
  return "";
}

std::string OperatorName(const Model& model, const Operator& op) {
  if (op.opcode_index >= model.operator_codes.size()) return "";
  const OperatorCode& code = model.CodeOf(op);
  if (code.Code() == BuiltinOperator::kCustom) return code.custom_code;
  const std::string_view name = BuiltinOperatorName(code.Code());
  return name.empty()
             ? fmt::format("operator {}", static_cast<int>(code.Code()))
             : std::string(name);
}

std::string DescribeOperator(const Model& model, OperatorId op) {
  std::string text =
      fmt::format("subgraph {}, operator {}", op.subgraph, op.index);
  const auto& subgraphs = model.subgraphs;
  if (!std::in_range<size_t>(op.subgraph) ||
      std::cmp_greater_equal(op.subgraph, subgraphs.size()) ||
      !std::in_range<size_t>(op.index) ||
      std::cmp_greater_equal(op.index,
                             subgraphs[op.subgraph].operators.size())) {
    return text;
  }
  const std::string name =
      OperatorName(model, subgraphs[op.subgraph].operators[op.index]);
  return name.empty() ? text : fmt::format("{} ({})", text, Printable(name));
}

}  // namespace tinyml
