// SIN, COS, LOG, SQRT, SQUARE, NEG, FLOOR, CEIL, ROUND and EXP of floats.
// Source: tflite-micro 90b983c2b3f1, micro/kernels/{elementwise,neg,floor,ceil,
// round,exp}.cc and lite/kernels/internal/reference/round.h.
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// Rounds halves to even. A float with a fraction of one half is small enough
// for an int.
float RoundToEven(float value) {
  const float below = std::floor(value);
  const float above_below = value - below;
  const bool stay = above_below < 0.5F ||
                    (above_below == 0.5F && static_cast<int>(below) % 2 == 0);
  return stay ? below : below + 1.0F;
}

template <typename Function>
Result<Invocation> Map(OpContext& op, Function function) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  if (operands.input.type != TensorType::kFloat32) {
    return RefuseType(op, operands.input);
  }
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kFloat32));
  return MapElements<float, float>(operands, function);
}

}  // namespace

Result<Invocation> PrepareSin(OpContext& op) {
  return Map(op, [](float x) { return std::sin(x); });
}

Result<Invocation> PrepareCos(OpContext& op) {
  return Map(op, [](float x) { return std::cos(x); });
}

Result<Invocation> PrepareLog(OpContext& op) {
  return Map(op, [](float x) { return std::log(x); });
}

Result<Invocation> PrepareSqrt(OpContext& op) {
  return Map(op, [](float x) { return std::sqrt(x); });
}

Result<Invocation> PrepareSquare(OpContext& op) {
  return Map(op, [](float x) { return x * x; });
}

Result<Invocation> PrepareNeg(OpContext& op) {
  return Map(op, [](float x) { return -x; });
}

Result<Invocation> PrepareFloor(OpContext& op) {
  return Map(op, [](float x) { return std::floor(x); });
}

Result<Invocation> PrepareCeil(OpContext& op) {
  return Map(op, [](float x) { return std::ceil(x); });
}

Result<Invocation> PrepareRound(OpContext& op) {
  return Map(op, [](float x) { return RoundToEven(x); });
}

Result<Invocation> PrepareExp(OpContext& op) {
  return Map(op, [](float x) { return std::exp(x); });
}

}  // namespace tinyml::ops
