// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/
// softmax.h, SoftmaxInt16, and micro/kernels/softmax_common.cc; CMSIS-NN
// 4ab83cc3cc98, SoftmaxFunctions/arm_softmax_s16.c.
#include "ops/sequence/softmax_int16.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "ops/fixed_point.h"

namespace tinyml::ops {
namespace {

constexpr int32_t kMin = std::numeric_limits<int16_t>::min();
constexpr int32_t kMax = std::numeric_limits<int16_t>::max();

// 512 equal steps over all int16, plus the end of the last one; values in
// between are interpolated. Source: lite/kernels/internal/common.h,
// LUTPopulateInt16 and LUTLookup, in single precision as there.
class StepTable {
 public:
  template <typename Function>
  StepTable(float input_scale, int32_t input_zero_point, float output_scale,
            Function function) {
    const float first =
        input_scale * static_cast<float>(kMin - input_zero_point);
    const float last =
        input_scale * static_cast<float>(kMax - input_zero_point);
    const float step = (last - first) / kSteps;
    const float inverse = 65536.0F / (output_scale * static_cast<float>(kMax) -
                                      output_scale * static_cast<float>(kMin));
    const auto scaled = [&](float x) { return function(x) * inverse; };
    for (int i = 0; i < kSteps; ++i) {
      const float at = first + static_cast<float>(i) * step;
      const float sample = std::round(scaled(at));
      const float next = scaled(first + static_cast<float>(i + 1) * step);
      const float interpolated = std::round((next + sample) / 2);
      const float middle = std::round(scaled(at + step / 2));
      // Half of the error of linear interpolation in the middle of the step.
      const float bias = std::round((interpolated - middle) / 2);
      values_[i] = Saturate(sample - bias);
    }
    values_[kSteps] = Saturate(std::round(scaled(last)));
  }

  // Requires an int16.
  int32_t At(int32_t x) const {
    const auto index = size_t{256} + static_cast<size_t>(x >> 7);
    const int32_t base = values_[index];
    // CMSIS-NN keeps the slope in int16, where it fits.
    const int32_t slope = values_[index + 1] - base;
    return static_cast<int16_t>(base + ((slope * (x & 0x7F) + 64) >> 7));
  }

 private:
  static constexpr int kSteps = 512;

  static int16_t Saturate(float value) {
    return static_cast<int16_t>(
        std::clamp(value, static_cast<float>(kMin), static_cast<float>(kMax)));
  }

  std::array<int16_t, kSteps + 1> values_{};
};

struct Tables {
  // exp() over [-10, 0], and 1 / (1 + x) over [0, 1].
  StepTable exponential{10.0F / 65535, kMax, 2.0F / 65535,
                        [](float x) { return std::exp(x); }};
  StepTable reciprocal{1.0F / 65535, kMin, 2.0F / 65535,
                       [](float x) { return 1.0F / (1.0F + x); }};
};

// The reciprocal of `sum`, in Q0.15, which has `zeros` leading zeros.
int32_t ReciprocalOf(const Tables& tables, int32_t sum, int zeros,
                     bool cmsis_nn) {
  const int64_t shifted =
      ((int64_t{sum} << (zeros - 1)) + (int64_t{1} << 13)) >> 14;
  // From [1, 2) to the table's argument: [0, 1) centred on 0.
  const int64_t centred = shifted - ((1 << 15) + (1 << 16));
  // A sum just below a power of two rounds up to it, one past the table's end.
  // CMSIS-NN wraps around there, and reads the table's start.
  const auto x =
      cmsis_nn ? int32_t{static_cast<int16_t>(centred)}
               : static_cast<int32_t>(std::clamp<int64_t>(centred, kMin, kMax));
  return tables.reciprocal.At(x);
}

void Row(const Tables& tables, QuantizedMultiplier factor, bool cmsis_nn,
         const int16_t* input, size_t depth, int16_t* output) {
  const int32_t largest = *std::max_element(input, input + depth);
  int32_t sum = 0;
  for (size_t c = 0; c < depth; ++c) {
    const int32_t scaled =
        MultiplyByQuantizedMultiplier(input[c] - largest, factor);
    const auto x = static_cast<int32_t>(
        std::clamp<int64_t>(int64_t{scaled} + kMax, kMin, kMax));
    const int32_t exponential = tables.exponential.At(x);
    output[c] = static_cast<int16_t>(exponential);
    sum += exponential;
  }
  const int zeros = std::countl_zero(static_cast<uint32_t>(sum));
  const int32_t reciprocal = ReciprocalOf(tables, sum, zeros, cmsis_nn);
  const int right_shift = 31 - zeros;
  for (size_t c = 0; c < depth; ++c) {
    const int32_t share = (output[c] * reciprocal +
                           static_cast<int32_t>(1U << (right_shift - 1))) >>
                          right_shift;
    // CMSIS-NN does not saturate.
    output[c] =
        static_cast<int16_t>(cmsis_nn ? share : std::clamp(share, 0, kMax));
  }
}

}  // namespace

Result<Invocation> PrepareSoftmaxInt16(OpContext& op, Rows rows, float beta) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  const QuantizedMultiplier factor =
      QuantizeMultiplier(static_cast<double>(input->scale) *
                         static_cast<double>(beta) / (10.0 / 65535.0));
  TINYML_REQUIRE(op, factor.shift <= 31, "beta x input scale is too large");
  TINYML_REQUIRE(op, rows.depth <= 65536,
                 "the exponentials of a row of more than 65536 elements "
                 "overflow in the runtime");
  return [input, output, rows, factor, tables = Tables(),
          cmsis_nn = op.results() == KernelResults::kCmsisNn]() -> Status {
    const int16_t* from = input->As<int16_t>().data();
    int16_t* to = output->Mutable<int16_t>().data();
    for (size_t i = 0; i < rows.count; ++i) {
      const size_t at = i * rows.depth;
      Row(tables, factor, cmsis_nn, from + at, rows.depth, to + at);
    }
    return {};
  };
}

}  // namespace tinyml::ops
