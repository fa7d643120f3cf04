#include "tinyml/options.h"

#include <memory>
#include <type_traits>
#include <utility>

#include "model/options_base.h"

namespace tinyml {

std::string_view OperatorOptions::TypeName() const {
  return table_ == nullptr ? std::string_view() : table_->type_name();
}

const void* FindOptions(const OperatorOptions& options, int union_index,
                        uint8_t type_number) {
  const OptionsBase* table = options.get();
  if (table == nullptr || table->union_index() != union_index ||
      table->type_number() != type_number) {
    return nullptr;
  }
  return table->table();
}

bool operator==(const OperatorOptions& a, const OperatorOptions& b) {
  if (a.table_ == b.table_) return true;
  if (a.table_ == nullptr || b.table_ == nullptr) return false;
  return a.table_->Equals(*b.table_);
}

// Names of enums, comparisons, and VisitFields of every table.
#include "model/options.inc"

namespace {

inline bool IsKnownEnumValue(TensorType type) {
  return !KnownTensorTypeName(type).empty();
}
template <typename T>
bool IsKnownEnumValue(T value) {
  return !EnumName(value).empty();
}

// Checks the enum values in `field`, if it has any.
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

// Turns a field of any type into the value that represents it in a list.
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

// A table of type T, one of the structs of tinyml/options.h.
template <typename T>
class TypedOptions final : public OptionsBase {
 public:
  explicit TypedOptions(T value) : value_(std::move(value)) {}
  std::string_view type_name() const override { return T::kTypeName; }
  int union_index() const override { return T::kUnionIndex; }
  uint8_t type_number() const override { return T::kTypeNumber; }
  const void* table() const override { return &value_; }
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

}  // namespace

template <typename T>
OperatorOptions MakeOptions(T table) {
  return OperatorOptions(
      std::make_shared<const TypedOptions<T>>(std::move(table)));
}

#include "model/make_options.inc"

}  // namespace tinyml
