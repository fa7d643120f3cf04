// What all options tables have in common. The tables themselves, one plain
// struct each, are generated from schema/tflite.fbs into model/options.h;
// include that.
#ifndef TINYML_MODEL_OPTIONS_BASE_H_
#define TINYML_MODEL_OPTIONS_BASE_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tinyml/model.h"

namespace tinyml {

// A value of one of the format's enums. `name` is empty if it has none.
struct EnumValue {
  std::string name;
  int64_t number = 0;
  friend bool operator==(const EnumValue&, const EnumValue&) = default;
};

// The value of any options field, for code that lists or compares fields
// without knowing the table.
using OptionValue =
    std::variant<bool, int64_t, float, std::string, EnumValue,
                 std::vector<bool>, std::vector<uint8_t>, std::vector<int64_t>,
                 std::vector<float>, std::vector<EnumValue>>;

struct OptionField {
  std::string_view name;
  OptionValue value;
};

// A field whose number is not one of its enum's.
struct UnknownEnumValue {
  std::string_view field;
  int64_t number = 0;
};

// An options table of any type. Immutable, so safe to share between threads.
class OptionsBase {
 public:
  OptionsBase() = default;
  virtual ~OptionsBase() = default;
  OptionsBase(const OptionsBase&) = delete;
  OptionsBase& operator=(const OptionsBase&) = delete;

  // The format's name of the table: "Conv2DOptions".
  virtual std::string_view type_name() const = 0;
  // Which of the format's two options unions the table belongs to: 1 or 2.
  virtual int union_index() const = 0;
  // The table's number in that union.
  virtual uint8_t type_number() const = 0;
  // Whether `other` is of the same type and equal; floats compared by bits.
  virtual bool Equals(const OptionsBase& other) const = 0;
  // All fields in the format's order, copied: for reports.
  virtual std::vector<OptionField> Fields() const = 0;
  // The first enum field with a number that the format lacks, if any.
  virtual std::optional<UnknownEnumValue> FindUnknownEnumValue() const = 0;
  // Bytes of all its vectors and strings together.
  virtual size_t VectorBytes() const = 0;
};

// Returns whether two fields are equal, floats by their bits, so that a table
// with a NaN equals its copy.
template <typename T>
bool SameBits(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  } else if constexpr (std::is_same_v<T, std::vector<float>>) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!SameBits(a[i], b[i])) return false;
    }
    return true;
  } else {
    return a == b;
  }
}

// Returns "" for a number that TensorType does not have.
std::string KnownTensorTypeName(TensorType type);

inline bool IsKnownEnumValue(TensorType type) {
  return !KnownTensorTypeName(type).empty();
}
template <typename T>
bool IsKnownEnumValue(T value) {
  return !EnumName(value).empty();
}

// Looks at the enum values in `field`, if it has any.
template <typename T>
std::optional<int64_t> UnknownEnumNumber(const T& field) {
  if constexpr (std::is_enum_v<T>) {
    if (!IsKnownEnumValue(field)) return static_cast<int64_t>(field);
  } else if constexpr (requires { typename T::value_type; }) {
    if constexpr (std::is_enum_v<typename T::value_type>) {
      for (const auto& value : field) {
        if (!IsKnownEnumValue(value)) return static_cast<int64_t>(value);
      }
    }
  }
  return std::nullopt;
}

// Turns a field of any type into the value that stands for it in a list.
template <typename T>
OptionValue ToOptionValue(const T& field) {
  if constexpr (std::is_same_v<T, TensorType>) {
    return EnumValue{KnownTensorTypeName(field), static_cast<int64_t>(field)};
  } else if constexpr (std::is_enum_v<T>) {
    return EnumValue{std::string(EnumName(field)), static_cast<int64_t>(field)};
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, float> ||
                       std::is_same_v<T, std::string> ||
                       std::is_same_v<T, std::vector<bool>> ||
                       std::is_same_v<T, std::vector<uint8_t>> ||
                       std::is_same_v<T, std::vector<int64_t>> ||
                       std::is_same_v<T, std::vector<float>>) {
    return field;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<int64_t>(field);
  } else if constexpr (std::is_enum_v<typename T::value_type>) {
    std::vector<EnumValue> values;
    for (const auto& value : field) {
      values.push_back(std::get<EnumValue>(ToOptionValue(value)));
    }
    return values;
  } else {
    return std::vector<int64_t>(field.begin(), field.end());
  }
}

// A table of type T, one of the structs of model/options.h.
template <typename T>
class TypedOptions final : public OptionsBase {
 public:
  explicit TypedOptions(T value) : value_(std::move(value)) {}
  const T& value() const { return value_; }

  std::string_view type_name() const override { return T::kTypeName; }
  int union_index() const override { return T::kUnionIndex; }
  uint8_t type_number() const override { return T::kTypeNumber; }
  bool Equals(const OptionsBase& other) const override {
    return other.union_index() == T::kUnionIndex &&
           other.type_number() == T::kTypeNumber &&
           static_cast<const TypedOptions&>(other).value_ == value_;
  }
  std::vector<OptionField> Fields() const override {
    std::vector<OptionField> fields;
    VisitFields(value_, [&fields](std::string_view name, const auto& field) {
      fields.push_back({name, ToOptionValue(field)});
    });
    return fields;
  }
  std::optional<UnknownEnumValue> FindUnknownEnumValue() const override {
    std::optional<UnknownEnumValue> found;
    VisitFields(value_, [&found](std::string_view name, const auto& field) {
      const auto number = UnknownEnumNumber(field);
      if (number && !found) found = UnknownEnumValue{name, *number};
    });
    return found;
  }
  size_t VectorBytes() const override {
    size_t bytes = 0;
    VisitFields(value_, [&bytes](std::string_view, const auto& field) {
      using Field = std::decay_t<decltype(field)>;
      if constexpr (requires { typename Field::value_type; }) {
        bytes += field.size() * sizeof(typename Field::value_type);
      }
    });
    return bytes;
  }

 private:
  T value_;
};

// Wraps a table for an Operator: `MakeOptions(SoftmaxOptions{.beta = 1.0f})`.
template <typename T>
OperatorOptions MakeOptions(T value) {
  return OperatorOptions(
      std::make_shared<const TypedOptions<T>>(std::move(value)));
}

template <typename T>
const T* OperatorOptions::As() const {
  if (table_ == nullptr || table_->union_index() != T::kUnionIndex ||
      table_->type_number() != T::kTypeNumber) {
    return nullptr;
  }
  return &static_cast<const TypedOptions<T>&>(*table_).value();
}

}  // namespace tinyml

#endif  // TINYML_MODEL_OPTIONS_BASE_H_
