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

// value / scale, rounded to nearest (halves away from zero), plus a zero point,
// which may wrap around; then clamped to the output's type.
struct FloatQuantization {
  float scale = 1.0F;
  int32_t zero_point = 0;
  FloatToInt float_to_int = FloatToInt::kSaturate;

  template <typename Out>
  Out Of(float value) const {
    const int32_t rounded = ToInt32(std::round(value / scale), float_to_int);
    return static_cast<Out>(Clamp(WrapAdd(rounded, zero_point), kRangeOf<Out>));
  }
};

void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int8_t* output, size_t count);
void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int16_t* output, size_t count);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_QUANTIZE_FLOATS_H_
