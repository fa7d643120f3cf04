#include "runtime/reference/signal/signal.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {
namespace {

OperatorKernel Custom(std::string_view name, const Kernel& kernel) {
  return {BuiltinOperator::kCustom, name, nullptr, nullptr, kernel};
}

}  // namespace

std::span<const OperatorKernel> SignalKernels() {
  static const OperatorKernel kTable[] = {
      Custom("SignalDelay", kSignalDelay),
      Custom("SignalEnergy", kSignalEnergy),
      Custom("SignalFftAutoScale", kSignalFftAutoScale),
      Custom("SignalFilterBank", kSignalFilterBank),
      Custom("SignalFilterBankLog", kSignalFilterBankLog),
      Custom("SignalFilterBankSpectralSubtraction",
             kSignalFilterBankSpectralSubtraction),
      Custom("SignalFilterBankSquareRoot", kSignalFilterBankSquareRoot),
      Custom("SignalFramer", kSignalFramer),
      Custom("SignalIrfft", kSignalIrfft),
      Custom("SignalOverlapAdd", kSignalOverlapAdd),
      Custom("SignalPCAN", kSignalPcan),
      Custom("SignalRfft", kSignalRfft),
      Custom("SignalStacker", kSignalStacker),
      Custom("SignalWindow", kSignalWindow),
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
