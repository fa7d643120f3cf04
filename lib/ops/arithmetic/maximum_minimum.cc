// MAXIMUM and MINIMUM. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/maximum_minimum.cc and lite/kernels/internal/reference/
// maximum_minimum.h; CMSIS-NN 4ab83cc3cc98, arm_maximum_s8.c and
// arm_minimum_s8.c.
#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

struct Larger {
  template <typename T>
  T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};

struct Smaller {
  template <typename T>
  T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};

// Dimension `i` of the shape with leading ones up to 4 dimensions.
int64_t Dim4(const TensorView& view, int i) {
  const int own = i - (4 - view.Rank());
  return own < 0 ? 1 : view.Dim(own);
}

// Whether CMSIS-NN treats `a` as a column with one value per line: [n, h, 1, 1]
// beside [.., w, c] with w > 1. It then advances two values from line to line:
// once as after any row and once more because the width is repeated.
bool StepsTwice(const TensorView& a, const TensorView& b) {
  return a.Rank() <= 4 && b.Rank() <= 4 && Dim4(a, 1) > 1 && Dim4(a, 2) == 1 &&
         Dim4(a, 3) == 1 && Dim4(b, 2) > 1;
}

// CMSIS-NN's results for such a pair, bit for bit. It may step past the end of
// `column`, where the real code reads whatever is there; here it reads zeros.
template <typename Function>
Invocation MapSteppedTwice(const TensorView& column, const TensorView& other,
                           const TensorView& output, Function function) {
  struct Shape {
    int64_t batches, lines, length;  // Of the output.
    int64_t column_batch, column_count;
    int64_t other_batch, other_line;
  };
  const int64_t length = Dim4(output, 2) * Dim4(output, 3);
  const Shape shape = {
      Dim4(output, 0),
      Dim4(output, 1),
      length,
      Dim4(column, 0) == 1 ? 0 : Dim4(column, 1),
      column.Elements(),
      Dim4(other, 0) == 1 ? 0 : Dim4(other, 1) * length,
      Dim4(other, 1) == 1 ? 0 : length,
  };
  return [shape, function, values = column.As<int8_t>().data(),
          rows = other.As<int8_t>().data(),
          out = output.Mutable<int8_t>().data()]() -> Status {
    int8_t* at = out;
    for (int64_t batch = 0; batch < shape.batches; ++batch) {
      for (int64_t line = 0; line < shape.lines; ++line) {
        const int64_t index = batch * shape.column_batch + 2 * line;
        const int8_t value =
            index < shape.column_count ? values[index] : int8_t{0};
        const int8_t* row =
            rows + batch * shape.other_batch + line * shape.other_line;
        for (int64_t i = 0; i < shape.length; ++i) {
          *at++ = function(value, row[i]);
        }
      }
    }
    return {};
  };
}

template <typename T, typename Function>
Result<Invocation> Map(OpContext& op, const BinaryOperands& operands,
                       Function function) {
  return MapPairs<T, T, T>(op, operands,
                           [function](T a, T b) { return function(a, b); });
}

template <typename Function>
Result<Invocation> Prepare(OpContext& op, Function function) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  const auto& [input1, input2, output] = operands;
  switch (output.type) {
    case TensorType::kFloat32:
      return Map<float>(op, operands, function);
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(auto map, Map<int8_t>(op, operands, function));
      if (op.results() != KernelResults::kCmsisNn) return map;
      const bool first = StepsTwice(input1, input2);
      if ((!first && !StepsTwice(input2, input1)) || output.Rank() > 4) {
        return map;
      }
      const TensorView& column = first ? input1 : input2;
      op.Warn("CMSIS-NN reads every other value of " + column.Describe() +
              ", and past its end (as 0 here)");
      return MapSteppedTwice(column, first ? input2 : input1, output, function);
    }
    case TensorType::kInt16:
      return Map<int16_t>(op, operands, function);
    case TensorType::kInt32:
      return Map<int32_t>(op, operands, function);
    case TensorType::kInt64:
      return Map<int64_t>(op, operands, function);
    default:
      return RefuseType(op, output);
  }
}

}  // namespace

Result<Invocation> PrepareMaximum(OpContext& op) {
  return Prepare(op, Larger());
}

Result<Invocation> PrepareMinimum(OpContext& op) {
  return Prepare(op, Smaller());
}

}  // namespace tinyml::ops
