// What all options tables have in common, for code that does not know which one
// it has. The tables themselves are in tinyml/options.h.
#ifndef TINYML_MODEL_OPTIONS_BASE_H_
#define TINYML_MODEL_OPTIONS_BASE_H_

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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
  // The table, a struct of tinyml/options.h.
  virtual const void* table() const = 0;
  // Whether `other` has the same type and is equal; floats compared by bits.
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

}  // namespace tinyml

#endif  // TINYML_MODEL_OPTIONS_BASE_H_
