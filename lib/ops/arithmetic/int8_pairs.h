// Sums and products of int8 with the machine's vector instructions: the same
// integers as the plain forms in add_sub.cc and mul.cc.
#ifndef TINYML_OPS_ARITHMETIC_INT8_PAIRS_H_
#define TINYML_OPS_ARITHMETIC_INT8_PAIRS_H_

#include <cstddef>
#include <cstdint>

#include "ops/arithmetic/operands.h"
#include "ops/fixed_point.h"

namespace tinyml::ops {

// How integers of different scales are added.
struct SumParameters {
  RescaledTerm term1;
  RescaledTerm term2;
  bool subtract = false;       // The second.
  QuantizedMultiplier factor;  // Of the sum.
  int32_t zero_point = 0;
  ActivationRange range;

  int32_t operator()(int32_t a, int32_t b) const {
    return Finish(term1(a), subtract ? WrapSubtract(0, term2(b)) : term2(b));
  }
  // From terms that are already rescaled.
  int32_t Finish(int32_t a, int32_t b) const {
    const int32_t scaled = MultiplyByQuantizedMultiplier(WrapAdd(a, b), factor);
    return Clamp(WrapAdd(scaled, zero_point), range);
  }
};

struct ProductParameters {
  int32_t zero_point1 = 0;
  int32_t zero_point2 = 0;
  QuantizedMultiplier factor;
  int32_t zero_point = 0;
  ActivationRange range;

  int32_t operator()(int32_t a, int32_t b) const {
    const int32_t product = WrapMultiply(WrapSubtract(a, zero_point1),
                                         WrapSubtract(b, zero_point2));
    return Clamp(
        WrapAdd(MultiplyByQuantizedMultiplier(product, factor), zero_point),
        range);
  }
};

// Whether the functions below accept these: no negative multiplier.
bool HasVectorForm(const SumParameters& parameters);
bool HasVectorForm(const ProductParameters& parameters);

// output[i] = parameters(input1[i], input2[i]), where an input that is repeated
// has one element.
void Int8Pairs(const SumParameters& parameters, const int8_t* input1,
               const int8_t* input2, int8_t* output, size_t count,
               Repeat repeat);
void Int8Pairs(const ProductParameters& parameters, const int8_t* input1,
               const int8_t* input2, int8_t* output, size_t count,
               Repeat repeat);

template <typename Parameters>
Result<Invocation> MapInt8Pairs(OpContext& op, const BinaryOperands& operands,
                                const Parameters& parameters) {
  auto loop = PairLoop::Plan(op, operands);
  if (!loop) return Fail(std::move(loop.error()));
  return Invocation(
      [loop = std::move(*loop), parameters,
       input1 = operands.input1.As<int8_t>().data(),
       input2 = operands.input2.As<int8_t>().data(),
       output = operands.output.Mutable<int8_t>().data()]() mutable -> Status {
        loop.ForEachRow(
            input1, input2, output,
            [&parameters](const int8_t* a, const int8_t* b, int8_t* to,
                          int64_t length, Repeat repeat) {
              Int8Pairs(parameters, a, b, to, static_cast<size_t>(length),
                        repeat);
            });
        return {};
      });
}

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_INT8_PAIRS_H_
