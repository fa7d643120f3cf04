// MEAN, SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_ALL. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/reduce_common.cc;
// lite/kernels/internal/reference/reduce.h (Mean, ReduceGeneric,
// QuantizedMeanOrSum).
#include <bit>
#include <limits>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/arithmetic/reduce_axes.h"

namespace tinyml::ops {
namespace {

// The output's multiplier with 1 / count folded in.
QuantizedMultiplier DivideBy(QuantizedMultiplier factor, int64_t count) {
  int shift = std::bit_width(static_cast<uint64_t>(count)) - 1;
  shift = std::min(shift, 32);
  shift = std::min(shift, 31 + factor.shift);
  const int64_t multiplier = (int64_t{factor.multiplier} << shift) / count;
  return {static_cast<int32_t>(multiplier), factor.shift - shift};
}

template <typename T>
Result<Invocation> Quantized(OpContext& op, const ReduceOperands& operands,
                             bool mean) {
  const auto& [input, axes, output] = operands;
  const QuantizedMultiplier factor = QuantizeMultiplier(
      static_cast<double>(input.scale) / static_cast<double>(output.scale));
  TINYML_REQUIRE(op, factor.shift >= -31 && factor.shift <= 31,
                 "its scales lead to a multiplier of 2^32 or more");
  std::vector<int32_t> sums(static_cast<size_t>(output.Elements()));
  return Invocation(
      [&op, reduction = Reduction(operands), sums = std::move(sums), factor,
       mean, in = input.As<T>().data(), out = output.Mutable<T>().data(),
       from = input.zero_point, to = output.zero_point]() mutable -> Status {
        TINYML_RETURN_IF_ERROR(reduction.Resolve(op));
        if (reduction.empty()) {
          std::fill_n(out, sums.size(), T{});
          return {};
        }
        std::fill(sums.begin(), sums.end(), 0);
        reduction.Run(in, sums.data(),
                      [](int32_t sum, T value) { return WrapAdd(sum, value); });
        const int64_t count = reduction.reduced();
        const QuantizedMultiplier scale =
            mean ? DivideBy(factor, count) : factor;
        // The sum of that many zero points, truncated to 32 bits.
        const auto zero = static_cast<int32_t>(static_cast<uint64_t>(from) *
                                               static_cast<uint64_t>(count));
        for (size_t i = 0; i < sums.size(); ++i) {
          const int32_t scaled =
              MultiplyByQuantizedMultiplier(WrapSubtract(sums[i], zero), scale);
          out[i] = static_cast<T>(Clamp(WrapAdd(scaled, to), kRangeOf<T>));
        }
        return {};
      });
}

// Elements are added in the input's order, in single precision.
Result<Invocation> Floats(OpContext& op, const ReduceOperands& operands,
                          bool mean) {
  const auto& [input, axes, output] = operands;
  if (mean && input.Elements() == 0) {
    op.Warn(
        "the mean of an empty input reads past its end in the runtime; it "
        "is 0 here");
  }
  return Invocation([&op, reduction = Reduction(operands), mean,
                     in = input.As<float>().data(),
                     out = output.Mutable<float>().data(),
                     count = output.Elements()]() mutable -> Status {
    TINYML_RETURN_IF_ERROR(reduction.Resolve(op));
    std::fill_n(out, count, 0.0F);
    reduction.Run(in, out, [](float sum, float value) { return value + sum; });
    if (mean && !reduction.empty()) {
      const auto divisor = static_cast<float>(reduction.reduced());
      for (int64_t i = 0; i < count; ++i) out[i] /= divisor;
    }
    return {};
  });
}

Result<Invocation> Prepare(OpContext& op, bool mean) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, operands.input.type));
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return Floats(op, operands, mean);
    case TensorType::kInt8:
      return Quantized<int8_t>(op, operands, mean);
    case TensorType::kInt16:
      return Quantized<int16_t>(op, operands, mean);
    default:
      return RefuseType(op, operands.input);
  }
}

// ReduceGeneric. The output keeps `initial` where there is no input.
template <typename T, typename Function>
Invocation Reduce(const OpContext& op, const ReduceOperands& operands,
                  T initial, Function function) {
  return [&op, reduction = Reduction(operands), initial, function,
          in = operands.input.As<T>().data(),
          out = operands.output.Mutable<T>().data(),
          count = operands.output.Elements()]() mutable -> Status {
    TINYML_RETURN_IF_ERROR(reduction.Resolve(op));
    std::fill_n(out, count, initial);
    reduction.Run(in, out, function);
    return {};
  };
}

template <typename T>
Invocation ReduceMaxOrMin(const OpContext& op, const ReduceOperands& operands,
                          bool max) {
  if (max) {
    return Reduce<T>(
        op, operands, std::numeric_limits<T>::lowest(),
        [](T current, T value) { return value > current ? value : current; });
  }
  return Reduce<T>(
      op, operands, std::numeric_limits<T>::max(),
      [](T current, T value) { return value < current ? value : current; });
}

Result<Invocation> PrepareMaxOrMin(const OpContext& op, bool max) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  const auto& [input, axes, output] = operands;
  TINYML_RETURN_IF_ERROR(RequireType(op, output, input.type));
  switch (input.type) {
    case TensorType::kFloat32:
      return ReduceMaxOrMin<float>(op, operands, max);
    case TensorType::kInt8:
      TINYML_REQUIRE(
          op,
          input.scale == output.scale && input.zero_point == output.zero_point,
          input.Describe() + " and " + output.Describe() +
              " differ in scale or zero point");
      return ReduceMaxOrMin<int8_t>(op, operands, max);
    default:
      return RefuseType(op, input);
  }
}

}  // namespace

Result<Invocation> PrepareMean(OpContext& op) { return Prepare(op, true); }

Result<Invocation> PrepareSum(OpContext& op) { return Prepare(op, false); }

Result<Invocation> PrepareReduceMax(OpContext& op) {
  return PrepareMaxOrMin(op, true);
}

Result<Invocation> PrepareReduceMin(OpContext& op) {
  return PrepareMaxOrMin(op, false);
}

// Any byte other than 0 is true.
Result<Invocation> PrepareReduceAll(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  TINYML_RETURN_IF_ERROR(RequireType(op, operands.input, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(RequireType(op, operands.output, TensorType::kBool));
  return Reduce<uint8_t>(
      op, operands, uint8_t{1}, [](uint8_t current, uint8_t value) {
        return static_cast<uint8_t>(value != 0 && current != 0);
      });
}

}  // namespace tinyml::ops
