// Kernels of the signal library, all registered by custom name. Source:
// tflite-micro 90b983c2b3f1, signal/micro/kernels/ and signal/src/.
#ifndef TINYML_RUNTIME_REFERENCE_SIGNAL_SIGNAL_H_
#define TINYML_RUNTIME_REFERENCE_SIGNAL_SIGNAL_H_

#include <cstdint>

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::reference {

// signal_streaming.cc: they keep samples between invocations.
extern const Kernel kSignalDelay;
extern const Kernel kSignalFramer;
extern const Kernel kSignalOverlapAdd;
extern const Kernel kSignalStacker;

// signal_fft.cc
extern const Kernel kSignalIrfft;
extern const Kernel kSignalRfft;

// signal_spectrum.cc
extern const Kernel kSignalEnergy;
extern const Kernel kSignalFftAutoScale;
extern const Kernel kSignalFilterBank;
extern const Kernel kSignalFilterBankLog;
extern const Kernel kSignalFilterBankSpectralSubtraction;
extern const Kernel kSignalFilterBankSquareRoot;
extern const Kernel kSignalPcan;
extern const Kernel kSignalWindow;

// Bytes that kiss_fftr_alloc asks for a real FFT of `length` samples of
// `scalar_bytes`; 0 if `length` is odd. Requires length >= 0.
int64_t KissFftStateBytes(int32_t length, int scalar_bytes, const Abi& abi);

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_SIGNAL_SIGNAL_H_
