// SOFTMAX of float32 and from int8 to int8 or int16. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/softmax.cc and softmax_common.cc,
// lite/kernels/internal/reference/softmax.h. CMSIS-NN 4ab83cc3cc98
// (SoftmaxFunctions/arm_nn_softmax_common_s8.c, arm_softmax_s8.c with Helium,
// arm_softmax_s8_s16.c) computes the same integers by the same formulas.
#include <gemmlowp/fixedpoint/fixedpoint.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "ops/kernel.h"
#include "ops/sequence/rows.h"
#include "ops/sequence/softmax_int16.h"
#include "ops/sequence/softmax_scaling.h"

namespace tinyml::ops {
namespace {

void FloatRow(const float* input, size_t depth, float beta, float* output) {
  float largest = std::numeric_limits<float>::lowest();
  for (size_t c = 0; c < depth; ++c) largest = std::max(largest, input[c]);
  float sum = 0.0F;
  for (size_t c = 0; c < depth; ++c) {
    output[c] = std::exp((input[c] - largest) * beta);
    sum += output[c];
  }
  for (size_t c = 0; c < depth; ++c) output[c] /= sum;
}

// exp() of every possible difference of two int8, in Q0.31; nothing for those
// that count as minus infinity.
class Exponentials {
 public:
  // With `plain`, values are computed on demand.
  Exponentials(const SoftmaxScaling& scaling, bool plain)
      : scaling_(scaling), plain_(plain) {
    for (int32_t i = 0; i < 256; ++i) {
      if (-i < scaling_.diff_min) break;
      table_[i] = Compute(-i);
    }
  }

  // Requires -255 <= difference <= 0.
  bool Counts(int32_t difference) const {
    return difference >= scaling_.diff_min;
  }
  int32_t Of(int32_t difference) const {
    return plain_ ? Compute(difference) : table_[-difference];
  }

 private:
  int32_t Compute(int32_t difference) const {
    return ExpOfNegative(ScaleDifference(scaling_, difference));
  }

  SoftmaxScaling scaling_;
  bool plain_;
  std::array<int32_t, 256> table_{};
};

// 1 / sum as a fraction in Q0.31 and a power of two: of a sum in Q12.19 that is
// at least 1. Source: lite/kernels/internal/common.h, GetReciprocal.
struct Reciprocal {
  int32_t fraction = 0;
  int bits_over_unit = 0;
};

Reciprocal ReciprocalOf(int32_t sum) {
  constexpr int kSumIntegerBits = 12;
  using Fraction = gemmlowp::FixedPoint<int32_t, 0>;
  const auto bits = static_cast<uint32_t>(sum);
  const int zeros = std::countl_zero(bits);
  const uint32_t above_one = (bits << zeros) - (uint32_t{1} << 31);
  const Fraction fraction = gemmlowp::one_over_one_plus_x_for_x_in_0_1(
      Fraction::FromRaw(static_cast<int32_t>(above_one)));
  return {fraction.raw(), kSumIntegerBits - zeros};
}

template <typename Out>
Status QuantizedRow(const OpContext& op, const Exponentials& exponentials,
                    const int8_t* input, size_t depth, Out* output) {
  constexpr int32_t kMin = std::numeric_limits<Out>::min();
  constexpr int32_t kMax = std::numeric_limits<Out>::max();
  const int32_t largest = *std::max_element(input, input + depth);
  int64_t sum = 0;
  for (size_t c = 0; c < depth; ++c) {
    const int32_t difference = input[c] - largest;
    if (!exponentials.Counts(difference)) continue;
    sum += SumTerm(exponentials.Of(difference));
  }
  TINYML_REQUIRE(op, sum <= std::numeric_limits<int32_t>::max(),
                 "the exponentials of a row sum up to 4096 or more, which "
                 "overflows in the runtime");
  const Reciprocal reciprocal = ReciprocalOf(static_cast<int32_t>(sum));
  int exponent =
      reciprocal.bits_over_unit + 31 - std::numeric_limits<Out>::digits - 1;
  TINYML_REQUIRE(op, exponent <= 31 || op.results() == KernelResults::kCmsisNn,
                 "the exponentials of a row sum up to 512 or more, and the "
                 "runtime aborts");
  exponent = std::min(exponent, 31);
  for (size_t c = 0; c < depth; ++c) {
    const int32_t difference = input[c] - largest;
    if (!exponentials.Counts(difference)) {
      output[c] = static_cast<Out>(kMin);
      continue;
    }
    const int32_t quotient = RoundingDivideByPowerOfTwo(
        RoundingDoublingHighMultiply(reciprocal.fraction,
                                     exponentials.Of(difference)),
        exponent);
    output[c] = static_cast<Out>(std::clamp(quotient + kMin, kMin, kMax));
  }
  return {};
}

template <typename Out>
Result<Invocation> PrepareQuantized(OpContext& op, Rows rows, float beta) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  const SoftmaxScaling scaling = MakeSoftmaxScaling(
      static_cast<double>(beta), static_cast<double>(input->scale));
  TINYML_REQUIRE(op,
                 scaling.factor.multiplier > 0 && scaling.factor.shift >= 0 &&
                     scaling.factor.shift <= 31,
                 "beta x input scale is too small or not finite");
  if (op.results() == KernelResults::kCmsisNn && sizeof(Out) == 1 &&
      rows.depth >= 512) {
    op.Warn(
        "if the exponentials of a row sum up to 512 or more, CMSIS-NN shifts "
        "by more than 31 bits, and the result is undefined");
  }
  return [&op, input, output, rows,
          exponentials = Exponentials(scaling, op.plain())]() -> Status {
    const int8_t* from = input->As<int8_t>().data();
    Out* to = output->Mutable<Out>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      TINYML_RETURN_IF_ERROR(
          QuantizedRow(op, exponentials, from, rows.depth, to));
      from += rows.depth;
      to += rows.depth;
    }
    return {};
  };
}

Invocation FloatSoftmax(const OpContext& op, Rows rows, float beta) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  return [input, output, rows, beta]() -> Status {
    const float* from = input->As<float>().data();
    float* to = output->Mutable<float>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      FloatRow(from + i * rows.depth, rows.depth, beta, to + i * rows.depth);
    }
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareSoftmax(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const Rows rows, RowsOf(op));
  const TensorType input = op.Input(0)->type;
  const TensorType output = op.Output(0)->type;
  const float beta = op.Options<SoftmaxOptions>().beta;
  if (input == TensorType::kFloat32 && output == TensorType::kFloat32) {
    return FloatSoftmax(op, rows, beta);
  }
  if (input == TensorType::kInt8 && output == TensorType::kInt8) {
    return PrepareQuantized<int8_t>(op, rows, beta);
  }
  if (input == TensorType::kInt8 && output == TensorType::kInt16) {
    return PrepareQuantized<int16_t>(op, rows, beta);
  }
  if (input == TensorType::kInt16 && output == TensorType::kInt16) {
    return PrepareSoftmaxInt16(op, rows, beta);
  }
  return op.Refuse("input " + op.Input(0)->Describe() + " and output " +
                   op.Output(0)->Describe() + " do not match");
}

}  // namespace tinyml::ops
