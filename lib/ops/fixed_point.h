// Fixed-point arithmetic of quantized kernels.
#ifndef TINYML_OPS_FIXED_POINT_H_
#define TINYML_OPS_FIXED_POINT_H_

#include <cstdint>

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

}  // namespace tinyml

#endif  // TINYML_OPS_FIXED_POINT_H_
