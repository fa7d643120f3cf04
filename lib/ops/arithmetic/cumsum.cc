// ADD_N and CUMSUM. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{add_n,cumsum}.cc; lite/kernels/internal/reference/{add_n,
// cumsum}.h.
#include "base/macros.h"
#include "ops/arithmetic/arithmetic.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

// How int8 values of one scale are added up, by table; sums wrap.
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

Result<Int8Sum> MakeInt8Sum(const OpContext& op, const TensorView& input,
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

template <typename T>
std::vector<const T*> AllInputs(const OpContext& op) {
  std::vector<const T*> inputs;
  for (int i = 0; i < op.NumInputs(); ++i) {
    inputs.push_back(op.Input(i)->As<T>().data());
  }
  return inputs;
}

// Where values lie along an axis: `outer` blocks of `depth` steps, each
// `stride` elements apart, of which `stride` lines lie side by side.
struct Lines {
  int64_t outer = 1;
  int64_t depth = 1;
  int64_t stride = 1;

  // Calls line(first, step) for every line: the index of its first element in
  // the order of summing, and the way to the next.
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

Result<Invocation> PrepareAddN(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [first, output, count, rest] = operands;
  for (int i = 0; i < op.NumInputs(); ++i) {
    const TensorView* input = op.Input(i);
    TINYML_REQUIRE(op, input != nullptr, "an input is missing");
    TINYML_RETURN_IF_ERROR(RequireType(op, *input, output.type));
    // The output's size counts.
    TINYML_REQUIRE(op, input->Elements() == count && rest == 0,
                   first.Describe() + ", " + input->Describe() + " and " +
                       output.Describe() + " must have as many elements");
  }
  switch (output.type) {
    case TensorType::kFloat32:
      return Invocation([inputs = AllInputs<float>(op), count = count,
                         out = output.Mutable<float>().data()]() -> Status {
        for (int64_t i = 0; i < count; ++i) {
          float sum = 0.0F;
          for (const float* input : inputs) sum += input[i];
          out[i] = sum;
        }
        return {};
      });
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(const Int8Sum sums,
                              MakeInt8Sum(op, first, output));
      return Invocation([inputs = AllInputs<int8_t>(op), count = count, sums,
                         out = output.Mutable<int8_t>().data()]() -> Status {
        for (int64_t i = 0; i < count; ++i) {
          int32_t sum = sums.initial;
          for (const int8_t* input : inputs) {
            sum = WrapAdd(sum, sums.Term(input[i]));
          }
          out[i] = sums.Finish(sum);
        }
        return {};
      });
    }
    default:
      return RefuseType(op, output);
  }
}

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
