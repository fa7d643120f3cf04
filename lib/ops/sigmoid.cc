#include "ops/sigmoid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace tinyml::ops {
namespace {

// The entries of upstream's table that are one more than the rounded function.
// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/common.h,
// sigmoid_table_uint16.
constexpr uint8_t kOneMore[] = {
    4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
    30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
    54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};

SigmoidTable MakeTable() {
  SigmoidTable table;
  for (size_t i = 0; i < table.size(); ++i) {
    const double logistic =
        65536.0 / (1.0 + std::exp(-static_cast<double>(i) / 24.0));
    table[i] = static_cast<uint16_t>(std::min(std::round(logistic), 65535.0));
  }
  for (const uint8_t i : kOneMore) ++table[i];
  return table;
}

}  // namespace

const SigmoidTable& Sigmoids() {
  static const SigmoidTable kTable = MakeTable();
  return kTable;
}

// Both interpolate on the magnitude, since the function is symmetric, and add
// half a unit of the result before bits are dropped.
int16_t Int16Logistic(const SigmoidTable& table, int32_t input) {
  const auto magnitude = static_cast<uint32_t>(std::abs(input));
  const uint32_t index = magnitude >> 9;
  uint32_t result = 0x7FFF << 10;
  if (index < 255) {
    const uint32_t fraction = magnitude & 0x1FF;
    const uint32_t low = table[index];
    result = (low << 9) + fraction * (table[index + 1] - low);
  }
  constexpr uint32_t kHalf = 1 << 9;
  constexpr uint32_t kOne = 1 << 25;
  result = input >= 0 ? result + kHalf : kOne - result + kHalf - 1;
  return static_cast<int16_t>(result >> 10);
}

// tanh(x) = 2 logistic(2x) - 1.
int16_t Int16Tanh(const SigmoidTable& table, int32_t input) {
  const auto magnitude = static_cast<uint32_t>(std::abs(input));
  const uint32_t index = magnitude >> 8;
  int32_t result = 0xFFFF << 8;
  if (index < 255) {
    const uint32_t fraction = magnitude & 0xFF;
    const uint32_t low = table[index];
    result =
        static_cast<int32_t>((low << 8) + fraction * (table[index + 1] - low));
  }
  constexpr int32_t kHalf = 1 << 7;
  constexpr int32_t kOne = 1 << 23;
  result = input >= 0 ? result - kOne + kHalf : -result + kOne + kHalf - 1;
  return static_cast<int16_t>(result >> 8);
}

}  // namespace tinyml::ops
