// The kernels that CMSIS-NN builds put in the place of the reference ones.
#ifndef TINYML_RUNTIME_CMSIS_NN_KERNELS_H_
#define TINYML_RUNTIME_CMSIS_NN_KERNELS_H_

#include "runtime/kernels/kernel.h"
#include "runtime/targets/changes.h"

namespace tinyml::runtime::cmsis_nn {

extern const Kernel kAdd;
extern const Kernel kAveragePool2D;
extern const Kernel kBatchMatmul;
extern const Kernel kConv2D;
extern const Kernel kDepthwiseConv2D;
extern const Kernel kFullyConnected;
extern const Kernel kMaxPool2D;
extern const Kernel kMaximum;
extern const Kernel kMinimum;
extern const Kernel kMul;
extern const Kernel kPad;
extern const Kernel kPadV2;
extern const Kernel kSoftmax;
extern const Kernel kSvdf;
extern const Kernel kTranspose;
extern const Kernel kTransposeConv;
extern const Kernel kUnidirectionalSequenceLstm;

// Returns the overlay of `code` in a revision with `changes`, or null if
// CMSIS-NN has none and the reference kernel stays.
const Kernel* FindKernel(BuiltinOperator code, const ChangeSet& changes);

}  // namespace tinyml::runtime::cmsis_nn

#endif  // TINYML_RUNTIME_CMSIS_NN_KERNELS_H_
