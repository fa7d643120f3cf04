// SQUARED_DIFFERENCE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/squared_difference.cc.
#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

template <typename T>
Result<Invocation> Quantized(OpContext& op, const BinaryOperands& operands,
                             int left_shift) {
  const auto& [input1, input2, output] = operands;
  // Parameters are set by the inputs' type, and used by the output's.
  TINYML_RETURN_IF_ERROR(RequireType(op, input1, output.type));
  const double twice_max =
      2.0 * static_cast<double>(std::max(input1.scale, input2.scale));
  const auto term = [&](const TensorView& input) {
    return RescaledTerm{
        input.zero_point, left_shift,
        QuantizeMultiplier(static_cast<double>(input.scale) / twice_max)};
  };
  const float unit = static_cast<float>(1 << (left_shift * 2)) * output.scale;
  const QuantizedMultiplier factor =
      QuantizeMultiplier(twice_max * twice_max / static_cast<double>(unit));
  const RescaledTerm term1 = term(input1);
  const RescaledTerm term2 = term(input2);
  for (const QuantizedMultiplier& each : {term1.factor, term2.factor}) {
    TINYML_REQUIRE(op, CanShift(each) && each.shift <= 0,
                   "its scales lead to a multiplier of 1 or more");
  }
  TINYML_RETURN_IF_ERROR(RequireShift(op, factor));
  return MapPairs<T, T, T>(
      op, operands,
      [term1, term2, factor, zero_point = output.zero_point](T a, T b) {
        const int32_t difference = WrapSubtract(term1(a), term2(b));
        const int32_t square = WrapMultiply(difference, difference);
        return static_cast<T>(Clamp(
            WrapAdd(MultiplyByQuantizedMultiplier(square, factor), zero_point),
            kRangeOf<T>));
      });
}

}  // namespace

Result<Invocation> PrepareSquaredDifference(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.output.type));
  switch (operands.output.type) {
    case TensorType::kFloat32:
      return MapPairs<float, float, float>(op, operands, [](float a, float b) {
        const float difference = a - b;
        return difference * difference;
      });
    case TensorType::kInt32:
      return MapPairs<int32_t, int32_t, int32_t>(
          op, operands, [](int32_t a, int32_t b) {
            const int32_t difference = WrapSubtract(a, b);
            return WrapMultiply(difference, difference);
          });
    case TensorType::kInt8:
      return Quantized<int8_t>(op, operands, 7);
    case TensorType::kInt16:
      return Quantized<int16_t>(op, operands, 0);
    default:
      return RefuseType(op, operands.output);
  }
}

}  // namespace tinyml::ops
