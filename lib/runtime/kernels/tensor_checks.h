// What many kernels check of their tensors while they prepare.
#ifndef TINYML_RUNTIME_KERNELS_TENSOR_CHECKS_H_
#define TINYML_RUNTIME_KERNELS_TENSOR_CHECKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// The runtime's RuntimeShape holds no more dimensions than this and aborts on
// them. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/runtime_shape.h.
inline constexpr int kMaxShapeRank = 6;

// Refuses other counts of inputs and outputs.
Status CheckArity(const KernelContext& context, int inputs, int outputs);

// Refuses a tensor that is omitted. `role`: "input", "axis", ...
Status CheckPresent(const KernelContext& context, const RuntimeTensor* tensor,
                    std::string_view role);

// Takes all inputs, then all outputs, as temporary tensors; refuses counts that
// differ from those of the roles, and a tensor that is omitted.
template <size_t kInputs, size_t kOutputs>
Result<std::array<const RuntimeTensor*, kInputs + kOutputs>> TakeOperands(
    KernelContext& context, const std::string_view (&inputs)[kInputs],
    const std::string_view (&outputs)[kOutputs]) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, kInputs, kOutputs));
  std::array<const RuntimeTensor*, kInputs + kOutputs> tensors;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const bool is_input = i < kInputs;
    const size_t at = is_input ? i : i - kInputs;
    tensors[i] = is_input ? context.TempInput(static_cast<int>(at))
                          : context.TempOutput(static_cast<int>(at));
    TINYML_RETURN_IF_ERROR(
        CheckPresent(context, tensors[i], is_input ? inputs[at] : outputs[at]));
  }
  return tensors;
}

// Refuses a tensor whose content is not in the model.
Status CheckConstant(const KernelContext& context, const RuntimeTensor& tensor,
                     std::string_view role);

Status CheckRank(const KernelContext& context, const RuntimeTensor& tensor,
                 std::string_view role, int rank);
Status CheckMaxRank(const KernelContext& context, const RuntimeTensor& tensor,
                    std::string_view role, int rank);

bool HasType(const RuntimeTensor& tensor,
             std::initializer_list<TensorType> types);
Status CheckType(const KernelContext& context, const RuntimeTensor& tensor,
                 std::string_view role,
                 std::initializer_list<TensorType> types);
// Refuses a tensor that is neither float32 nor int8, nor int16 where the
// target's kernels take that.
Status CheckFloatOrInt8(const KernelContext& context,
                        const RuntimeTensor& tensor, std::string_view role);
bool IsInt8OrInt16(const RuntimeTensor& tensor);
// Refuses tensors of different types.
Status CheckSameType(const KernelContext& context, const RuntimeTensor& a,
                     const RuntimeTensor& b);
// Refuses an output of a type other than the input's.
Status CheckOutputType(const KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& output);

// Warns of a type that Prepare accepts and Invoke refuses.
void WarnOfType(KernelContext& context, const RuntimeTensor& tensor,
                std::string_view role, std::initializer_list<TensorType> types);

// Returns the first `count` int32 values of a constant. As in the runtime, the
// tensor's type is ignored. Refuses a shorter one, past whose end the runtime
// would read.
Result<std::vector<int32_t>> ReadInt32(const KernelContext& context,
                                       const RuntimeTensor& tensor,
                                       std::string_view role, int64_t count);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_TENSOR_CHECKS_H_
