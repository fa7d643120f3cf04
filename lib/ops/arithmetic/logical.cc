// LOGICAL_AND, LOGICAL_OR and LOGICAL_NOT. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{logical,logical_common,elementwise}.cc. Any byte other than 0
// is true.
#include <functional>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

template <typename Function>
Result<Invocation> Combine(OpContext& op, Function function) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, TensorType::kBool));
  return MapPairs<uint8_t, uint8_t, uint8_t>(
      op, operands, [function](uint8_t a, uint8_t b) {
        return static_cast<uint8_t>(function(a != 0, b != 0));
      });
}

}  // namespace

Result<Invocation> PrepareLogicalAnd(OpContext& op) {
  return Combine(op, std::logical_and<>());
}

Result<Invocation> PrepareLogicalOr(OpContext& op) {
  return Combine(op, std::logical_or<>());
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
