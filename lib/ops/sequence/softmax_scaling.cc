// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/
// softmax.h, Softmax of int8.
#include "ops/sequence/softmax_scaling.h"

#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <cmath>

namespace tinyml::ops {
namespace {

constexpr int kIntegerBits = 5;
constexpr int kSumIntegerBits = 12;
using ScaledDifference = gemmlowp::FixedPoint<int32_t, kIntegerBits>;
using Fraction = gemmlowp::FixedPoint<int32_t, 0>;

}  // namespace

SoftmaxScaling MakeSoftmaxScaling(double beta, double input_scale) {
  constexpr double kLargest = 2147483647.0;
  constexpr double kUnit = 1 << (31 - kIntegerBits);
  SoftmaxScaling scaling;
  scaling.factor =
      QuantizeMultiplier(std::min(beta * input_scale * kUnit, kLargest));
  // The largest magnitude that fits Q5.26 after scaling.
  const int shift = std::clamp(scaling.factor.shift, 0, 31);
  const double radius = 31.0 * kUnit / static_cast<double>(int64_t{1} << shift);
  scaling.diff_min = -static_cast<int32_t>(std::floor(radius));
  return scaling;
}

int32_t ScaleDifference(const SoftmaxScaling& scaling, int32_t difference) {
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(difference)
                                            << scaling.factor.shift);
  return RoundingDoublingHighMultiply(shifted, scaling.factor.multiplier);
}

int32_t ExpOfNegative(int32_t x) {
  return gemmlowp::exp_on_negative_values(ScaledDifference::FromRaw(x)).raw();
}

int32_t SumTerm(int32_t exponential) {
  return gemmlowp::Rescale<kSumIntegerBits>(Fraction::FromRaw(exponential))
      .raw();
}

}  // namespace tinyml::ops
