// SignalWindow, SignalFftAutoScale and SignalEnergy: before and after the
// transform. Source: tflite-micro 90b983c2b3f1, signal/micro/kernels/window.cc,
// fft_auto_scale_kernel.cc, energy.cc; signal/src/window.cc,
// fft_auto_scale.cc, max_abs.cc, msb_32.cc, energy.cc.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

// MaxAbs16, which has no room for the magnitude of the smallest value: that
// becomes negative, and the search continues from there.
int16_t LargestMagnitude(std::span<const int16_t> values) {
  int16_t largest = 0;
  for (const int16_t value : values) {
    if (value > largest) {
      largest = value;
    } else if (-value > largest) {
      largest = static_cast<int16_t>(-value);
    }
  }
  return largest;
}

// By how many bits all values can be shifted left. Like upstream, 0 if all are
// zero.
int ScaleBits(int16_t largest) {
  if (largest <= 0) return 0;
  return std::countl_zero(static_cast<uint16_t>(largest)) - 1;
}

}  // namespace

Result<Invocation> PrepareSignalWindow(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kInt16, TensorType::kInt16}, {TensorType::kInt16}));
  const TensorView& input = *op.Input(0);
  const TensorView& weights = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t shift, SignalOption(op, 0, "shift"));
  TINYML_REQUIRE(op, shift >= 0 && shift < 32,
                 "its shift " + std::to_string(shift) + " is out of range");
  TINYML_REQUIRE(op, weights.Rank() == 1,
                 "weights " + weights.Describe() + " are not of rank 1");
  const int64_t size = weights.Dim(0);
  const int64_t elements = input.Elements();
  TINYML_REQUIRE(op, size > 0 || elements == 0, "it has no window weights");
  // A partial last window counts.
  const int64_t windows = size > 0 ? (elements + size - 1) / size : 0;
  TINYML_RETURN_IF_ERROR(CheckLength(op, input, windows * size));
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, windows * size));
  const bool partial = windows * size < output.Elements();
  if (partial) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return
      [&input, &weights, &output, windows, size, shift, partial]() -> Status {
        const int16_t* from = input.As<int16_t>().data();
        const int16_t* window = weights.As<int16_t>().data();
        int16_t* to = output.Mutable<int16_t>().data();
        if (partial) std::fill_n(to, output.Elements(), int16_t{0});
        for (int64_t i = 0; i < windows; ++i) {
          for (int64_t k = 0; k < size; ++k) {
            const int32_t product = (int32_t{from[k]} * window[k]) >> shift;
            to[k] = static_cast<int16_t>(std::clamp<int32_t>(
                product, std::numeric_limits<int16_t>::min(),
                std::numeric_limits<int16_t>::max()));
          }
          from += size;
          to += size;
        }
        return {};
      };
}

Result<Invocation> PrepareSignalFftAutoScale(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kInt16}, {TensorType::kInt16, TensorType::kInt32}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& scale = *op.Output(1);
  TINYML_RETURN_IF_ERROR(CheckLength(op, input, output.Elements()));
  TINYML_RETURN_IF_ERROR(CheckLength(op, scale, 1));
  return [&input, &output, &scale]() -> Status {
    const auto values = input.As<int16_t>().first(output.Elements());
    const int bits = ScaleBits(LargestMagnitude(values));
    std::transform(values.begin(), values.end(),
                   output.Mutable<int16_t>().begin(), [bits](int16_t value) {
                     return static_cast<int16_t>(value * (1 << bits));
                   });
    scale.Mutable<int32_t>()[0] = bits;
    return {};
  };
}

Result<Invocation> PrepareSignalEnergy(OpContext& op) {
  TINYML_RETURN_IF_ERROR(
      CheckSignalTypes(op, {TensorType::kInt16}, {TensorType::kUInt32}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t end, SignalOption(op, 0, "end_index"));
  TINYML_ASSIGN_OR_RETURN(const int32_t start,
                          SignalOption(op, 1, "start_index"));
  if (start < end) {
    TINYML_REQUIRE(op, start >= 0, "its start_index is negative");
    TINYML_RETURN_IF_ERROR(CheckLength(op, input, 2 * int64_t{end}));
    TINYML_RETURN_IF_ERROR(CheckLength(op, output, end));
  }
  const bool partial = start > 0 || end < output.Elements();
  if (partial) {
    op.Warn("output " + output.Describe() + " is unwritten outside " +
            std::to_string(start) + " to " + std::to_string(end) +
            "; tinyml writes zeros there");
  }
  return [&input, &output, start, end, partial]() -> Status {
    const int16_t* from = input.As<int16_t>().data();
    uint32_t* to = output.Mutable<uint32_t>().data();
    if (partial) std::fill_n(to, output.Elements(), 0U);
    for (int64_t i = start; i < end; ++i) {
      const int32_t real = from[2 * i];
      const int32_t imag = from[2 * i + 1];
      to[i] = static_cast<uint32_t>(real * real) +
              static_cast<uint32_t>(imag * imag);
    }
    return {};
  };
}

}  // namespace tinyml::ops
