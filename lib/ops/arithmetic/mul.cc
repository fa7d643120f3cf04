// MUL. Source: tflite-micro 90b983c2b3f1, micro/kernels/mul_common.cc and
// lite/kernels/internal/reference/{mul,integer_ops/mul}.h. CMSIS-NN
// 4ab83cc3cc98 (arm_elementwise_mul_s8.c, arm_elementwise_mul_s16.c) computes
// the same.
#include <type_traits>

#include "base/macros.h"
#include "ops/arithmetic/int8_pairs.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

template <typename T>
Result<Invocation> QuantizedProduct(OpContext& op,
                                    const BinaryOperands& operands,
                                    ActivationFunctionType activation) {
  const auto& [input1, input2, output] = operands;
  const double real = static_cast<double>(input1.scale) *
                      static_cast<double>(input2.scale) /
                      static_cast<double>(output.scale);
  const ProductParameters product{input1.zero_point, input2.zero_point,
                                  QuantizeMultiplier(real), output.zero_point,
                                  QuantizedActivationRange(activation, output)};
  TINYML_RETURN_IF_ERROR(RequireShift(op, product.factor));
  if constexpr (std::is_same_v<T, int8_t>) {
    if (!op.plain() && HasVectorForm(product)) {
      return MapInt8Pairs(op, operands, product);
    }
  }
  return MapPairs<T, T, T>(op, operands, [product](T a, T b) {
    return static_cast<T>(product(a, b));
  });
}

}  // namespace

Result<Invocation> PrepareMul(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  // Prepare switches on the output's type, Eval on that of the first input;
  // with other types, parameters stay unset.
  TINYML_RETURN_IF_ERROR(
      RequireType(op, operands.output, operands.input1.type));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, operands, operands.input1.type));
  const auto activation = op.Options<MulOptions>().fused_activation_function;
  switch (operands.input1.type) {
    case TensorType::kFloat32:
      return MapPairs<float, float, float>(
          op, operands, [range = FloatRange(activation)](float a, float b) {
            return Clamp(a * b, range);
          });
    case TensorType::kInt32:
      return MapPairs<int32_t, int32_t, int32_t>(
          op, operands, [range = Int32Range(activation)](int32_t a, int32_t b) {
            return Clamp(WrapMultiply(a, b), range);
          });
    case TensorType::kInt8:
      return QuantizedProduct<int8_t>(op, operands, activation);
    case TensorType::kInt16:
      return QuantizedProduct<int16_t>(op, operands, activation);
    default:
      return RefuseType(op, operands.input1);
  }
}

}  // namespace tinyml::ops
