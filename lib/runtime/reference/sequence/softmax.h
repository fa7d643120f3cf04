// SOFTMAX: what the overlays and LOG_SOFTMAX share with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_SEQUENCE_SOFTMAX_H_
#define TINYML_RUNTIME_REFERENCE_SEQUENCE_SOFTMAX_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/operators.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// lite/kernels/internal/types.h, SoftmaxParams.
inline constexpr Field kSoftmaxParamsFields[] = {Double(), Int32(6), Float(),
                                                 Pointer(5)};
inline constexpr StructDef kSoftmaxParams = {"SoftmaxParams",
                                             kSoftmaxParamsFields};

// Checks, and requests the tables of int16, as tflite-micro 90b983c2b3f1,
// micro/kernels/softmax_common.cc, SoftmaxPrepare does, without what Invoke
// asserts.
Status CheckSoftmax(KernelContext& context);

// Refuses an int8 output without the scale and zero point that the quantization
// rule of `code` prescribes.
Status CheckFixedResult(const KernelContext& context, BuiltinOperator code,
                        const RuntimeTensor& output);

// The real multiplier that PreprocessSoftmaxScaling computes from beta x input
// scale, for 5 integer bits. Source: lite/kernels/internal/
// quantization_util.cc.
double SoftmaxInputMultiplier(double beta, double input_scale);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SEQUENCE_SOFTMAX_H_
