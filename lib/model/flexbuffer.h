// A bounded reader of FlexBuffers, the format of custom operators' options.
//
// It returns what the runtime's own accessors return for the same bytes, and
// nothing where those would go out of bounds. It borrows the bytes, which must
// outlive it. Thread-safe.
//
// Source of the layout: google/flatbuffers, flexbuffers.h (GetRoot, Reference,
// Vector, Map).
#ifndef TINYML_MODEL_FLEXBUFFER_H_
#define TINYML_MODEL_FLEXBUFFER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace tinyml {

// A scalar of a map; null if the key is missing or holds something else.
class FlexScalar {
 public:
  FlexScalar() = default;
  explicit FlexScalar(int64_t value) : value_(value) {}
  explicit FlexScalar(double value) : value_(value) {}

  bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  // Conversions as FlexBuffers does them; 0 or false for null. Values out of
  // range are clamped first, and integers then truncated to 32 bits.
  int32_t AsInt32() const;
  double AsDouble() const;
  bool AsBool() const { return AsDouble() != 0.0; }

 private:
  std::variant<std::monostate, int64_t, double> value_;
};

class FlexBuffer {
 public:
  explicit FlexBuffer(std::span<const uint8_t> data);

  // Whether the root is a vector or a map.
  bool IsVector() const { return root_.has_value(); }

  // Returns the bytes of element `index` of the root vector (of a map: in the
  // order of the keys) as an integer, whatever the element's own type says, as
  // the runtime's FlexbufferWrapper does. Nothing if that is out of bounds.
  std::optional<int32_t> RawInt32(size_t index) const;

  // Returns the value of `key`: null if the root is not a map or has no such
  // key; nothing if the buffer is malformed.
  std::optional<FlexScalar> Find(std::string_view key) const;

 private:
  // Where a vector's elements start, and the bytes of each.
  struct Vector {
    size_t position = 0;
    uint8_t width = 1;
  };

  std::optional<uint64_t> ReadUnsigned(size_t position, uint8_t width) const;
  std::optional<int64_t> ReadSigned(size_t position, uint8_t width) const;
  std::optional<double> ReadFloat(size_t position, uint8_t width) const;
  // Follows the offset stored at `position`.
  std::optional<size_t> Follow(size_t position, uint8_t width) const;
  // Compares the zero-terminated string at `position`.
  bool KeyEquals(size_t position, std::string_view key) const;
  std::optional<FlexScalar> ReadScalar(size_t position, uint8_t width,
                                       uint8_t packed_type) const;

  std::span<const uint8_t> data_;
  std::optional<Vector> root_;
  bool is_map_ = false;
};

}  // namespace tinyml

#endif  // TINYML_MODEL_FLEXBUFFER_H_
