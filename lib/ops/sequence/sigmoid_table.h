// Logistic function and hyperbolic tangent of int16, interpolated in one table.
// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/
// integer_ops/logistic.h and tanh.h (int16), lite/kernels/internal/common.h
// (sigmoid_table_uint16); the same as CMSIS-NN 4ab83cc3cc98,
// ActivationFunctions/arm_nn_activation_s16.c.
#ifndef TINYML_OPS_SEQUENCE_SIGMOID_TABLE_H_
#define TINYML_OPS_SEQUENCE_SIGMOID_TABLE_H_

#include <cstdint>

namespace tinyml::ops {

// sigmoid(x) in Q0.15, of an x in Q3.12.
int16_t SigmoidQ15(int16_t x);

// What brings an argument to three quarters of its value in Q3.12.
struct TanhScale {
  // Of arguments of scale 2^power. Source: micro/kernels/lstm_eval.cc, Tanh.
  // Requires that -43 <= power <= 17.
  static TanhScale OfPower(int power) {
    const int shift = power + 12;
    return shift < 0 ? TanhScale{3, -shift} : TanhScale{3 << shift, 0};
  }

  // tanh(x) in Q0.15. What is too large wraps around.
  int16_t Tanh(int16_t x) const;

  int32_t multiplier = 3;
  int right_shift = 0;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_SIGMOID_TABLE_H_
