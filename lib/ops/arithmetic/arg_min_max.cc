// ARG_MAX and ARG_MIN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/arg_min_max.cc;
// lite/kernels/internal/reference/arg_min_max.h.
#include <functional>
#include <string>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/arithmetic/reduce_axes.h"

namespace tinyml::ops {
namespace {

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

// The first of equal elements wins.
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

template <template <typename> typename Better>
Result<Invocation> Prepare(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(op));
  TINYML_REQUIRE(op, operands.axes.Elements() >= 1, "the axis is empty");
  if (operands.output.type != TensorType::kInt32) {
    return RefuseType(op, operands.output);
  }
  switch (operands.input.type) {
    case TensorType::kFloat32:
      return FindIndices<float>(op, operands, Better<float>());
    case TensorType::kInt8:
      return FindIndices<int8_t>(op, operands, Better<int8_t>());
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace

Result<Invocation> PrepareArgMax(OpContext& op) {
  return Prepare<std::greater>(op);
}

Result<Invocation> PrepareArgMin(OpContext& op) {
  return Prepare<std::less>(op);
}

}  // namespace tinyml::ops
