// What changed upstream between the known revisions: only the names.
// runtime/targets/changes.h says what each is.
#ifndef TINYML_MODEL_UPSTREAM_CHANGE_H_
#define TINYML_MODEL_UPSTREAM_CHANGE_H_

#include <cstddef>
#include <cstdint>

namespace tinyml {

enum class Change : uint8_t {
  // tflite-micro, reference kernels and interpreter.
  kBoolCast,
  kBFloat16Tensors,
  kIfWithoutOutputs,
  kRfftScratch,
  kTransposeConvInt16WithoutBias,
  kExpandDimsInt16,
  kFullyConnectedPerChannelRefused,
  kMaximumMinimumInt16,
  kUInt16Tensors,
  kRelu6Int16,
  kFullyConnectedPerChannel,
  kQuantizationTypeIsInt,
  kConcatenationWithoutScales,
  kDepthwiseConvWithoutBias,
  kInt16Movement,
  kReluInt16,
  kPoolingSameQuantization,
  kSubInt32,
  kReverseV2,
  kReduceMin,
  kConstantTensorChecks,
  kPackInt16,
  kNoDynamicTensors,
  kPreluInt16,
  kCastChecksTypes,
  kDynamicUpdateSlice,
  kDecode,
  kReduceAll,
  kReduceScratch,
  kTransposeConvActivation,
  // tflite-micro, the kernels that call CMSIS-NN.
  kCmsisGroupedConv,
  kCmsisFilterOffset,
  kCmsisTransposeConvForSize,
  kCmsisLstmGates,
  kCmsisTypeChecks,
  kCmsisBatchMatMul,
  kCmsisOptimizeForSize,
  kCmsisTransposeConvBuffers,
  kCmsisMaximumMinimum,
  kCmsisPadTranspose,
  kCmsisConstantTensorChecks,
  kCmsisDepthwiseBatches,
  kCmsisRanks,
  // esp-tflite-micro, the kernels that call ESP-NN.
  kEspConvNodeData,
  // CMSIS-NN.
  kConvS8MveLanes,
  kConv1xNMveBuffer,
  kConvS16Buffer,
  kDepthwiseS4Mve,
  kDepthwiseOneChannelMve,
  kTransposeConvReversed,
  kConvDispatchByChannels,
  kTransposeConvPartialRows,
  // ESP-NN.
  kEspDepthwiseS16Margin,
  kEspConvIm2colS3,
  kEspDepthwiseTilesS3,
  kEspConvMarginS3,
  kEspConvPathsP4,
  kEspConvEndPaddingS3,
  kEspConvLastRowP4,
  kEspFullyConnectedAlignmentS3,
  // Patches that distributions have on top of an upstream revision. The first
  // one stays first (kUpstreamChangeCount).
  kAmbiqLogisticTable,
  kAmbiqInt16Kernels,
  kAmbiqPreluInt16Alpha,
  kAmbiqHardSwishInt16,
  kAmbiqWeightSums,
  kAmbiqTransposeConvWidth,
  kAmbiqPerChannelInt16Sums,
  kAmbiqSub,
  kInfineonAllocators,
  kInfineonParameterAlignment,
  kInfineonKernelData,
  kCount,
};

// Those before this one are upstream's, those after it patches of vendors.
inline constexpr size_t kUpstreamChangeCount =
    static_cast<size_t>(Change::kAmbiqLogisticTable);
inline constexpr size_t kChangeCount = static_cast<size_t>(Change::kCount);

}  // namespace tinyml

#endif  // TINYML_MODEL_UPSTREAM_CHANGE_H_
