// The temporary tensors that most simple kernels take first when they prepare,
// and the checks that follow at once.
#ifndef TINYML_RUNTIME_KERNELS_OPERANDS_H_
#define TINYML_RUNTIME_KERNELS_OPERANDS_H_

#include "runtime/kernels/kernel_context.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

struct UnaryOperands {
  const RuntimeTensor& input;
  const RuntimeTensor& output;
};

struct BinaryOperands {
  const RuntimeTensor& input1;
  const RuntimeTensor& input2;
  const RuntimeTensor& output;
};

// Take input 0 (and 1), then output 0, as temporary tensors in this order;
// refuse if any is omitted.
Result<UnaryOperands> TakeUnary(KernelContext& context);
Result<BinaryOperands> TakeBinary(KernelContext& context);

// Refuses a tensor of a type other than `type`.
Status CheckType(const KernelContext& context, const RuntimeTensor& tensor,
                 TensorType type);

// Refuses a zero point other than 0.
Status CheckZeroPointIsZero(const KernelContext& context,
                            const RuntimeTensor& tensor);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_OPERANDS_H_
