// The temporary tensors with which most simple kernels begin to prepare, and
// what they check of them first.
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
// refuse if one of them is omitted.
Result<UnaryOperands> TakeUnary(KernelContext& context);
Result<BinaryOperands> TakeBinary(KernelContext& context);

// Refuses a tensor of another type than `type`.
Status CheckType(const KernelContext& context, const RuntimeTensor& tensor,
                 TensorType type);

// Refuses a zero point other than 0.
Status CheckZeroPointIsZero(const KernelContext& context,
                            const RuntimeTensor& tensor);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_OPERANDS_H_
