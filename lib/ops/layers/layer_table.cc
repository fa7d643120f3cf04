#include "ops/kernel_tables.h"
#include "ops/layers/layers.h"

namespace tinyml::ops {

std::span<const KernelEntry> LayerKernels() {
  static constexpr KernelEntry kKernels[] = {
      {BuiltinOperator::kConv2D, "", PrepareConv2D},
      {BuiltinOperator::kDepthwiseConv2D, "", PrepareDepthwiseConv2D},
      {BuiltinOperator::kFullyConnected, "", PrepareFullyConnected},
      {BuiltinOperator::kTransposeConv, "", PrepareTransposeConv},
      {BuiltinOperator::kAveragePool2D, "", PrepareAveragePool2D},
      {BuiltinOperator::kMaxPool2D, "", PrepareMaxPool2D},
      {BuiltinOperator::kL2Pool2D, "", PrepareL2Pool2D},
  };
  return kKernels;
}

}  // namespace tinyml::ops
