// The size of an FFT's state, which tests compare with kissfft's.
#ifndef TINYML_RUNTIME_REFERENCE_SIGNAL_FFT_H_
#define TINYML_RUNTIME_REFERENCE_SIGNAL_FFT_H_

#include <cstdint>

#include "runtime/abi/abi.h"

namespace tinyml::runtime {

// Bytes that kiss_fftr_alloc asks for, for a real FFT of `length` samples of
// `scalar_bytes`; 0 if `length` is odd. Requires length >= 0.
int64_t KissFftStateBytes(int32_t length, int scalar_bytes, const Abi& abi);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SIGNAL_FFT_H_
