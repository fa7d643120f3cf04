#include "runtime/cmsis_nn/kernels.h"

namespace tinyml::runtime::cmsis_nn {

namespace {

bool IsThere(BuiltinOperator code, const ChangeSet& changes) {
  switch (code) {
    case BuiltinOperator::kBatchMatmul:
      return changes.Has(Change::kCmsisBatchMatMul);
    case BuiltinOperator::kMaximum:
    case BuiltinOperator::kMinimum:
      return changes.Has(Change::kCmsisMaximumMinimum);
    case BuiltinOperator::kPad:
    case BuiltinOperator::kPadv2:
    case BuiltinOperator::kTranspose:
      return changes.Has(Change::kCmsisPadTranspose);
    default:
      return true;
  }
}

}  // namespace

const Kernel* FindKernel(BuiltinOperator code, const ChangeSet& changes) {
  if (!IsThere(code, changes)) return nullptr;
  switch (code) {
    case BuiltinOperator::kAdd:
      return &kAdd;
    case BuiltinOperator::kAveragePool2D:
      return &kAveragePool2D;
    case BuiltinOperator::kBatchMatmul:
      return &kBatchMatmul;
    case BuiltinOperator::kConv2D:
      return &kConv2D;
    case BuiltinOperator::kDepthwiseConv2D:
      return &kDepthwiseConv2D;
    case BuiltinOperator::kFullyConnected:
      return &kFullyConnected;
    case BuiltinOperator::kMaxPool2D:
      return &kMaxPool2D;
    case BuiltinOperator::kMaximum:
      return &kMaximum;
    case BuiltinOperator::kMinimum:
      return &kMinimum;
    case BuiltinOperator::kMul:
      return &kMul;
    case BuiltinOperator::kPad:
      return &kPad;
    case BuiltinOperator::kPadv2:
      return &kPadV2;
    case BuiltinOperator::kSoftmax:
      return &kSoftmax;
    case BuiltinOperator::kSvdf:
      return &kSvdf;
    case BuiltinOperator::kTranspose:
      return &kTranspose;
    case BuiltinOperator::kTransposeConv:
      return &kTransposeConv;
    case BuiltinOperator::kUnidirectionalSequenceLstm:
      return &kUnidirectionalSequenceLstm;
    default:
      return nullptr;
  }
}

}  // namespace tinyml::runtime::cmsis_nn
