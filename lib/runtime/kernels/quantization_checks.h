// What kernels check of quantization parameters while they prepare.
#ifndef TINYML_RUNTIME_KERNELS_QUANTIZATION_CHECKS_H_
#define TINYML_RUNTIME_KERNELS_QUANTIZATION_CHECKS_H_

#include <string_view>

#include "runtime/kernels/kernel_context.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// Refuses a type without a quantized range, and an activation bound that
// overflows in the output's scale. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/kernel_util.cc, CalculateActivationRangeQuantized.
Status CheckActivationRangeQuantized(const KernelContext& context,
                                     ActivationFunctionType activation,
                                     const RuntimeTensor& output);

// Refuses parameters of a convolution-like operator that the kernels cannot
// turn into multipliers. `channels` is the size of the filter's output axis.
// `bias` may be null. Source: as above, PopulateConvolutionQuantizationParams.
Status CheckConvolutionQuantization(KernelContext& context,
                                    const RuntimeTensor& input,
                                    const RuntimeTensor& filter,
                                    const RuntimeTensor* bias,
                                    const RuntimeTensor& output,
                                    ActivationFunctionType activation,
                                    int32_t channels);

// The factor that turns a product of input and filter into units of the output;
// refuses a bias whose scale is not that product's, and a negative product.
// `bias` may be null. Source: as above, GetQuantizedConvolutionMultipler.
Status CheckProductMultiplier(KernelContext& context,
                              const RuntimeTensor& input,
                              const RuntimeTensor& filter,
                              const RuntimeTensor* bias,
                              const RuntimeTensor& output);

// Refuses a multiplier on which QuantizeMultiplierGreaterThanOne aborts.
// Source: lite/kernels/internal/quantization_util.cc.
Status CheckMultiplierAboveOne(const KernelContext& context, double multiplier,
                               std::string_view what);

// Refuses a multiplier on which QuantizeMultiplierSmallerThanOneExp aborts: not
// between 0 and 1, or rounded to 1. `what` names it: "the output's multiplier".
// Source: as above.
Status CheckMultiplierBelowOne(const KernelContext& context, double multiplier,
                               std::string_view what);

// Refuses int8 scales that ADD_N and CUMSUM cannot rescale their sums by.
Status CheckSumScales(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& output, int left_shift = 20);

// Warns of a multiplier that QuantizeMultiplier accepts but turns into
// nonsense: NaN or infinite. The conversion to integer is then undefined, but
// no build of the runtime that was measured aborts.
void WarnMultiplier(KernelContext& context, double multiplier);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_QUANTIZATION_CHECKS_H_
