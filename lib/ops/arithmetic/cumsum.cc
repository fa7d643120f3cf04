// CUMSUM. Source: tflite-micro 90b983c2b3f1, micro/kernels/cumsum.cc;
// lite/kernels/internal/reference/cumsum.h.
#include "base/macros.h"
#include "ops/arithmetic/int8_sum.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// The layout of values along an axis: `outer` blocks of `depth` steps, `stride`
// elements apart, with `stride` interleaved lines.
struct Lines {
  int64_t outer = 1;
  int64_t depth = 1;
  int64_t stride = 1;

  // Calls line(first, step) for every line: the index of its first element in
  // the order of summing, and the step to the next.
  template <typename Line>
  void ForEach(bool reverse, Line line) const {
    for (int64_t i = 0; i < outer; ++i) {
      for (int64_t j = 0; j < stride; ++j) {
        const int64_t first = i * depth * stride + j;
        if (reverse) {
          line(first + (depth - 1) * stride, -stride);
        } else {
          line(first, stride);
        }
      }
    }
  }
};

Result<Lines> AlongAxis(const OpContext& op, const TensorView& input,
                        int32_t axis) {
  const int64_t along = axis < 0 ? int64_t{axis} + input.Rank() : axis;
  TINYML_REQUIRE(
      op, along >= 0 && along < input.Rank(),
      "axis " + std::to_string(axis) + " is not one of " + input.Describe());
  const size_t i = along;
  return Lines{Product(input.dims, 0, i), input.dims[i],
               Product(input.dims, i + 1, input.dims.size())};
}

template <typename T, typename Sum, typename Add, typename Finish>
void Accumulate(const Lines& lines, const CumsumOptions& options,
                const T* input, T* output, Sum initial, Add add,
                Finish finish) {
  lines.ForEach(options.reverse, [&](int64_t at, int64_t step) {
    Sum sum = initial;
    for (int64_t k = 0; k < lines.depth; ++k, at += step) {
      const Sum next = add(sum, input[at]);
      output[at] = finish(options.exclusive ? sum : next);
      sum = next;
    }
  });
}

}  // namespace

Result<Invocation> PrepareCumsum(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [input, output, count, rest] = operands;
  TINYML_RETURN_IF_ERROR(RequireType(op, output, input.type));
  const TensorView* axis = op.Input(1);
  TINYML_REQUIRE(op,
                 axis != nullptr && axis->type == TensorType::kInt32 &&
                     axis->Elements() >= 1,
                 "its axis must be one int32");
  const auto options = op.Options<CumsumOptions>();
  switch (input.type) {
    case TensorType::kFloat32:
      return Invocation([&op, &in = input, axis, options,
                         out = output.Mutable<float>().data()]() -> Status {
        TINYML_ASSIGN_OR_RETURN(const Lines lines,
                                AlongAxis(op, in, axis->As<int32_t>()[0]));
        Accumulate(
            lines, options, in.As<float>().data(), out, 0.0F,
            [](float sum, float value) { return sum + value; },
            [](float sum) { return sum; });
        return {};
      });
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(const Int8Sum sums,
                              MakeInt8Sum(op, input, output));
      return Invocation([&op, &in = input, axis, options, sums,
                         out = output.Mutable<int8_t>().data()]() -> Status {
        TINYML_ASSIGN_OR_RETURN(const Lines lines,
                                AlongAxis(op, in, axis->As<int32_t>()[0]));
        Accumulate(
            lines, options, in.As<int8_t>().data(), out, sums.initial,
            [&](int32_t sum, int8_t value) {
              return WrapAdd(sum, sums.Term(value));
            },
            [&](int32_t sum) { return sums.Finish(sum); });
        return {};
      });
    }
    default:
      return RefuseType(op, input);
  }
}

}  // namespace tinyml::ops
