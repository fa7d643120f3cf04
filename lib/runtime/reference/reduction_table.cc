#include "runtime/abi/builtin_params.h"
#include "runtime/reference/arithmetic/reduction_kernels.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ReductionKernels() {
  using Op = BuiltinOperator;
  static const OperatorKernel kTable[] = {
      {Op::kMean, {}, &kTfLiteReducerParams, nullptr, kMean},
      {Op::kSum, {}, &kTfLiteReducerParams, nullptr, kSum},
      {Op::kReduceMax, {}, &kTfLiteReducerParams, nullptr, kReduceMinMax},
      {Op::kReduceMin, {}, &kTfLiteReducerParams, nullptr, kReduceMinMax},
      {Op::kReduceAll, {}, &kTfLiteReducerParams, nullptr, kReduceAll},
      {Op::kArgMax, {}, &kTfLiteArgMaxParams, ParseArgMax, kArgMinMax},
      {Op::kArgMin, {}, &kTfLiteArgMinParams, ParseArgMin, kArgMinMax},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
