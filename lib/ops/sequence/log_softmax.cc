// Source: tflite-micro 90b983c2b3f1, micro/kernels/log_softmax.cc,
// lite/kernels/internal/reference/log_softmax.h.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ops/kernel.h"
#include "ops/sequence/rows.h"
#include "ops/sequence/softmax_scaling.h"

namespace tinyml::ops {
namespace {

void LogOfFloatRow(const float* input, size_t depth, float* output) {
  float largest = std::numeric_limits<float>::lowest();
  for (size_t c = 0; c < depth; ++c) largest = std::max(largest, input[c]);
  float sum = 0.0F;
  for (size_t c = 0; c < depth; ++c) sum += std::exp(input[c] - largest);
  const float log_sum = std::log(sum);
  for (size_t c = 0; c < depth; ++c) output[c] = input[c] - largest - log_sum;
}

int32_t Saturate(int64_t x) {
  return static_cast<int32_t>(
      std::clamp<int64_t>(x, std::numeric_limits<int32_t>::min(),
                          std::numeric_limits<int32_t>::max()));
}

// x * 2^exponent. Source: lite/kernels/internal/common.h,
// SaturatingRoundingMultiplyByPOTParam: -(2^31 - 1) saturates as well.
int32_t SaturatingShiftLeft(int32_t x, int exponent) {
  if (exponent == 0) return x;
  const int32_t threshold = (int32_t{1} << (31 - exponent)) - 1;
  if (x > threshold) return std::numeric_limits<int32_t>::max();
  if (x < -threshold) return std::numeric_limits<int32_t>::min();
  return static_cast<int32_t>(static_cast<uint32_t>(x) << exponent);
}

// log(sum) in Q5.26, of a sum in Q12.19 that is at least 1: the sum is taken as
// 2^k * r twice, once with r and once with r / sqrt(1/2) near 2^(-1/4), and the
// nearer one goes through a rational approximation. Source:
// lite/kernels/internal/common.h, log_x_for_x_greater_than_or_equal_to_1_impl.
int32_t LogOfSum(int32_t sum) {
  constexpr int kSumIntegerBits = 12;
  constexpr int kIntegerBits = 5;
  constexpr int kWideBits = kIntegerBits + 1;  // Headroom for the last sum.
  using Fraction = gemmlowp::FixedPoint<int32_t, 0>;
  using Wide = gemmlowp::FixedPoint<int32_t, kWideBits>;
  const auto constant = [](int32_t raw) { return Fraction::FromRaw(raw); };
  const Fraction log_2 = constant(1488522236);
  const Fraction root_of_half = constant(1518500250);         // 2^(-1/2)
  const Fraction fourth_root_of_half = constant(1805811301);  // 2^(-1/4)
  const Fraction alpha_n = constant(117049297);   // 11/240 * 2^(1/4)
  const Fraction alpha_d = constant(127690142);   // 1/20 * 2^(1/4)
  const Fraction alpha_i = constant(1057819769);  // 2^(3/4) - 2^(1/4)
  const Fraction alpha_f = constant(638450708);   // 1/4 * 2^(1/4)
  const int64_t quarter = int64_t{1} << (31 - kWideBits - 2);

  const Fraction z_a = Fraction::FromRaw(sum);
  const int zeros_a = std::countl_zero(static_cast<uint32_t>(sum));
  const Fraction normal_a =
      Fraction::FromRaw(SaturatingShiftLeft(sum, zeros_a - 1));
  const int32_t r_a = SaturatingShiftLeft((normal_a * root_of_half).raw(), 1);
  const int32_t power_a = Saturate(
      SaturatingShiftLeft(kSumIntegerBits - zeros_a, 31 - kWideBits) + quarter);

  const Fraction z_b = z_a * root_of_half;
  const int headroom_b = std::countl_zero(static_cast<uint32_t>(z_b.raw())) - 1;
  const int32_t r_b = SaturatingShiftLeft(sum, headroom_b);
  const int32_t power_b = Saturate(
      SaturatingShiftLeft(kSumIntegerBits - headroom_b, 31 - kWideBits) -
      quarter);

  const Fraction r = Fraction::FromRaw(std::min(r_a, r_b));
  const Wide power = Wide::FromRaw(std::max(power_a, power_b));
  const Fraction p = gemmlowp::RoundingHalfSum(r, fourth_root_of_half);
  Fraction q = r - fourth_root_of_half;
  q = q + q;
  const Fraction square = q * q;
  const Fraction numerator = q * r + q * square * alpha_n;
  const Fraction denominator_above_one =
      p * (alpha_i + q + alpha_d * square) + alpha_f * q;
  const Fraction reciprocal =
      gemmlowp::one_over_one_plus_x_for_x_in_0_1(denominator_above_one);
  const Wide log =
      power * log_2 + gemmlowp::Rescale<kWideBits>(numerator) * reciprocal;
  return gemmlowp::Rescale<kIntegerBits>(log).raw();
}

struct Scaling {
  SoftmaxScaling softmax;
  QuantizedMultiplier back;  // From Q5.26 to differences.
};

Status QuantizedRow(const OpContext& op, const Scaling& scaling,
                    const int8_t* input, size_t depth, int8_t* output) {
  const int32_t largest = *std::max_element(input, input + depth);
  int64_t sum = 0;
  for (size_t c = 0; c < depth; ++c) {
    const int32_t difference = input[c] - largest;
    if (difference < scaling.softmax.diff_min) continue;
    sum += SumTerm(ExpOfNegative(ScaleDifference(scaling.softmax, difference)));
  }
  TINYML_REQUIRE(op, sum <= std::numeric_limits<int32_t>::max(),
                 "the exponentials of a row sum up to 4096 or more, which "
                 "overflows in the runtime");
  const int32_t log_sum = LogOfSum(static_cast<int32_t>(sum));
  // Below it, the difference of a result's two terms would not fit Q5.26.
  const int32_t smallest = static_cast<int32_t>(
      std::numeric_limits<int32_t>::min() + int64_t{log_sum});
  const int32_t above =
      std::max(scaling.softmax.diff_min - 1,
               MultiplyByQuantizedMultiplier(smallest, scaling.back));
  for (size_t c = 0; c < depth; ++c) {
    const int32_t difference = input[c] - largest;
    if (difference <= above) {
      output[c] = std::numeric_limits<int8_t>::min();
      continue;
    }
    const int32_t scaled = ScaleDifference(scaling.softmax, difference);
    // Of Q5.26, 4 integer bits and 4 below the point remain.
    const int32_t log = RoundingDivideByPowerOfTwo(
        Saturate(int64_t{scaled} - log_sum), 31 - 5 - 4);
    output[c] = static_cast<int8_t>(std::clamp(log + 127, -128, 127));
  }
  return {};
}

Result<Invocation> PrepareQuantized(OpContext& op, Rows rows) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  Scaling scaling;
  scaling.softmax = MakeSoftmaxScaling(1.0, static_cast<double>(input->scale));
  const QuantizedMultiplier factor = scaling.softmax.factor;
  TINYML_REQUIRE(
      op, factor.multiplier > 0 && factor.shift >= 0 && factor.shift <= 31,
      "the input scale is too small or not finite");
  // lite/kernels/internal/quantization_util.cc,
  // PreprocessLogSoftmaxScalingExp.
  scaling.back = QuantizeMultiplier(
      static_cast<double>(int64_t{1} << (31 - factor.shift)) /
      factor.multiplier);
  TINYML_REQUIRE(op, scaling.back.shift <= 0, "the input scale is too small");
  return [&op, input, output, rows, scaling]() -> Status {
    const int8_t* from = input->As<int8_t>().data();
    int8_t* to = output->Mutable<int8_t>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      const size_t at = i * rows.depth;
      TINYML_RETURN_IF_ERROR(
          QuantizedRow(op, scaling, from + at, rows.depth, to + at));
    }
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareLogSoftmax(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const Rows rows, RowsOf(op));
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, input->type == output->type,
                 "input " + input->Describe() + " and output " +
                     output->Describe() + " differ in type");
  if (input->type == TensorType::kInt8) return PrepareQuantized(op, rows);
  TINYML_REQUIRE(
      op, input->type == TensorType::kFloat32,
      "input " + input->Describe() + " has a type other than float32 and int8");
  return [input, output, rows]() -> Status {
    const float* from = input->As<float>().data();
    float* to = output->Mutable<float>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      LogOfFloatRow(from + i * rows.depth, rows.depth, to + i * rows.depth);
    }
    return {};
  };
}

}  // namespace tinyml::ops
