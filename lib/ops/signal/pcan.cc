// SignalPCAN: per-channel automatic gain control. Source: tflite-micro
// 90b983c2b3f1, signal/micro/kernels/pcan.cc, signal/src/pcan_argc_fixed.cc.
#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

constexpr int kSnrBits = 12;
constexpr int kOutputBits = 6;

// The index of a gain in its table: above 2, the three coefficients of a
// parabola for each power of two.
int64_t TableIndex(uint32_t x) {
  return x <= 2 ? x : 4 * int64_t{std::bit_width(x)} - 6;
}

// WideDynamicFunction; overflow wraps. Requires that the table holds the index,
// and two more after it for x above 2.
uint32_t Gain(uint32_t x, const int16_t* table) {
  const int16_t* place = table + TableIndex(x);
  const auto extended = [](int32_t value) {
    return static_cast<uint32_t>(value);
  };
  if (x <= 2) return extended(*place);
  constexpr int kWidth = 11;
  const int width = std::bit_width(x);
  const uint32_t fraction =
      (width < kWidth ? x << (kWidth - width) : x >> (width - kWidth)) & 0x3FF;
  uint32_t result =
      extended((int32_t{place[2]} * static_cast<int32_t>(fraction)) >> 5);
  result += extended(place[1]) << 5;
  result *= fraction;
  result += 1U << 14;
  result = extended(static_cast<int32_t>(result) >> 15);
  result += extended(place[0]);
  return extended(static_cast<int16_t>(result));
}

// PcanShrink: a parabola that continues as a straight line.
uint32_t Shrink(uint32_t x) {
  if (x < (2U << kSnrBits)) return (x * x) >> (2 + 2 * kSnrBits - kOutputBits);
  return (x >> (kSnrBits - kOutputBits)) - (1U << kOutputBits);
}

}  // namespace

Result<Invocation> PrepareSignalPcan(OpContext& op) {
  constexpr auto kUInt32 = TensorType::kUInt32;
  TINYML_RETURN_IF_ERROR(
      CheckSignalTypes(op, {kUInt32, kUInt32, TensorType::kInt16}, {kUInt32}));
  const TensorView& input = *op.Input(0);
  const TensorView& noise = *op.Input(1);
  const TensorView& table = *op.Input(2);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t shift,
                          SignalOption(op, 0, "snr_shift"));
  TINYML_REQUIRE(op, shift >= 0 && shift < 64,
                 "its snr_shift " + std::to_string(shift) + " is out of range");
  const int64_t channels = input.Elements();
  TINYML_RETURN_IF_ERROR(CheckLength(op, noise, channels));
  TINYML_REQUIRE(op, output.Elements() == channels,
                 "input " + input.Describe() + " and output " +
                     output.Describe() + " differ in length");
  return [&op, &input, &noise, &table, &output, shift, channels]() -> Status {
    for (size_t i = 0; i < static_cast<size_t>(channels); ++i) {
      const uint32_t estimate = noise.As<uint32_t>()[i];
      TINYML_REQUIRE(
          op, TableIndex(estimate) + (estimate > 2 ? 2 : 0) < table.Elements(),
          "noise estimate " + std::to_string(estimate) +
              " is beyond gain table " + table.Describe());
      const uint64_t gain = Gain(estimate, table.As<int16_t>().data());
      const uint64_t product = input.As<uint32_t>()[i] * gain;
      output.Mutable<uint32_t>()[i] =
          Shrink(static_cast<uint32_t>(product >> shift));
    }
    return {};
  };
}

}  // namespace tinyml::ops
