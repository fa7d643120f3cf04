// What kernels assert only when they run, and cannot survive.
//
// AllocateTensors() succeeds on such models, and the first Invoke aborts. They
// are refused all the same: a size for them would help nobody. Where it is not
// certain that the operator runs, and for ESP-NN builds, whose figures stand
// for AllocateTensors() alone, it is a warning.
#ifndef TINYML_RUNTIME_INVOKE_CHECKS_H_
#define TINYML_RUNTIME_INVOKE_CHECKS_H_

#include <string_view>

#include "base/macros.h"
#include "runtime/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// The kernel aborts or crashes in Invoke, because of `reason` (a clause).
// Usage: `return AbortsAtInvoke(context, "...")`.
[[nodiscard]] Status AbortsAtInvoke(KernelContext& context,
                                    std::string_view reason);

// The kernel asserts that `tensor` has `rank` dimensions.
Status InvokeNeedsRank(KernelContext& context, const RuntimeTensor& tensor,
                       int rank);

// The kernel asserts that dimension `i` of `a` equals dimension `j` of `b`.
// Source of these and the next: tflite-micro 90b983c2b3f1,
// lite/kernels/internal/types.h, MatchingDim and MatchingFlatSizeSkipDim.
Status InvokeNeedsSameDim(KernelContext& context, const RuntimeTensor& a, int i,
                          const RuntimeTensor& b, int j);

// The kernel asserts that the dimensions of `a` are the first ones of `b`, and
// that there are 1 to 6 of them (the runtime's shapes hold 6).
bool HasLeadingShape(const RuntimeTensor& a, const RuntimeTensor& b);
Status InvokeNeedsSameShape(KernelContext& context, const RuntimeTensor& a,
                            const RuntimeTensor& b);

// The kernel asserts that a bias, if there is one, has `channels` elements.
Status InvokeNeedsBiasSize(KernelContext& context, const RuntimeTensor* bias,
                           int32_t channels);

}  // namespace tinyml::runtime

// As TINYML_ENSURE, for what the kernel asserts in Invoke.
#define TINYML_ENSURE_AT_INVOKE(context, condition, reason)    \
  do {                                                         \
    if (!(condition)) {                                        \
      TINYML_RETURN_IF_ERROR(                                  \
          ::tinyml::runtime::AbortsAtInvoke(context, reason)); \
    }                                                          \
  } while (false)

#endif  // TINYML_RUNTIME_INVOKE_CHECKS_H_
