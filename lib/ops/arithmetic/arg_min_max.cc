// REDUCE_MAX, REDUCE_MIN, REDUCE_ALL, ARG_MAX and ARG_MIN. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{reduce_common,arg_min_max}.cc;
// lite/kernels/internal/reference/{reduce,arg_min_max}.h.
#include <limits>
#include <string>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/arithmetic/reduce_axes.h"

namespace tinyml::ops {
namespace {

// ReduceGeneric. The output keeps `initial` where the input has nothing.
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

// Where ARG_MAX looks: `outer` blocks of `size` rows of `inner` elements.
struct Blocks {
  int64_t outer = 1;
  int64_t size = 1;
  int64_t inner = 1;
};

Result<Blocks> AlongAxis(const OpContext& op, const ReduceOperands& operands) {
  const auto& [input, axes, output] = operands;
  const int32_t axis = axes.As<int32_t>()[0];
  const int64_t along = axis < 0 ? int64_t{axis} + input.Rank() : axis;
  TINYML_REQUIRE(
      op, along >= 0 && along < input.Rank(),
      "axis " + std::to_string(axis) + " is not one of " + input.Describe());
  const size_t i = along;
  const Blocks blocks{Product(input.dims, 0, i), input.dims[i],
                      Product(input.dims, i + 1, input.dims.size())};
  TINYML_REQUIRE(
      op, blocks.size > 0 && blocks.outer * blocks.inner == output.Elements(),
      "output " + output.Describe() + " must have the shape of " +
          input.Describe() + " without axis " + std::to_string(along));
  return blocks;
}

// The first of equal elements counts.
template <typename T, typename Better>
Invocation FindIndices(const OpContext& op, const ReduceOperands& operands,
                       Better better) {
  return [&op, operands, better]() -> Status {
    TINYML_ASSIGN_OR_RETURN(const Blocks blocks, AlongAxis(op, operands));
    const T* in = operands.input.As<T>().data();
    int32_t* out = operands.output.Mutable<int32_t>().data();
    for (int64_t i = 0; i < blocks.outer; ++i) {
      for (int64_t j = 0; j < blocks.inner; ++j) {
        const T* first = in + i * blocks.size * blocks.inner + j;
        T best = *first;
        int32_t index = 0;
        for (int64_t k = 1; k < blocks.size; ++k) {
          const T value = first[k * blocks.inner];
          if (!better(value, best)) continue;
          best = value;
          index = static_cast<int32_t>(k);
        }
        *out++ = index;
      }
    }
    return {};
  };
}

template <typename T>
Invocation ArgMaxOrMin(const OpContext& op, const ReduceOperands& operands) {
  if (op.code() == BuiltinOperator::kArgMax) {
    return FindIndices<T>(op, operands, [](T a, T b) { return a > b; });
  }
  return FindIndices<T>(op, operands, [](T a, T b) { return a < b; });
}

}  // namespace

Result<Invocation> PrepareReduceMax(OpContext& op) {
  return PrepareMaxOrMin(op, true);
}

Result<Invocation> PrepareReduceMin(OpContext& op) {
  return PrepareMaxOrMin(op, false);
}

// Any other byte than 0 is true.
Result<Invocation> PrepareReduceAll(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  TINYML_RETURN_IF_ERROR(RequireType(op, operands.input, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(RequireType(op, operands.output, TensorType::kBool));
  return Reduce<uint8_t>(
      op, operands, uint8_t{1}, [](uint8_t current, uint8_t value) {
        return static_cast<uint8_t>(value != 0 && current != 0);
      });
}

Result<Invocation> PrepareArgMaxMin(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  TINYML_REQUIRE(op, operands.axes.Elements() >= 1, "the axis is empty");
  if (operands.output.type != TensorType::kInt32) {
    return RefuseType(op, operands.output);
  }
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return ArgMaxOrMin<float>(op, operands);
    case TensorType::kInt8:
      return ArgMaxOrMin<int8_t>(op, operands);
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace tinyml::ops
