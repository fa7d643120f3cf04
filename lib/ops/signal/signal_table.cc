#include "ops/kernel_tables.h"
#include "ops/signal/signal.h"

namespace tinyml::ops {

std::span<const KernelEntry> SignalKernels() {
  constexpr auto kCustom = BuiltinOperator::kCustom;
  static constexpr KernelEntry kKernels[] = {
      {kCustom, "SignalDelay", PrepareSignalDelay},
      {kCustom, "SignalEnergy", PrepareSignalEnergy},
      {kCustom, "SignalFftAutoScale", PrepareSignalFftAutoScale},
      {kCustom, "SignalFilterBank", PrepareSignalFilterBank},
      {kCustom, "SignalFilterBankLog", PrepareSignalFilterBankLog},
      {kCustom, "SignalFilterBankSpectralSubtraction",
       PrepareSignalFilterBankSpectralSubtraction},
      {kCustom, "SignalFilterBankSquareRoot",
       PrepareSignalFilterBankSquareRoot},
      {kCustom, "SignalFramer", PrepareSignalFramer},
      {kCustom, "SignalIrfft", PrepareSignalIrfft},
      {kCustom, "SignalOverlapAdd", PrepareSignalOverlapAdd},
      {kCustom, "SignalPCAN", PrepareSignalPcan},
      {kCustom, "SignalRfft", PrepareSignalRfft},
      {kCustom, "SignalStacker", PrepareSignalStacker},
      {kCustom, "SignalWindow", PrepareSignalWindow},
  };
  return kKernels;
}

}  // namespace tinyml::ops
