// What the kernels of layers assert about shapes when they run.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_CHECKS_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_CHECKS_H_

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel_context.h"

namespace tinyml::runtime {

// The tensors have 4 dimensions.
Status AssertRank4(KernelContext& context, TensorList tensors);

// Dimension `i` of `a` equals dimension `j` of `b`. Source: tflite-micro
// 90b983c2b3f1, lite/kernels/internal/types.h, MatchingDim.
Status AssertSameDim(KernelContext& context, const RuntimeTensor& a, int i,
                     const RuntimeTensor& b, int j);

// The dimensions of `a` are the first ones of `b`, and `a` has at least one.
// Source: as above, MatchingFlatSizeSkipDim with MatchingDim.
bool HasLeadingShape(const RuntimeTensor& a, const RuntimeTensor& b);
Status AssertLeadingShape(KernelContext& context, const RuntimeTensor& a,
                          const RuntimeTensor& b);

// A bias, if there is one, has `channels` elements.
Status AssertBiasSize(KernelContext& context, const RuntimeTensor* bias,
                      int32_t channels);

// Sums in int64 are below 2^47 and rescaled by non-negative factors below 2^7.
// Looks at a constant bias, which the kernel reads as int64 whatever its type.
// `bias` may be null. Source: as above, common.cc,
// MultiplyByQuantizedMultiplier.
Status AssertInt64Sums(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& filter, const RuntimeTensor* bias,
                       const RuntimeTensor& output);

}  // namespace tinyml::runtime

// As TINYML_ENSURE, for what the kernel asserts at Invoke.
#define TINYML_ENSURE_AT_INVOKE(context, condition, reason)    \
  do {                                                         \
    if (!(condition)) {                                        \
      TINYML_RETURN_IF_ERROR(AbortsAtInvoke(context, reason)); \
    }                                                          \
  } while (false)

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_LAYER_CHECKS_H_
