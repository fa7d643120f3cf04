#include "ops/arithmetic/operands.h"

#include <string>

#include "base/macros.h"

namespace tinyml::ops {
namespace {

int32_t DimAt(const TensorView& view, int rank, int i) {
  const int own = i - (rank - view.Rank());
  return own < 0 ? 1 : view.Dim(own);
}

bool SameExtendedShape(const TensorView& a, const TensorView& b) {
  const int rank = std::max(a.Rank(), b.Rank());
  for (int i = 0; i < rank; ++i) {
    if (DimAt(a, rank, i) != DimAt(b, rank, i)) return false;
  }
  return true;
}

}  // namespace

ActivationRange Int32Range(ActivationFunctionType activation) {
  constexpr ActivationRange kAll = kRangeOf<int32_t>;
  switch (activation) {
    case ActivationFunctionType::kRelu:
      return {0, kAll.max};
    case ActivationFunctionType::kRelu6:
      return {0, 6};
    case ActivationFunctionType::kReluN1To1:
      return {-1, 1};
    default:
      return kAll;
  }
}

Status RequireShift(const OpContext& op, QuantizedMultiplier factor) {
  TINYML_REQUIRE(op, CanShift(factor),
                 "its scales lead to a multiplier of 2^32 or more");
  return {};
}

TermTable MakeTermTable(const RescaledTerm& term) {
  TermTable table;
  for (int i = 0; i < 256; ++i) {
    table[i] = term(static_cast<int8_t>(i));
  }
  return table;
}

Result<UnaryOperands> TakeUnary(OpContext& op) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, input != nullptr && output != nullptr,
                 "the input or the output is missing");
  const int64_t count = input->Elements();
  const int64_t rest = output->Elements() - count;
  TINYML_REQUIRE(op, rest >= 0,
                 "output " + output->Describe() +
                     " has fewer elements than input " + input->Describe());
  if (rest > 0) {
    op.Warn("output " + output->Describe() +
            " has more elements than the input: the runtime leaves the last " +
            std::to_string(rest) + " unwritten; they are 0 here");
  }
  return UnaryOperands{*input, *output, count, rest};
}

Result<UnaryOperands> TakeUnaryOfOneType(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, operands.input.type));
  return operands;
}

Status RequireReadable(const OpContext& op, const TensorView& view,
                       TensorType type) {
  TINYML_REQUIRE(op, TensorTypeBits(view.type) >= TensorTypeBits(type),
                 view.Describe() + " is read as " + TensorTypeName(type) +
                     ", past its end");
  return {};
}

Status RequireWritable(const OpContext& op, const TensorView& view,
                       TensorType type) {
  TINYML_REQUIRE(op, TensorTypeBits(view.type) == TensorTypeBits(type),
                 view.Describe() + " is written as " + TensorTypeName(type));
  return {};
}

Status RequireType(const OpContext& op, const TensorView& view,
                   TensorType type) {
  TINYML_REQUIRE(op, view.type == type,
                 view.Describe() + " is treated as " + TensorTypeName(type));
  return {};
}

tl::unexpected<Error> RefuseType(const OpContext& op, const TensorView& view) {
  return op.Refuse("the runtime has no code for the type of " +
                   view.Describe());
}

tl::unexpected<Error> RefuseConversion(const OpContext& op,
                                       const UnaryOperands& operands) {
  return op.Refuse("the runtime has no code from " + operands.input.Describe() +
                   " to " + operands.output.Describe());
}

Result<BinaryOperands> TakeBinary(const OpContext& op) {
  const TensorView* input1 = op.Input(0);
  const TensorView* input2 = op.Input(1);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op,
                 input1 != nullptr && input2 != nullptr && output != nullptr,
                 "an input or the output is missing");
  return BinaryOperands{*input1, *input2, *output};
}

Status RequireReadable(const OpContext& op, const BinaryOperands& operands,
                       TensorType type) {
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands.input1, type));
  return RequireReadable(op, operands.input2, type);
}

// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/
// broadcast_loop.h, BroadcastBinaryOpSimple, for shapes that are compatible.
Result<PairLoop> PairLoop::Plan(OpContext& op, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  PairLoop loop;
  if (SameExtendedShape(input1, input2) &&
      output.Elements() == input1.Elements()) {
    loop.length_ = output.Elements();
    loop.rows_ = 1;
    return loop;
  }
  const int rank = std::max({input1.Rank(), input2.Rank(), output.Rank()});
  std::vector<Dimension> dimensions;
  int64_t stride1 = 1;
  int64_t stride2 = 1;
  bool fits = true;
  for (int i = rank - 1; i >= 0; --i) {
    const int32_t dim1 = DimAt(input1, rank, i);
    const int32_t dim2 = DimAt(input2, rank, i);
    const int32_t size = DimAt(output, rank, i);
    if (dim1 <= 0 || dim2 <= 0 || size <= 0) {
      if (output.Elements() > 0) {
        op.Warn("an input is empty: the runtime leaves output " +
                output.Describe() + " unwritten; it is 0 here");
      }
      loop.unwritten_ = output.Elements();
      return loop;
    }
    fits &= size == (dim1 == 1 ? dim2 : dim1) && (dim2 == 1 || dim2 == size);
    if (size == 1) continue;
    Repeat repeat = Repeat::kNone;
    if (dim1 == 1) {
      repeat = Repeat::kFirst;
    } else if (dim2 == 1) {
      repeat = Repeat::kSecond;
    }
    if (!dimensions.empty() && dimensions.back().repeat == repeat) {
      dimensions.back().size *= size;
    } else {
      dimensions.push_back({size, repeat,
                            repeat == Repeat::kFirst ? 0 : stride1,
                            repeat == Repeat::kSecond ? 0 : stride2});
    }
    stride1 *= dim1;
    stride2 *= dim2;
  }
  TINYML_REQUIRE(op, fits,
                 input1.Describe() + " and " + input2.Describe() +
                     " do not broadcast to " + output.Describe());
  if (dimensions.empty()) dimensions.emplace_back();
  loop.length_ = dimensions.front().size;
  loop.inner_ = dimensions.front().repeat;
  loop.outer_.assign(dimensions.begin() + 1, dimensions.end());
  loop.position_.resize(loop.outer_.size());
  loop.rows_ = 1;
  for (const Dimension& outer : loop.outer_) loop.rows_ *= outer.size;
  return loop;
}

std::pair<int64_t, int64_t> PairLoop::Advance() {
  int64_t step1 = 0;
  int64_t step2 = 0;
  for (size_t i = 0; i < outer_.size(); ++i) {
    const Dimension& outer = outer_[i];
    step1 += outer.stride1;
    step2 += outer.stride2;
    if (++position_[i] < outer.size) break;
    step1 -= outer.stride1 * outer.size;
    step2 -= outer.stride2 * outer.size;
    position_[i] = 0;
  }
  return {step1, step2};
}

}  // namespace tinyml::ops
