// What the int8 softmax functions have in common: differences from a row's
// largest element, scaled to Q5.26 for an exponential in fixed point.
#ifndef TINYML_OPS_SEQUENCE_SOFTMAX_SCALING_H_
#define TINYML_OPS_SEQUENCE_SOFTMAX_SCALING_H_

#include <cstdint>

#include "ops/fixed_point.h"

namespace tinyml::ops {

struct SoftmaxScaling {
  QuantizedMultiplier factor;  // Of a difference, to Q5.26.
  int32_t diff_min = 0;        // Differences below it count as minus infinity.
};

// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/
// quantization_util.cc, PreprocessSoftmaxScaling and CalculateInputRadius.
// `factor.shift` of the result is 0 to 31 if beta * input_scale is above 2^-26.
SoftmaxScaling MakeSoftmaxScaling(double beta, double input_scale);

// A difference, at most 0 and not below diff_min, in Q5.26.
int32_t ScaleDifference(const SoftmaxScaling& scaling, int32_t difference);

// exp(x) in Q0.31 for x <= 0 in Q5.26.
int32_t ExpOfNegative(int32_t x);

// What exp(x) contributes to a row's sum, in Q12.19.
int32_t SumTerm(int32_t exponential);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_SOFTMAX_SCALING_H_
