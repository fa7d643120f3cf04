// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS and LESS_EQUAL. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/comparisons.cc and
// lite/kernels/internal/reference/comparisons.h.
#include <functional>
#include <memory>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

template <typename T, typename Compare>
Result<Invocation> CompareValues(OpContext& op, const BinaryOperands& operands,
                                 Compare compare) {
  return MapPairs<T, T, uint8_t>(op, operands, [compare](T a, T b) {
    return static_cast<uint8_t>(compare(a, b));
  });
}

// Both operands are rescaled to real values in units of 2^-8
// (ComparisonsPrepare and ComparisonWithScaling).
template <typename Compare>
Result<Invocation> CompareInt8(OpContext& op, const BinaryOperands& operands,
                               Compare compare) {
  struct Tables {
    TermTable term1;
    TermTable term2;
  };
  const auto term = [](const TensorView& input) {
    return RescaledTerm{input.zero_point, 8,
                        QuantizeMultiplier(static_cast<double>(input.scale))};
  };
  const RescaledTerm term1 = term(operands.input1);
  const RescaledTerm term2 = term(operands.input2);
  for (const QuantizedMultiplier& factor : {term1.factor, term2.factor}) {
    TINYML_REQUIRE(op, CanShift(factor) && factor.shift <= 0,
                   "the scale of an int8 input must be less than 1");
  }
  const auto tables = std::make_shared<Tables>(
      Tables{MakeTermTable(term1), MakeTermTable(term2)});
  return MapPairs<uint8_t, uint8_t, uint8_t>(
      op, operands,
      [tables, values1 = tables->term1.data(), values2 = tables->term2.data(),
       compare](uint8_t a, uint8_t b) {
        return static_cast<uint8_t>(compare(values1[a], values2[b]));
      });
}

template <typename Compare>
Result<Invocation> Prepare(OpContext& op, Compare compare) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.input1.type));
  const bool equality = op.code() == BuiltinOperator::kEqual ||
                        op.code() == BuiltinOperator::kNotEqual;
  switch (operands.input1.type) {
    case TensorType::kBool:
      if (!equality) break;
      // Any byte other than 0 is true.
      return MapPairs<uint8_t, uint8_t, uint8_t>(
          op, operands, [compare](uint8_t a, uint8_t b) {
            return static_cast<uint8_t>(compare(a != 0, b != 0));
          });
    case TensorType::kFloat32:
      return CompareValues<float>(op, operands, compare);
    case TensorType::kInt32:
      return CompareValues<int32_t>(op, operands, compare);
    case TensorType::kInt64:
      return CompareValues<int64_t>(op, operands, compare);
    case TensorType::kInt8:
      return CompareInt8(op, operands, compare);
    case TensorType::kInt16:
      if (op.code() != BuiltinOperator::kGreater) break;
      // GreaterEval uses multipliers that ComparisonsPrepare sets for int8
      // only; in cleared memory they are 0.
      op.Warn(
          "int16 is compared with parameters that the runtime never sets; they "
          "are 0 here, so that nothing is greater");
      return CompareValues<int16_t>(op, operands,
                                    [](int16_t, int16_t) { return false; });
    default:
      break;
  }
  return RefuseType(op, operands.input1);
}

}  // namespace

Result<Invocation> PrepareEqual(OpContext& op) {
  return Prepare(op, std::equal_to<>());
}

Result<Invocation> PrepareNotEqual(OpContext& op) {
  return Prepare(op, std::not_equal_to<>());
}

Result<Invocation> PrepareGreater(OpContext& op) {
  return Prepare(op, std::greater<>());
}

Result<Invocation> PrepareGreaterEqual(OpContext& op) {
  return Prepare(op, std::greater_equal<>());
}

Result<Invocation> PrepareLess(OpContext& op) {
  return Prepare(op, std::less<>());
}

Result<Invocation> PrepareLessEqual(OpContext& op) {
  return Prepare(op, std::less_equal<>());
}

}  // namespace tinyml::ops
