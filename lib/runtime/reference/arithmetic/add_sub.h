// ADD in the reference kernels, and what the overlays share with it. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/add.h and add_common.cc.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"

namespace tinyml::runtime {

// micro/kernels/add.h, OpDataAdd; cmsis_nn/add.cc has an equal OpData.
inline constexpr Field kOpDataAddFields[] = {
    Bool(), Int32(2), Int32(2), Int32(3), Int32(2), Int32(3), Float(2)};
inline constexpr StructDef kOpDataAdd = {"OpDataAdd", kOpDataAddFields};

Status AddInit(KernelContext& context);
// CalculateOpDataAdd: refuses what it refuses or aborts on.
Status CalculateOpDataAdd(const KernelContext& context,
                          const BinaryOperands& operands);
// As the end of Prepare: int32 inputs must not be quantized.
Status CheckUnquantizedInt32Add(const KernelContext& context,
                                const BinaryOperands& operands);
// What the kernel asserts when it runs (AddEval; CMSIS-NN's EvalAdd).
Status CheckAddEval(KernelContext& context, const BinaryOperands& operands);
Status AddPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_
