// Source: tflite-micro 90b983c2b3f1, micro/kernels/l2norm.cc,
// lite/kernels/internal/reference/l2normalization.h and
// integer_ops/l2normalization.h.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ops/fixed_point.h"
#include "ops/kernel.h"
#include "ops/sequence/rows.h"

namespace tinyml::ops {
namespace {

void FloatRow(const float* input, size_t depth, float* output) {
  constexpr float kEpsilon = 1e-6F;
  float sum = 0.0F;
  for (size_t c = 0; c < depth; ++c) sum += input[c] * input[c];
  const float norm = std::max(std::sqrt(sum), kEpsilon);
  for (size_t c = 0; c < depth; ++c) output[c] = input[c] / norm;
}

// 1 / sqrt(x) by five steps of Newton's method; x = 0 counts as 1. Requires
// x >= 0. Source: lite/kernels/internal/common.h,
// GetInvSqrtQuantizedMultiplierExp.
QuantizedMultiplier InverseSquareRoot(int32_t x) {
  using Wide = gemmlowp::FixedPoint<int32_t, 3>;
  using Fraction = gemmlowp::FixedPoint<int32_t, 0>;
  if (x <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  int right_shift = 11;
  while (x >= 1 << 29) {
    x /= 4;
    ++right_shift;
  }
  // Shifts by an even number of bits into [2^27, 2^29).
  const int pairs = (std::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  right_shift -= pairs;
  x <<= 2 * pairs;
  const Wide half =
      gemmlowp::SaturatingRoundingMultiplyByPOT<-1>(Wide::FromRaw(x >> 1));
  const Wide one_and_a_half = Wide::FromRaw((1 << 28) + (1 << 27));
  Wide root = Wide::One();
  for (int i = 0; i < 5; ++i) {
    const Wide cube = gemmlowp::Rescale<3>(root * root * root);
    root = gemmlowp::Rescale<3>(one_and_a_half * root - half * cube);
  }
  const Fraction root_of_half = Fraction::FromRaw(1518500250);
  int32_t multiplier = (root * root_of_half).raw();
  if (right_shift < 0) {
    multiplier =
        static_cast<int32_t>(static_cast<uint32_t>(multiplier) << -right_shift);
    right_shift = 0;
  }
  return {multiplier, -right_shift};
}

Status QuantizedRow(const OpContext& op, int32_t zero_point,
                    const int8_t* input, size_t depth, int8_t* output) {
  int64_t sum = 0;
  for (size_t c = 0; c < depth; ++c) {
    const int64_t x = int64_t{input[c]} - zero_point;
    sum += x * x;
  }
  TINYML_REQUIRE(op, sum <= std::numeric_limits<int32_t>::max(),
                 "the sum of a row's squares overflows in the runtime");
  QuantizedMultiplier factor = InverseSquareRoot(static_cast<int32_t>(sum));
  factor.shift +=
      7;  // The output's scale is taken to be 1/128, whatever the model says.
  for (size_t c = 0; c < depth; ++c) {
    output[c] = static_cast<int8_t>(
        std::clamp(MultiplyByQuantizedMultiplier(input[c] - zero_point, factor),
                   -128, 127));
  }
  return {};
}

}  // namespace

Result<Invocation> PrepareL2Normalization(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const Rows rows, RowsOf(op));
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(
      op,
      input->type == output->type && (input->type == TensorType::kFloat32 ||
                                      input->type == TensorType::kInt8),
      "input " + input->Describe() + " and output " + output->Describe() +
          " should both be float32 or int8");
  if (input->type == TensorType::kFloat32) {
    return [input, output, rows]() -> Status {
      const float* from = input->As<float>().data();
      float* to = output->Mutable<float>().data();
      for (size_t i = 0; i < rows.count; ++i) {
        FloatRow(from + i * rows.depth, rows.depth, to + i * rows.depth);
      }
      return {};
    };
  }
  // Keeps squares and differences in the range of their types.
  TINYML_REQUIRE(op,
                 input->zero_point > -(1 << 24) && input->zero_point < 1 << 24,
                 "the zero point of " + input->Describe() + " is not an int8");
  return [&op, input, output, rows]() -> Status {
    const int8_t* from = input->As<int8_t>().data();
    int8_t* to = output->Mutable<int8_t>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      const size_t at = i * rows.depth;
      TINYML_RETURN_IF_ERROR(
          QuantizedRow(op, input->zero_point, from + at, rows.depth, to + at));
    }
    return {};
  };
}

}  // namespace tinyml::ops
