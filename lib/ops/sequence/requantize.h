// Scaling sums of 64 bits, where CMSIS-NN and the reference differ.
#ifndef TINYML_OPS_SEQUENCE_REQUANTIZE_H_
#define TINYML_OPS_SEQUENCE_REQUANTIZE_H_

#include <cstdint>

#include "ops/fixed_point.h"
#include "ops/kernel.h"

namespace tinyml::ops {

// sum * factor as CMSIS-NN computes it: it truncates to 32 bits one bit before
// the end. Requires factor.shift <= 14. Source: CMSIS-NN 4ab83cc3cc98,
// Include/arm_nnsupportfunctions.h, arm_nn_requantize_s64 and
// REDUCE_MULTIPLIER.
inline int32_t CmsisNnRequantize(int64_t sum, QuantizedMultiplier factor) {
  const int64_t reduced = factor.multiplier < 0x7FFF0000
                              ? (factor.multiplier + (1 << 15)) >> 16
                              : 0x7FFF;
  const auto product = static_cast<int64_t>(static_cast<uint64_t>(sum) *
                                            static_cast<uint64_t>(reduced));
  const auto cut = static_cast<int32_t>(product >> (14 - factor.shift));
  return static_cast<int32_t>((int64_t{cut} + 1) >> 1);
}

// Refuses factors of 64-bit sums for which the runtime aborts or shifts out of
// range. Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/common.cc,
// MultiplyByQuantizedMultiplier(int64_t).
inline Status CheckInt64Factor(const OpContext& op,
                               QuantizedMultiplier factor) {
  const int largest = op.results() == KernelResults::kCmsisNn ? 14 : 7;
  TINYML_REQUIRE(op, factor.multiplier >= 0 && factor.shift <= largest,
                 "the factor from its sums to its output is negative or too "
                 "large for int16");
  return {};
}

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_REQUANTIZE_H_
