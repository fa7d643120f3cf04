// Arithmetic on sizes that come from untrusted input.
#ifndef TINYML_BASE_CHECKED_H_
#define TINYML_BASE_CHECKED_H_

#include <cstdint>
#include <optional>

namespace tinyml {

// Returns a * b, or nothing if it does not fit into int64_t.
inline std::optional<int64_t> CheckedMul(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// Returns a + b, or nothing if it does not fit into int64_t.
inline std::optional<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

// Returns `value` rounded up to a multiple of `alignment`, a power of two.
// Requires value >= 0 and that the result fits.
constexpr int64_t AlignUp(int64_t value, int64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

// Returns `value` rounded down to a multiple of `alignment`, a power of two.
constexpr int64_t AlignDown(int64_t value, int64_t alignment) {
  return value & ~(alignment - 1);
}

}  // namespace tinyml

#endif  // TINYML_BASE_CHECKED_H_
