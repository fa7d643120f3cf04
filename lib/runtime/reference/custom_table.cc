#include "runtime/reference/custom.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> CustomKernels() {
  constexpr auto kCustom = BuiltinOperator::kCustom;
  static const OperatorKernel kTable[] = {
      {kCustom, "CIRCULAR_BUFFER", nullptr, nullptr, kCircularBuffer},
      {kCustom, "TFLM_DECODE", nullptr, nullptr, kDecode},
      {kCustom, "TFLite_Detection_PostProcess", nullptr, nullptr,
       kDetectionPostprocess},
      {kCustom, "ethos-u", nullptr, CheckEthosULinked, kEthosU},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
