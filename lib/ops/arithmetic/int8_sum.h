// Sums of int8 values, as in ADD_N and CUMSUM.
#ifndef TINYML_OPS_ARITHMETIC_INT8_SUM_H_
#define TINYML_OPS_ARITHMETIC_INT8_SUM_H_

#include "ops/arithmetic/operands.h"

namespace tinyml::ops {

// Adds up int8 values of one scale, by table; sums wrap.
struct Int8Sum {
  TermTable terms;
  // Where both start: the term of the integer 0, which is not that of the real
  // 0 unless the zero point is 0.
  int32_t initial = 0;
  QuantizedMultiplier factor;
  int32_t zero_point = 0;

  int32_t Term(int8_t value) const {
    return terms[static_cast<uint8_t>(value)];
  }
  int8_t Finish(int32_t sum) const {
    const int32_t scaled = MultiplyByQuantizedMultiplier(sum, factor);
    return static_cast<int8_t>(
        Clamp(WrapAdd(scaled, zero_point), kRangeOf<int8_t>));
  }
};

inline Result<Int8Sum> MakeInt8Sum(const OpContext& op, const TensorView& input,
                                   const TensorView& output) {
  constexpr int kLeftShift = 20;
  const double twice = 2 * static_cast<double>(input.scale);
  const RescaledTerm term{
      input.zero_point, kLeftShift,
      QuantizeMultiplier(static_cast<double>(input.scale) / twice)};
  const QuantizedMultiplier factor = QuantizeMultiplier(
      twice / ((1 << kLeftShift) * static_cast<double>(output.scale)));
  for (const QuantizedMultiplier& each : {term.factor, factor}) {
    TINYML_REQUIRE(op, CanShift(each) && each.shift <= 0,
                   "its scales lead to a multiplier of 1 or more");
  }
  return Int8Sum{MakeTermTable(term), term(0), factor, output.zero_point};
}

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_INT8_SUM_H_
