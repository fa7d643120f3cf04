#include "runtime/operands.h"

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

Status CheckArity(const KernelContext& context, int inputs, int outputs) {
  TINYML_ENSURE(context, context.NumInputs() == inputs,
                "it needs exactly " + std::to_string(inputs) +
                    (inputs == 1 ? " input, not " : " inputs, not ") +
                    std::to_string(context.NumInputs()));
  TINYML_ENSURE(context, context.NumOutputs() == outputs,
                "it needs exactly " + std::to_string(outputs) +
                    (outputs == 1 ? " output, not " : " outputs, not ") +
                    std::to_string(context.NumOutputs()));
  return {};
}

Status CheckSameType(const KernelContext& context, const RuntimeTensor& a,
                     const RuntimeTensor& b) {
  TINYML_ENSURE(
      context, a.type == b.type,
      a.Describe() + " and " + b.Describe() + " must be of the same type");
  return {};
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
