// UNIDIRECTIONAL_SEQUENCE_LSTM without Change::kLstmByGates: the kernel with
// peephole connections, a projection, layer normalization and coupled gates.
#ifndef TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_FULL_H_
#define TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_FULL_H_

#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Source: tflite-micro 0c425da36, micro/kernels/
// unidirectional_sequence_lstm.cc, Init and Prepare; a3e7bdad0 for what went
// before Change::kLstmWithoutHybrid.
Status InitFullLstm(KernelContext& context);
Status PrepareFullLstm(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SEQUENCE_LSTM_FULL_H_
