// SIN, COS, LOG, SQRT, SQUARE, NEG, FLOOR, CEIL, ROUND and EXP of floats, and
// LOGICAL_NOT. Source: tflite-micro 90b983c2b3f1, micro/kernels/{elementwise,
// neg,floor,ceil,round,exp}.cc and lite/kernels/internal/reference/round.h.
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/arithmetic.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

// Halves go to the even neighbour. What is halfway between whole numbers is
// small enough for an int.
float RoundToEven(float value) {
  const float below = std::floor(value);
  const float above_below = value - below;
  const bool stay = above_below < 0.5F ||
                    (above_below == 0.5F && static_cast<int>(below) % 2 == 0);
  return stay ? below : below + 1.0F;
}

template <typename Function>
Invocation Map(const UnaryOperands& operands, Function function) {
  return MapElements<float, float>(operands, function);
}

}  // namespace

Result<Invocation> PrepareFloatFunction(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  if (operands.input.type != TensorType::kFloat32) {
    return RefuseType(op, operands.input);
  }
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kFloat32));
  switch (op.code()) {
    case BuiltinOperator::kSin:
      return Map(operands, [](float x) { return std::sin(x); });
    case BuiltinOperator::kCos:
      return Map(operands, [](float x) { return std::cos(x); });
    case BuiltinOperator::kLog:
      return Map(operands, [](float x) { return std::log(x); });
    case BuiltinOperator::kSqrt:
      return Map(operands, [](float x) { return std::sqrt(x); });
    case BuiltinOperator::kSquare:
      return Map(operands, [](float x) { return x * x; });
    case BuiltinOperator::kNeg:
      return Map(operands, [](float x) { return -x; });
    case BuiltinOperator::kFloor:
      return Map(operands, [](float x) { return std::floor(x); });
    case BuiltinOperator::kCeil:
      return Map(operands, [](float x) { return std::ceil(x); });
    case BuiltinOperator::kRound:
      return Map(operands, [](float x) { return RoundToEven(x); });
    default:
      return Map(operands, [](float x) { return std::exp(x); });
  }
}

Result<Invocation> PrepareLogicalNot(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  if (operands.input.type != TensorType::kBool) {
    return RefuseType(op, operands.input);
  }
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kBool));
  return MapElements<uint8_t, uint8_t>(
      operands, [](uint8_t x) { return static_cast<uint8_t>(x == 0); });
}

}  // namespace tinyml::ops
