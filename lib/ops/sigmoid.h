// The logistic function and tanh of int16, by linear interpolation in a table:
// those of the runtime's LOGISTIC, TANH and LSTM.
#ifndef TINYML_OPS_SIGMOID_H_
#define TINYML_OPS_SIGMOID_H_

#include <array>
#include <cstdint>

namespace tinyml::ops {

// How an int16 input is rescaled to units of 1 / (3 * 4096).
struct SigmoidScale {
  int32_t multiplier = 3;
  int right_shift = 0;  // Rounded; from 0 to 31.

  // Requires -32768 <= value <= 32767 and 0 <= multiplier <= 32767.
  int32_t operator()(int32_t value) const {
    const int32_t rounding =
        right_shift > 0 ? static_cast<int32_t>(uint32_t{1} << (right_shift - 1))
                        : 0;
    return (value * multiplier + rounding) >> right_shift;
  }
};

// logistic(i / 24) in units of 2^-16.
using SigmoidTable = std::array<uint16_t, 256>;
// Built once; the first call must not be part of an invocation.
const SigmoidTable& Sigmoids();

// Each takes an input in units of 1 / (3 * 4096); the result is in units of
// 2^-15. Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/
// integer_ops/logistic.h and tanh.h.
int16_t Int16Logistic(const SigmoidTable& table, int32_t input);
int16_t Int16Tanh(const SigmoidTable& table, int32_t input);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SIGMOID_H_
