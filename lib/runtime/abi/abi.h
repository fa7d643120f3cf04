// Sizes of the runtime's C and C++ structs, computed from their field lists.
//
// The runtime keeps its bookkeeping in the arena, so the sizes of its structs
// on the target decide the answer. A StructDef lists the fields once, in the
// order of the upstream declaration; an Abi gives size and alignment by the
// C rules (each field at the next multiple of its alignment, the whole rounded
// up to the largest alignment).
//
// All definitions are constexpr data; everything here is thread-safe.
#ifndef TINYML_RUNTIME_ABI_ABI_H_
#define TINYML_RUNTIME_ABI_ABI_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace tinyml::runtime {

// What a compiler for the target decides.
struct Abi {
  int pointer_bytes = 4;    // Also size_t, ptrdiff_t.
  int int64_alignment = 8;  // Also double. 4 on i386.
  // Unscoped enums take the smallest integer that holds their values
  // (-fshort-enums, the default of bare-metal Arm GCC, by the AAPCS).
  bool short_enums = false;

  friend bool operator==(const Abi&, const Abi&) = default;
};

struct StructDef;

enum class FieldKind : uint8_t {
  kBytes,    // Fixed-width scalars; `width` bytes, aligned to `width`.
  kPointer,  // Data and function pointers, vtable pointers, size_t.
  kInt64,    // int64_t, uint64_t and double: their alignment varies.
  kEnum,     // Unscoped enum without a fixed type; `width` bytes if short.
  kStruct,   // Another StructDef.
};

struct Field {
  FieldKind kind = FieldKind::kBytes;
  uint8_t width = 1;
  int32_t count = 1;  // Array length.
  const StructDef* nested = nullptr;
};

struct StructDef {
  std::string_view name;
  std::span<const Field> fields;
};

struct Layout {
  int64_t size = 0;
  int64_t alignment = 1;

  friend bool operator==(const Layout&, const Layout&) = default;
};

constexpr Field Bool(int32_t count = 1) {
  return {FieldKind::kBytes, 1, count, nullptr};
}
constexpr Field Int8(int32_t count = 1) {
  return {FieldKind::kBytes, 1, count, nullptr};
}
constexpr Field Int16(int32_t count = 1) {
  return {FieldKind::kBytes, 2, count, nullptr};
}
constexpr Field Int32(int32_t count = 1) {
  return {FieldKind::kBytes, 4, count, nullptr};
}
constexpr Field Float(int32_t count = 1) {
  return {FieldKind::kBytes, 4, count, nullptr};
}
// A scoped enum (`enum class`): int, whatever the compiler's switches.
constexpr Field ScopedEnum(int32_t count = 1) {
  return {FieldKind::kBytes, 4, count, nullptr};
}
constexpr Field Int64(int32_t count = 1) {
  return {FieldKind::kInt64, 8, count, nullptr};
}
constexpr Field Double(int32_t count = 1) {
  return {FieldKind::kInt64, 8, count, nullptr};
}
constexpr Field Pointer(int32_t count = 1) {
  return {FieldKind::kPointer, 0, count, nullptr};
}
constexpr Field SizeT(int32_t count = 1) {
  return {FieldKind::kPointer, 0, count, nullptr};
}
// An unscoped enum whose values fit `short_width` bytes.
constexpr Field Enum(uint8_t short_width = 1, int32_t count = 1) {
  return {FieldKind::kEnum, short_width, count, nullptr};
}
constexpr Field Struct(const StructDef& def, int32_t count = 1) {
  return {FieldKind::kStruct, 0, count, &def};
}

// Returns size and alignment of `def`. An empty struct has size 1.
Layout LayoutOf(const StructDef& def, const Abi& abi);

// Returns the offset of field `index` of `def`.
int64_t OffsetOf(const StructDef& def, size_t index, const Abi& abi);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ABI_ABI_H_
