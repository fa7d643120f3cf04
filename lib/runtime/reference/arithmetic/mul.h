// MUL in the reference kernels; the overlays prepare alike. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/mul.h and mul_common.cc.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_MUL_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_MUL_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {

// micro/kernels/mul.h, OpDataMul.
inline constexpr Field kOpDataMulFields[] = {Int32(7), Float(2)};
inline constexpr StructDef kOpDataMul = {"OpDataMul", kOpDataMulFields};

Status MulInit(KernelContext& context);
Status MulPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_MUL_H_
