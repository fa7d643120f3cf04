#include "ops/kernel_tables.h"
#include "ops/sequence/sequence.h"

namespace tinyml::ops {

std::span<const KernelEntry> SequenceKernels() {
  constexpr auto kCustom = BuiltinOperator::kCustom;
  static constexpr KernelEntry kKernels[] = {
      {BuiltinOperator::kBatchMatmul, "", PrepareBatchMatMul},
      {BuiltinOperator::kEmbeddingLookup, "", PrepareEmbeddingLookup},
      {BuiltinOperator::kL2Normalization, "", PrepareL2Normalization},
      {BuiltinOperator::kLogSoftmax, "", PrepareLogSoftmax},
      {BuiltinOperator::kSoftmax, "", PrepareSoftmax},
      {BuiltinOperator::kSvdf, "", PrepareSvdf},
      {BuiltinOperator::kUnidirectionalSequenceLstm, "", PrepareLstm},
      {kCustom, "TFLM_DECODE", PrepareDecode},
      {kCustom, "TFLite_Detection_PostProcess", PrepareDetectionPostprocess},
      {kCustom, "ethos-u", PrepareEthosU},
  };
  return kKernels;
}

}  // namespace tinyml::ops
