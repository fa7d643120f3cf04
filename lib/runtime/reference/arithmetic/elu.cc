// ELU. Source: tflite-micro 90b983c2b3f1, micro/kernels/elu.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Int8(256)};
inline constexpr StructDef kOpData = {"OpData (ELU)", kOpDataFields};

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, operands.input, operands.output));
  return CheckUnaryEval(context, operands,
                        {TensorType::kFloat32, TensorType::kInt8});
}

}  // namespace

const OperatorKernel reference::kElu = {.init = InitWith<kOpData>,
                                        .prepare = Prepare};

}  // namespace tinyml::runtime
