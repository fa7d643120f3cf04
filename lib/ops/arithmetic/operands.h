// What element-wise kernels share: their operands, loops over one or two
// inputs, and arithmetic that wraps where the runtime's does.
#ifndef TINYML_OPS_ARITHMETIC_OPERANDS_H_
#define TINYML_OPS_ARITHMETIC_OPERANDS_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "ops/fixed_point.h"
#include "ops/kernel.h"

namespace tinyml::ops {

inline int32_t WrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) +
                              static_cast<uint32_t>(b));
}
inline int32_t WrapSubtract(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) -
                              static_cast<uint32_t>(b));
}
inline int32_t WrapMultiply(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) *
                              static_cast<uint32_t>(b));
}

// If the range is empty, its upper end wins, as in the runtime.
inline int32_t Clamp(int32_t value, ActivationRange range) {
  return std::min(range.max, std::max(range.min, value));
}
inline float Clamp(float value, FloatActivationRange range) {
  return std::min(std::max(value, range.min), range.max);
}
// The bounds of an activation for int32 that is not quantized. Source:
// tflite-micro 90b983c2b3f1, lite/kernels/kernel_util.h,
// CalculateActivationRange.
ActivationRange Int32Range(ActivationFunctionType activation);

template <typename T>
constexpr ActivationRange kRangeOf = {std::numeric_limits<T>::min(),
                                      std::numeric_limits<T>::max()};

// What a core's conversion to int32 gives for numbers that are too large and
// for NaN; those too small are INT32_MIN on all.
constexpr int32_t OfTooLarge(FloatToInt how) {
  return how == FloatToInt::kIndefinite ? std::numeric_limits<int32_t>::min()
                                        : std::numeric_limits<int32_t>::max();
}
constexpr int32_t OfNan(FloatToInt how) {
  return how == FloatToInt::kSaturate ? 0 : OfTooLarge(how);
}

// static_cast<int32_t>(value) as a core does it.
template <typename Float>
int32_t ToInt32(Float value, FloatToInt how) {
  constexpr auto kLimit = static_cast<Float>(2147483648.0);
  if (value >= kLimit) return OfTooLarge(how);
  if (value < -kLimit) return std::numeric_limits<int32_t>::min();
  return std::isnan(value) ? OfNan(how) : static_cast<int32_t>(value);
}

// Whether MultiplyByQuantizedMultiplier can shift by that much.
inline bool CanShift(QuantizedMultiplier factor) {
  return factor.shift >= -31 && factor.shift <= 31;
}
Status RequireShift(const OpContext& op, QuantizedMultiplier factor);

// An operand rescaled to a scale that it shares with another: shifted left for
// precision, then multiplied by a factor below 1. Source: tflite-micro
// 90b983c2b3f1, lite/kernels/internal/reference/{add,sub,comparisons}.h.
struct RescaledTerm {
  int32_t zero_point = 0;
  int left_shift = 0;
  QuantizedMultiplier factor;

  int32_t operator()(int32_t value) const {
    const auto centred = static_cast<uint32_t>(WrapSubtract(value, zero_point));
    return MultiplyByQuantizedMultiplier(
        static_cast<int32_t>(centred << left_shift), factor);
  }
};

// A RescaledTerm of every int8 value, by the value's bits.
using TermTable = std::array<int32_t, 256>;
TermTable MakeTermTable(const RescaledTerm& term);

// --- One input

struct UnaryOperands {
  const TensorView& input;
  const TensorView& output;
  int64_t count = 0;  // Elements of the input.
  int64_t rest = 0;   // Further elements of the output.
};

// Refuses an output with fewer elements than the input; warns of one with more,
// which the runtime leaves unwritten.
Result<UnaryOperands> TakeUnary(OpContext& op);
// The same; refuses an output whose elements differ in width from the input's.
Result<UnaryOperands> TakeUnaryOfOneType(OpContext& op);

// The runtime often checks only one tensor's type and interprets the bits of
// the others as that type. Refuses an input with narrower elements, past whose
// end it would read, and an output whose elements differ in width.
Status RequireReadable(const OpContext& op, const TensorView& view,
                       TensorType type);
Status RequireWritable(const OpContext& op, const TensorView& view,
                       TensorType type);
// Refuses types other than `type`.
Status RequireType(const OpContext& op, const TensorView& view,
                   TensorType type);
// The error for a type that the runtime has no code for at Invoke.
tl::unexpected<Error> RefuseType(const OpContext& op, const TensorView& view);
// The same for a pair of types.
tl::unexpected<Error> RefuseConversion(const OpContext& op,
                                       const UnaryOperands& operands);

// output[i] = function(input[i]).
template <typename In, typename Out, typename Function>
Invocation MapElements(const UnaryOperands& operands, Function function) {
  return [function, in = operands.input.As<In>().data(),
          out = operands.output.Mutable<Out>().data(), count = operands.count,
          rest = operands.rest]() -> Status {
    const Function local = function;
    for (int64_t i = 0; i < count; ++i) out[i] = local(in[i]);
    std::fill_n(out + count, rest, Out{});
    return {};
  };
}

// The same for inputs of one byte, looked up in a table.
template <typename In, typename Out, typename Function>
Invocation MapBytes(const UnaryOperands& operands, Function function) {
  static_assert(sizeof(In) == 1);
  std::array<Out, 256> table;
  for (int i = 0; i < 256; ++i) {
    table[i] = function(static_cast<In>(static_cast<uint8_t>(i)));
  }
  return [table, in = operands.input.As<uint8_t>().data(),
          out = operands.output.Mutable<Out>().data(), count = operands.count,
          rest = operands.rest]() -> Status {
    for (int64_t i = 0; i < count; ++i) out[i] = table[in[i]];
    std::fill_n(out + count, rest, Out{});
    return {};
  };
}

// --- Two inputs

struct BinaryOperands {
  const TensorView& input1;
  const TensorView& input2;
  const TensorView& output;
};

Result<BinaryOperands> TakeBinary(const OpContext& op);
// RequireReadable of both inputs.
Status RequireReadable(const OpContext& op, const BinaryOperands& operands,
                       TensorType type);

// Which of two inputs is a single element for a whole row of the output.
enum class Repeat : uint8_t { kNone, kFirst, kSecond };

// How the elements of two inputs, broadcast where their shapes require it, line
// up with those of the output. Dimensions that broadcast alike are merged, so
// that the innermost loop is as long as possible.
class PairLoop {
 public:
  // Refuses shapes that do not broadcast to the output's. Inputs of equal shape
  // need only have as many elements as the output.
  static Result<PairLoop> Plan(OpContext& op, const BinaryOperands& operands);

  // Calls row(input1, input2, output, length, repeat) for rows of the output in
  // order.
  template <typename A, typename B, typename Out, typename Row>
  void ForEachRow(const A* input1, const B* input2, Out* output, Row row) {
    if (unwritten_ > 0) std::fill_n(output, unwritten_, Out{});
    std::fill(position_.begin(), position_.end(), 0);
    for (int64_t i = 0; i < rows_; ++i) {
      row(input1, input2, output, length_, inner_);
      output += length_;
      const auto [step1, step2] = Advance();
      input1 += step1;
      input2 += step2;
    }
  }

  // output[i] = function(input1[...], input2[...]), in order.
  template <typename A, typename B, typename Out, typename Function>
  void Run(const A* input1, const B* input2, Out* output, Function function) {
    ForEachRow(input1, input2, output,
               [function](const A* a, const B* b, Out* to, int64_t length,
                          Repeat repeat) {
                 const Function local = function;
                 switch (repeat) {
                   case Repeat::kNone:
                     for (int64_t i = 0; i < length; ++i) {
                       to[i] = local(a[i], b[i]);
                     }
                     break;
                   case Repeat::kFirst:
                     for (int64_t i = 0; i < length; ++i) {
                       to[i] = local(*a, b[i]);
                     }
                     break;
                   case Repeat::kSecond:
                     for (int64_t i = 0; i < length; ++i) {
                       to[i] = local(a[i], *b);
                     }
                     break;
                 }
               });
  }

 private:
  struct Dimension {
    int64_t size = 1;
    Repeat repeat = Repeat::kNone;
    int64_t stride1 = 0;
    int64_t stride2 = 0;
  };

  std::pair<int64_t, int64_t> Advance();

  int64_t length_ = 0;  // Of the innermost loop.
  Repeat inner_ = Repeat::kNone;
  int64_t rows_ = 0;
  int64_t unwritten_ = 0;         // Elements to clear instead.
  std::vector<Dimension> outer_;  // From the innermost on.
  std::vector<int64_t> position_;
};

template <typename A, typename B, typename Out, typename Function>
Result<Invocation> MapPairs(OpContext& op, const BinaryOperands& operands,
                            Function function) {
  auto loop = PairLoop::Plan(op, operands);
  if (!loop) return Fail(std::move(loop.error()));
  return Invocation(
      [loop = std::move(*loop), function,
       input1 = operands.input1.As<A>().data(),
       input2 = operands.input2.As<B>().data(),
       output = operands.output.Mutable<Out>().data()]() mutable -> Status {
        loop.Run(input1, input2, output, function);
        return {};
      });
}

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_OPERANDS_H_
