// Kernels of the signal library.
#ifndef TINYML_OPS_SIGNAL_SIGNAL_H_
#define TINYML_OPS_SIGNAL_SIGNAL_H_

#include "ops/kernel.h"

namespace tinyml::ops {

// fft_kernels.cc
Result<Invocation> PrepareSignalRfft(OpContext& op);
Result<Invocation> PrepareSignalIrfft(OpContext& op);

// streaming.cc
Result<Invocation> PrepareSignalDelay(OpContext& op);
Result<Invocation> PrepareSignalFramer(OpContext& op);
Result<Invocation> PrepareSignalStacker(OpContext& op);

// overlap_add.cc
Result<Invocation> PrepareSignalOverlapAdd(OpContext& op);

// spectrum.cc
Result<Invocation> PrepareSignalWindow(OpContext& op);
Result<Invocation> PrepareSignalFftAutoScale(OpContext& op);
Result<Invocation> PrepareSignalEnergy(OpContext& op);

// filter_bank.cc
Result<Invocation> PrepareSignalFilterBank(OpContext& op);
Result<Invocation> PrepareSignalFilterBankSquareRoot(OpContext& op);
Result<Invocation> PrepareSignalFilterBankLog(OpContext& op);
Result<Invocation> PrepareSignalFilterBankSpectralSubtraction(OpContext& op);

// pcan.cc
Result<Invocation> PrepareSignalPcan(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SIGNAL_SIGNAL_H_
