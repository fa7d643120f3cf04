#include "runtime/reference/signal/operands.h"

#include <string>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
Status TakeTensors(KernelContext& context,
                   std::initializer_list<Expected> inputs,
                   std::initializer_list<Expected> outputs) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, static_cast<int>(inputs.size()),
                                    static_cast<int>(outputs.size())));
  const auto check = [&](const RuntimeTensor* tensor,
                         const Expected& expected) -> Status {
    TINYML_RETURN_IF_ERROR(CheckPresent(context, tensor, expected.role));
    TINYML_RETURN_IF_ERROR(
        CheckRank(context, *tensor, expected.role, expected.rank));
    return CheckType(context, *tensor, expected.role, {expected.type});
  };
  int i = 0;
  for (const Expected& expected : inputs) {
    TINYML_RETURN_IF_ERROR(check(context.TempInput(i++), expected));
  }
  i = 0;
  for (const Expected& expected : outputs) {
    TINYML_RETURN_IF_ERROR(check(context.TempOutput(i++), expected));
  }
  return {};
}

Status CheckRows(const KernelContext& context, int64_t rows) {
  constexpr int64_t kMaxRows = int64_t{1} << 20;
  TINYML_ENSURE(context, rows <= kMaxRows,
                "it would need " + std::to_string(rows) + " state buffers");
  return {};
}

Result<int32_t> InnermostDim(const KernelContext& context,
                             const RuntimeTensor& input) {
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, input, "input", kMaxShapeRank));
  TINYML_ENSURE(
      context, input.Rank() > 0 && input.Dim(input.Rank() - 1) > 0,
      "input " + input.Describe() + " has no samples in its last dimension");
  return input.Dim(input.Rank() - 1);
}

}  // namespace tinyml::runtime
