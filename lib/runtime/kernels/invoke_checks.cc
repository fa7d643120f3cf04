#include "runtime/kernels/invoke_checks.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/macros.h"
#include "runtime/targets/kernel_libraries.h"

namespace tinyml::runtime {
namespace {

// Dimension `i` of the shape extended by leading ones to `rank`.
int32_t ExtendedDim(const RuntimeTensor& tensor, int i, int rank) {
  const int own = i - (rank - tensor.Rank());
  return own < 0 ? 1 : tensor.Dim(own);
}

}  // namespace

Status AbortsAtInvoke(KernelContext& context, std::string_view reason) {
  std::string text(reason);
  text += ": the runtime aborts at Invoke";
  if (context.id().subgraph == 0 &&
      InvokeWasMeasured(context.target().kernels.library)) {
    return context.Refuse(text);
  }
  context.Warn(text);
  return {};
}

void FailsAtInvoke(KernelContext& context, std::string_view reason) {
  std::string text(reason);
  text += ": Invoke will fail";
  context.Warn(text);
}

bool RunsType(KernelContext& context, const RuntimeTensor& tensor,
              std::initializer_list<TensorType> types, bool takes_int16) {
  const bool runs =
      std::find(types.begin(), types.end(), tensor.type) != types.end();
  if (runs && (takes_int16 || tensor.type != TensorType::kInt16)) return true;
  FailsAtInvoke(context,
                "the kernel has no code for the type of " + tensor.Describe());
  return false;
}

Status CheckUnaryEval(KernelContext& context, const UnaryOperands& operands,
                      std::initializer_list<TensorType> types,
                      bool takes_int16) {
  const auto& [input, output] = operands;
  if (!RunsType(context, input, types, takes_int16)) return {};
  WarnMixedTypes(context, input, output);
  return CheckEqualShapes(context, {&input, &output});
}

Status CheckBinaryPresent(KernelContext& context) {
  if (context.Input(0) == nullptr || context.Input(1) == nullptr ||
      context.Output(0) == nullptr) {
    return AbortsAtInvoke(context, "an input or the output is missing");
  }
  return {};
}

void WarnSmallOutput(KernelContext& context, const UnaryOperands& operands) {
  if (operands.output.Elements() < operands.input.Elements()) {
    context.Warn("output " + operands.output.Describe() +
                 " has fewer elements than the input: the kernel writes past "
                 "its end at Invoke");
  }
}

void WarnMixedTypes(KernelContext& context, const RuntimeTensor& a,
                    const RuntimeTensor& b) {
  if (a.type == b.type) return;
  context.Warn(a.Describe() + " and " + b.Describe() +
               " differ in type, which the kernel ignores: it reads or writes "
               "one of them wrongly at Invoke");
}

Status CheckShapeRanks(KernelContext& context, TensorList tensors) {
  for (const RuntimeTensor* tensor : tensors) {
    if (tensor->Rank() > kMaxShapeRank) {
      return AbortsAtInvoke(context,
                            tensor->Describe() + " has more than 6 dimensions");
    }
  }
  return {};
}

Status CheckEqualShapes(KernelContext& context, TensorList tensors) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, tensors));
  const RuntimeTensor& first = **tensors.begin();
  for (const RuntimeTensor* tensor : tensors) {
    if (tensor->dims != first.dims) {
      return AbortsAtInvoke(context, first.Describe() + " and " +
                                         tensor->Describe() +
                                         " must have the same shape");
    }
  }
  return {};
}

bool SameExtendedShape(const RuntimeTensor& a, const RuntimeTensor& b) {
  const int rank = std::max(a.Rank(), b.Rank());
  for (int i = 0; i < rank; ++i) {
    if (ExtendedDim(a, i, rank) != ExtendedDim(b, i, rank)) return false;
  }
  return true;
}

Status CheckEqualExtendedShapes(KernelContext& context, TensorList tensors) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, tensors));
  const RuntimeTensor& first = **tensors.begin();
  for (const RuntimeTensor* tensor : tensors) {
    if (!SameExtendedShape(first, *tensor)) {
      return AbortsAtInvoke(context, first.Describe() + " and " +
                                         tensor->Describe() +
                                         " must have the same shape");
    }
  }
  return {};
}

Status CheckEqualElements(KernelContext& context, TensorList tensors) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, tensors));
  const RuntimeTensor& first = **tensors.begin();
  for (const RuntimeTensor* tensor : tensors) {
    if (tensor->Elements() != first.Elements()) {
      return AbortsAtInvoke(context, first.Describe() + " and " +
                                         tensor->Describe() +
                                         " must have as many elements");
    }
  }
  return {};
}

Status CheckBroadcast(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {&input1, &input2, &output}));
  const int rank = std::max({input1.Rank(), input2.Rank(), output.Rank()});
  for (int i = 0; i < rank; ++i) {
    const int32_t dim1 = ExtendedDim(input1, i, rank);
    const int32_t dim2 = ExtendedDim(input2, i, rank);
    const int32_t result = ExtendedDim(output, i, rank);
    if (dim1 <= 0 || dim2 <= 0 || result <= 0) return {};  // Does nothing.
    // Two inputs cannot both be spread over the innermost loop.
    if (i == rank - 1 && dim1 == 1 && dim2 == 1 && result != 1) {
      return AbortsAtInvoke(
          context, output.Describe() + " is wider in its last dimension than " +
                       input1.Describe() + " and " + input2.Describe());
    }
    const int32_t expected = dim1 == 1 ? dim2 : dim1;
    if (result != expected || (dim2 != 1 && dim2 != expected)) {
      context.Warn(input1.Describe() + " and " + input2.Describe() +
                   " do not broadcast to " + output.Describe() +
                   ": the kernel reads or writes wrong elements at Invoke");
      return {};
    }
  }
  return {};
}

Status CheckZeroPointRange(KernelContext& context, const RuntimeTensor& tensor,
                           int32_t low, int32_t high) {
  if (tensor.zero_point >= low && tensor.zero_point <= high) return {};
  return AbortsAtInvoke(context, tensor.Describe() + " has zero point " +
                                     std::to_string(tensor.zero_point) +
                                     ", outside of " + std::to_string(low) +
                                     " to " + std::to_string(high));
}

}  // namespace tinyml::runtime
