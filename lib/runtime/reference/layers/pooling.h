// AVERAGE_POOL_2D and MAX_POOL_2D: what the overlays share with the reference
// kernels.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_POOLING_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_POOLING_H_

#include "runtime/abi/abi.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// micro/kernels/pooling.h, OpDataPooling.
inline constexpr Field kOpDataPoolingFields[] = {Struct(kTfLitePaddingValues),
                                                 Int32(2), Float(2)};
inline constexpr StructDef kOpDataPooling = {"OpDataPooling",
                                             kOpDataPoolingFields};

// Takes temporary tensors and checks as tflite-micro 90b983c2b3f1,
// micro/kernels/pooling_common.cc, PoolingPrepare does.
Status CheckPooling(KernelContext& context);

// What the kernels assert when they run. Source:
// lite/kernels/internal/reference/pooling.h and integer_ops/pooling.h.
Status CheckPoolingInvoke(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_POOLING_H_
