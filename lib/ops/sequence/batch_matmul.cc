// BATCH_MATMUL. Source: tflite-micro 90b983c2b3f1, micro/kernels/
// batch_matmul.cc, lite/kernels/internal/reference/batch_matmul.h; CMSIS-NN
// 4ab83cc3cc98, FullyConnectedFunctions/arm_batch_matmul_{s8,s16}.c.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/macros.h"
#include "ops/broadcast.h"
#include "ops/fixed_point.h"
#include "ops/kernel.h"
#include "ops/sequence/requantize.h"

namespace tinyml::ops {
namespace {

// One operand: matrices of rows x columns one after the other, in the layout
// that the product reads, that is, transposed if the tensor holds them the
// other way round.
struct Operand {
  const TensorView* view = nullptr;
  bool transposed = false;
  size_t rows = 0;
  size_t columns = 0;

  size_t MatrixElements() const { return rows * columns; }
};

Operand MakeOperand(const TensorView& view, bool transposed) {
  auto rows = static_cast<size_t>(view.Dim(view.Rank() - 2));
  auto columns = static_cast<size_t>(view.Dim(view.Rank() - 1));
  if (transposed) std::swap(rows, columns);
  return {&view, transposed, rows, columns};
}

// The product's shape, with the matrices of both operands for each matrix of
// the product.
struct Plan {
  Operand lhs;
  Operand rhs;
  struct Step {
    size_t lhs = 0;  // Elements from the start.
    size_t rhs = 0;
  };
  std::vector<Step> steps;
};

Result<Plan> MakePlan(const OpContext& op) {
  const TensorView* lhs = op.Input(0);
  const TensorView* rhs = op.Input(1);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, lhs != nullptr && rhs != nullptr && output != nullptr,
                 "its inputs or its output are missing");
  TINYML_REQUIRE(op, lhs->type == rhs->type && lhs->type == output->type,
                 "inputs " + lhs->Describe() + " and " + rhs->Describe() +
                     " and output " + output->Describe() + " differ in type");
  TINYML_REQUIRE(op, lhs->Rank() >= 2 && rhs->Rank() >= 2,
                 "an input has fewer than 2 dimensions");
  const auto& options = op.Options<BatchMatMulOptions>();
  Plan plan{
      MakeOperand(*lhs, options.adj_x), MakeOperand(*rhs, options.adj_y), {}};
  TINYML_REQUIRE(op, plan.lhs.columns == plan.rhs.rows,
                 "columns and rows of " + lhs->Describe() + " and " +
                     rhs->Describe() + " do not match for a product");
  const std::vector<int32_t> batches[] = {
      {lhs->dims.begin(), lhs->dims.end() - 2},
      {rhs->dims.begin(), rhs->dims.end() - 2}};
  const auto shape = Broadcast::OutputShape(batches);
  TINYML_REQUIRE(op, shape.has_value(),
                 "the batch dimensions of " + lhs->Describe() + " and " +
                     rhs->Describe() + " do not broadcast");
  const auto rows = static_cast<int64_t>(plan.lhs.rows);
  const auto columns = static_cast<int64_t>(plan.rhs.columns);
  TINYML_REQUIRE(
      op, output->Elements() == Product(*shape) * rows * columns,
      "output " + output->Describe() + " differs in size from the product");
  auto broadcast = Broadcast::Make(*shape, batches);
  TINYML_REQUIRE(op, broadcast.has_value(), "its inputs do not broadcast");
  if (output->Elements() == 0) return plan;
  broadcast->ForEach([&](int64_t, const std::vector<int64_t>& indices) {
    plan.steps.push_back(
        {static_cast<size_t>(indices[0]) * plan.lhs.MatrixElements(),
         static_cast<size_t>(indices[1]) * plan.rhs.MatrixElements()});
  });
  return plan;
}

// Writes the matrices of an operand that holds them transposed.
template <typename T>
void Transpose(const Operand& operand, std::vector<T>& to) {
  const T* from = operand.view->As<T>().data();
  for (size_t start = 0; start < to.size(); start += operand.MatrixElements()) {
    for (size_t r = 0; r < operand.rows; ++r) {
      for (size_t c = 0; c < operand.columns; ++c) {
        to[start + r * operand.columns + c] =
            from[start + c * operand.rows + r];
      }
    }
  }
}

// Memory for an operand's transpose, empty if it needs none; a constant is
// transposed once.
template <typename T>
std::vector<T> TransposeMemory(const Operand& operand) {
  if (!operand.transposed) return {};
  std::vector<T> memory(static_cast<size_t>(operand.view->Elements()));
  if (operand.view->IsConstant()) Transpose(operand, memory);
  return memory;
}

template <typename T>
const T* Matrices(const Operand& operand, std::vector<T>& memory) {
  if (!operand.transposed) return operand.view->As<T>().data();
  if (!operand.view->IsConstant()) Transpose(operand, memory);
  return memory.data();
}

// Computes a row of sums at a time: each element of a row of the first operand
// adds a row of the second, so that every sum grows in the order of the
// reference.
template <typename Kernel>
struct Multiply {
  using T = typename Kernel::Element;
  using Sum = typename Kernel::Sum;

  Multiply(Plan plan_made, Kernel kernel_made, const TensorView* output_made)
      : plan(std::move(plan_made)),
        kernel(std::move(kernel_made)),
        output(output_made),
        lhs_memory(TransposeMemory<T>(plan.lhs)),
        rhs_memory(TransposeMemory<T>(plan.rhs)),
        sums(plan.rhs.columns) {}

  void Run() {
    const T* lhs = Matrices(plan.lhs, lhs_memory);
    const T* rhs = Matrices(plan.rhs, rhs_memory);
    T* to = output->template Mutable<T>().data();
    const size_t depth = plan.lhs.columns;
    for (const Plan::Step& step : plan.steps) {
      const T* row = lhs + step.lhs;
      for (size_t r = 0; r < plan.lhs.rows; ++r) {
        std::fill(sums.begin(), sums.end(), Sum{0});
        const T* column = rhs + step.rhs;
        for (size_t k = 0; k < depth; ++k) {
          kernel.Accumulate(row[k], column, sums);
          column += sums.size();
        }
        for (size_t c = 0; c < sums.size(); ++c) to[c] = kernel.Finish(sums[c]);
        row += depth;
        to += sums.size();
      }
    }
  }

  Plan plan;
  Kernel kernel;
  const TensorView* output;
  std::vector<T> lhs_memory;
  std::vector<T> rhs_memory;
  std::vector<Sum> sums;
};

struct FloatKernel {
  using Element = float;
  using Sum = float;

  static void Accumulate(float a, const float* row, std::vector<float>& sums) {
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += a * row[c];
  }
  static float Finish(float sum) { return sum; }
};

// Sums wrap around, as on the processors.
struct Int8Kernel {
  using Element = int8_t;
  using Sum = uint32_t;

  void Accumulate(int8_t a, const int8_t* row,
                  std::vector<uint32_t>& sums) const {
    const uint32_t factor =
        static_cast<uint32_t>(a) - static_cast<uint32_t>(lhs_zero_point);
    const auto zero_point = static_cast<uint32_t>(rhs_zero_point);
    for (size_t c = 0; c < sums.size(); ++c) {
      sums[c] += factor * (static_cast<uint32_t>(row[c]) - zero_point);
    }
  }
  int8_t Finish(uint32_t sum) const {
    const int32_t scaled =
        MultiplyByQuantizedMultiplier(static_cast<int32_t>(sum), factor);
    return static_cast<int8_t>(
        std::clamp<int64_t>(int64_t{scaled} + output_zero_point, -128, 127));
  }

  int32_t lhs_zero_point = 0;
  int32_t rhs_zero_point = 0;
  int32_t output_zero_point = 0;
  QuantizedMultiplier factor;
};

struct Int16Kernel {
  using Element = int16_t;
  using Sum = int64_t;

  static void Accumulate(int16_t a, const int16_t* row,
                         std::vector<int64_t>& sums) {
    for (size_t c = 0; c < sums.size(); ++c) {
      sums[c] += int64_t{int32_t{a} * int32_t{row[c]}};
    }
  }
  int16_t Finish(int64_t sum) const {
    const int32_t scaled = cmsis_nn
                               ? CmsisNnRequantize(sum, factor)
                               : MultiplyByQuantizedMultiplier(sum, factor);
    return static_cast<int16_t>(std::clamp(scaled, -32768, 32767));
  }

  QuantizedMultiplier factor;
  bool cmsis_nn = false;
};

template <typename Kernel>
Invocation MakeInvocation(Plan plan, Kernel kernel, const TensorView* output) {
  return [multiply = Multiply<Kernel>(std::move(plan), std::move(kernel),
                                      output)]() mutable -> Status {
    multiply.Run();
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareBatchMatmul(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(Plan plan, MakePlan(op));
  const TensorView& lhs = *plan.lhs.view;
  const TensorView& rhs = *plan.rhs.view;
  const TensorView* output = op.Output(0);
  // The runtime multiplies the scales in single precision.
  const QuantizedMultiplier factor =
      QuantizeMultiplier(static_cast<double>(lhs.scale * rhs.scale) /
                         static_cast<double>(output->scale));
  switch (lhs.type) {
    case TensorType::kFloat32:
      return MakeInvocation(std::move(plan), FloatKernel{}, output);
    case TensorType::kInt8:
      TINYML_REQUIRE(op, factor.shift <= 31,
                     "input scales / output scale is too large");
      return MakeInvocation(std::move(plan),
                            Int8Kernel{lhs.zero_point, rhs.zero_point,
                                       output->zero_point, factor},
                            output);
    case TensorType::kInt16: {
      TINYML_RETURN_IF_ERROR(CheckInt64Factor(op, factor));
      return MakeInvocation(
          std::move(plan),
          Int16Kernel{factor, op.results() == KernelResults::kCmsisNn}, output);
    }
    default:
      return op.Refuse("input " + lhs.Describe() +
                       " has a type other than float32, int8 and int16");
  }
}

}  // namespace tinyml::ops
