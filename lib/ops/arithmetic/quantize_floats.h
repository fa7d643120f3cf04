// Quantizing floats with the machine's vector instructions: the same integers
// as the plain form in quantize.cc.
#ifndef TINYML_OPS_ARITHMETIC_QUANTIZE_FLOATS_H_
#define TINYML_OPS_ARITHMETIC_QUANTIZE_FLOATS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ops/arithmetic/operands.h"

namespace tinyml::ops {

// value / scale, rounded to nearest (halves away from zero), plus a zero point.
struct FloatQuantization {
  float scale = 1.0F;
  int32_t zero_point = 0;
  // The bounds that the rounded quotient is clamped to, so that the sum fits
  // the output.
  int32_t min = 0;
  int32_t max = 0;

  int32_t operator()(float value) const {
    const int32_t rounded = SaturatingInt32(std::round(value / scale));
    return WrapAdd(std::min(std::max(rounded, min), max), zero_point);
  }
};

void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int8_t* output, size_t count);
void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int16_t* output, size_t count);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_QUANTIZE_FLOATS_H_
