// Fixed-point arithmetic of quantized kernels. The function templates for
// exponentials and the like are gemmlowp's (Debian's libgemmlowp-dev), the
// library that the runtime itself uses: include
// <gemmlowp/fixedpoint/fixedpoint.h>.
#ifndef TINYML_OPS_FIXED_POINT_H_
#define TINYML_OPS_FIXED_POINT_H_

#include <cstdint>
#include <limits>

#include "ops/tensor_view.h"
#include "tinyml/options.h"

namespace tinyml {

// A real factor as multiplier * 2^(shift - 31), multiplier in [2^30, 2^31).
struct QuantizedMultiplier {
  int32_t multiplier = 0;
  int shift = 0;

  friend bool operator==(const QuantizedMultiplier&,
                         const QuantizedMultiplier&) = default;
};

// Returns `real` in fixed point; factors below 2^-32 become 0. Source:
// tflite-micro 90b983c2b3f1, lite/kernels/internal/quantization_util.cc,
// QuantizeMultiplier (double rounding build).
QuantizedMultiplier QuantizeMultiplier(double real);

namespace ops {

// a * b * 2^-31, rounded to nearest; INT32_MIN squared saturates. Source: as
// gemmlowp's SaturatingRoundingDoublingHighMul (halves round away from zero).
inline int32_t RoundingDoublingHighMultiply(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min()) {
    return std::numeric_limits<int32_t>::max();
  }
  const int64_t product = int64_t{a} * b;
  const int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

// x / 2^exponent, rounded to nearest, halves away from zero. Requires
// 0 <= exponent <= 31.
inline int32_t RoundingDivideByPowerOfTwo(int32_t x, int exponent) {
  const auto mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x * factor as the runtime computes it, rounding twice; overflow wraps.
// Requires -31 <= shift <= 31. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/common.cc, MultiplyByQuantizedMultiplier(int32_t)
// without TFLITE_SINGLE_ROUNDING.
inline int32_t MultiplyByQuantizedMultiplier(int32_t x,
                                             QuantizedMultiplier factor) {
  const int left = factor.shift > 0 ? factor.shift : 0;
  const int right = factor.shift > 0 ? 0 : -factor.shift;
  const auto shifted =
      static_cast<int32_t>(static_cast<uint32_t>(x) << (left & 31));
  return RoundingDivideByPowerOfTwo(
      RoundingDoublingHighMultiply(shifted, factor.multiplier), right);
}

// The same for a 48-bit sum, with a factor of 16 bits. Requires
// -31 <= shift < 8. Source: as above, the overload for int64_t.
inline int32_t MultiplyByQuantizedMultiplier(int64_t x,
                                             QuantizedMultiplier factor) {
  const int64_t reduced = factor.multiplier < 0x7FFF0000
                              ? (factor.multiplier + (1 << 15)) >> 16
                              : 0x7FFF;
  const int total_shift = 15 - factor.shift;
  const auto product = static_cast<int64_t>(static_cast<uint64_t>(x) *
                                            static_cast<uint64_t>(reduced));
  return static_cast<int32_t>((product + (int64_t{1} << (total_shift - 1))) >>
                              total_shift);
}

// The clamp of a quantized output.
struct ActivationRange {
  int32_t min = 0;
  int32_t max = 0;
};

// The range that the type of `output` (int8, uint8 or int16) and the fused
// activation clamp it to; activations other than RELU, RELU6 and RELU_N1_TO_1
// are ignored, as in the runtime. Source:
// tflite-micro 90b983c2b3f1, lite/kernels/kernel_util.cc,
// CalculateActivationRangeQuantizedImpl.
ActivationRange QuantizedActivationRange(ActivationFunctionType activation,
                                         const TensorView& output);

// The same for floats; unbounded without an activation. Source: as above,
// CalculateActivationRange.
struct FloatActivationRange {
  float min = std::numeric_limits<float>::lowest();
  float max = std::numeric_limits<float>::max();
};
FloatActivationRange FloatRange(ActivationFunctionType activation);

// The smallest and largest value of int8, uint8 or int16.
ActivationRange TypeRange(TensorType type);

}  // namespace ops
}  // namespace tinyml

#endif  // TINYML_OPS_FIXED_POINT_H_
