#include "runtime/builtin_params.h"
#include "runtime/reference/conv.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> NeuralKernels() {
  static constexpr OperatorKernel kTable[] = {
      {BuiltinOperator::kConv2D,
       {},
       &kTfLiteConvParams,
       nullptr,
       {ConvInit, ConvPrepare}},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
