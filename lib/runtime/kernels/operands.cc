#include "runtime/kernels/operands.h"

#include <string>

#include "base/macros.h"

namespace tinyml::runtime {

Result<UnaryOperands> TakeUnary(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  if (input == nullptr)
    return Fail(context.Refuse("input 0 is missing").error());
  const RuntimeTensor* output = context.TempOutput(0);
  if (output == nullptr)
    return Fail(context.Refuse("output 0 is missing").error());
  return UnaryOperands{*input, *output};
}

Result<BinaryOperands> TakeBinary(KernelContext& context) {
  const RuntimeTensor* input1 = context.TempInput(0);
  if (input1 == nullptr)
    return Fail(context.Refuse("input 0 is missing").error());
  const RuntimeTensor* input2 = context.TempInput(1);
  if (input2 == nullptr)
    return Fail(context.Refuse("input 1 is missing").error());
  const RuntimeTensor* output = context.TempOutput(0);
  if (output == nullptr)
    return Fail(context.Refuse("output 0 is missing").error());
  return BinaryOperands{*input1, *input2, *output};
}

Status CheckType(const KernelContext& context, const RuntimeTensor& tensor,
                 TensorType type) {
  TINYML_ENSURE(context, tensor.type == type,
                tensor.Describe() + " must be of type " + TensorTypeName(type));
  return {};
}

Status CheckZeroPointIsZero(const KernelContext& context,
                            const RuntimeTensor& tensor) {
  TINYML_ENSURE(context, tensor.zero_point == 0,
                tensor.Describe() + " must have zero point 0, not " +
                    std::to_string(tensor.zero_point));
  return {};
}

}  // namespace tinyml::runtime
