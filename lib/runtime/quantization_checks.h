// What kernels check of quantization parameters while they prepare.
#ifndef TINYML_RUNTIME_QUANTIZATION_CHECKS_H_
#define TINYML_RUNTIME_QUANTIZATION_CHECKS_H_

#include <string_view>

#include "model/options.h"
#include "runtime/kernel_context.h"

namespace tinyml::runtime {

// Refuses a type without a quantized range, and an activation bound that
// overflows in the output's scale. Source: tflite-micro 90b983c2b3f1,
// lite/kernels/kernel_util.cc, CalculateActivationRangeQuantized.
Status CheckActivationRangeQuantized(const KernelContext& context,
                                     ActivationFunctionType activation,
                                     const RuntimeTensor& output);

// Refuses parameters of a convolution-like operator that the kernels cannot
// turn into multipliers. `channels` is the size of the filter's output axis.
// Source: as above, PopulateConvolutionQuantizationParams.
Status CheckConvolutionQuantization(const KernelContext& context,
                                    const RuntimeTensor& input,
                                    const RuntimeTensor& filter,
                                    const RuntimeTensor& output,
                                    ActivationFunctionType activation,
                                    int32_t channels);

// Refuses a multiplier that QuantizeMultiplier aborts on (not a number,
// infinite). Source: lite/kernels/internal/quantization_util.cc.
Status CheckMultiplier(const KernelContext& context, double multiplier);

// Refuses a multiplier on which QuantizeMultiplierSmallerThanOneExp aborts: not
// between 0 and 1, or rounded to 1. `what` names it: "the output's multiplier".
// Source: as above.
Status CheckMultiplierBelowOne(const KernelContext& context, double multiplier,
                               std::string_view what);

// Warns of a multiplier that QuantizeMultiplier takes but turns into nonsense:
// not a number or infinite. The conversion to integer is undefined then, but no
// build of the runtime that was measured aborts.
void WarnMultiplier(KernelContext& context, double multiplier);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_QUANTIZATION_CHECKS_H_
