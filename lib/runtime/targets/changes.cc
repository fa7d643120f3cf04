#include "runtime/targets/changes.h"

#include <array>

namespace tinyml::runtime {
namespace {

// Commits that only moved code are not named here; where several commits made
// one change, it is the last.
constexpr std::array<ChangeInfo, kChangeCount> kChanges = {{
    {Change::kBoolCast, "tflm", "bool-cast", "324ae1eaba98", "2024-01-22",
     "CAST takes bool"},
    {Change::kBFloat16Tensors, "tflm", "bfloat16-tensors", "98de88594ab5",
     "2024-03-18", "a bfloat16 tensor has a size and so is accepted"},
    {Change::kIfWithoutOutputs, "tflm", "if-without-outputs", "15092dfdba40",
     "2024-03-21", "IF may have no outputs"},
    {Change::kRfftScratch, "tflm", "rfft-scratch", "f99fcf84ed05", "2024-04-12",
     "SignalRfft works in scratch memory, not in persistent memory"},
    {Change::kTransposeConvInt16WithoutBias, "tflm",
     "transpose-conv-int16-without-bias", "5e4e51bbe3a0", "2024-05-09",
     "an int16 TRANSPOSE_CONV may have no bias"},
    {Change::kExpandDimsInt16, "tflm", "expand-dims-int16", "be11bd79e4a8",
     "2024-05-24", "EXPAND_DIMS takes int16"},
    {Change::kFullyConnectedPerChannelRefused, "tflm",
     "fully-connected-per-channel-refused", "71fba59b5beb", "2024-05-29",
     "FULLY_CONNECTED refuses per-channel weights, until it takes them"},
    {Change::kMaximumMinimumInt16, "tflm", "maximum-minimum-int16",
     "19aaea85e467", "2024-09-09", "MAXIMUM and MINIMUM take int16"},
    {Change::kUInt16Tensors, "tflm", "uint16-tensors", "ce26927e22d9",
     "2024-09-23", "a uint16 tensor has a size and so is accepted"},
    {Change::kRelu6Int16, "tflm", "relu6-int16", "ef2179ce0a73", "2024-09-26",
     "RELU6 takes int16 and keeps its bounds as int32"},
    {Change::kFullyConnectedPerChannel, "tflm", "fully-connected-per-channel",
     "47b54507432b", "2024-09-27",
     "FULLY_CONNECTED and the gates of the LSTM take per-channel weights; its "
     "data has three more members"},
    {Change::kQuantizationTypeIsInt, "tflm", "quantization-type-is-int",
     "39ba5a848ddb", "2024-12-11",
     "TfLiteQuantizationType is an int even where enums are short"},
    {Change::kConcatenationWithoutScales, "tflm",
     "concatenation-without-scales", "50e7e5dbd848", "2024-12-16",
     "CONCATENATION keeps no scales and zero points; it refuses int8 inputs "
     "that need rescaling, zero points of int16, and inputs of mixed types"},
    {Change::kDepthwiseConvWithoutBias, "tflm", "depthwise-conv-without-bias",
     "b1d8a0802a9d", "2024-12-16", "DEPTHWISE_CONV_2D may have no bias"},
    {Change::kInt16Movement, "tflm", "int16-movement", "39209b412a0e",
     "2025-03-17", "TRANSPOSE, UNPACK and GREATER take int16"},
    {Change::kReluInt16, "tflm", "relu-int16", "b78bb7e31f43", "2025-03-21",
     "RELU takes int16 and refuses zero points there"},
    {Change::kPoolingSameQuantization, "tflm", "pooling-same-quantization",
     "12cd995e7203", "2025-04-04",
     "pooling refuses input and output of different scale or zero point"},
    {Change::kSubInt32, "tflm", "sub-int32", "686df2db9f9c", "2025-06-04",
     "SUB takes int32 and refuses it quantized"},
    {Change::kReverseV2, "tflm", "reverse-v2", "41a9c8a6c3f0", "2025-07-10",
     "REVERSE_V2 exists"},
    {Change::kReduceMin, "tflm", "reduce-min", "3d4cdc19fb31", "2025-08-05",
     "REDUCE_MIN exists"},
    {Change::kConstantTensorChecks, "tflm", "constant-tensor-checks",
     "2b3f8d0f018b", "2025-08-08",
     "BROADCAST_TO, EXPAND_DIMS, FILL, STRIDED_SLICE and TRANSPOSE refuse "
     "shapes, axes and bounds that are not constant"},
    {Change::kPackInt16, "tflm", "pack-int16", "7a7a3de09239", "2025-08-20",
     "PACK takes int16"},
    {Change::kNoDynamicTensors, "tflm", "no-dynamic-tensors", "3b209129cc4c",
     "2025-08-25", "outputs with a dimension of 0 or below are refused"},
    {Change::kPreluInt16, "tflm", "prelu-int16", "aa6e6251772f", "2025-09-09",
     "PRELU takes int16, with an int8 alpha"},
    {Change::kCastChecksTypes, "tflm", "cast-checks-types", "b8c7ecc197ea",
     "2025-11-10", "CAST returns an error for types that it does not know"},
    {Change::kDynamicUpdateSlice, "tflm", "dynamic-update-slice",
     "62cbc8e3eb3d", "2025-11-10", "DYNAMIC_UPDATE_SLICE exists"},
    {Change::kDecode, "tflm", "decode", "6c1c1a89fc87", "2025-11-19",
     "TFLM_DECODE exists"},
    {Change::kReduceAll, "tflm", "reduce-all", "ef382bdaae03", "2026-01-08",
     "REDUCE_ALL exists"},
    {Change::kReduceScratch, "tflm", "reduce-scratch", "0efdd51a3ab2",
     "2026-01-16",
     "MEAN and SUM keep their index and axes in two more scratch buffers"},
    {Change::kTransposeConvActivation, "tflm", "transpose-conv-activation",
     "5b93e5b3fe7e", "2026-02-10",
     "TRANSPOSE_CONV applies its fused activation"},
    {Change::kCmsisGroupedConv, "tflm", "cmsis-grouped-conv", "0ec823ed2f46",
     "2024-02-09",
     "CONV_2D on CMSIS-NN takes groups and checks all shapes while it "
     "prepares"},
    {Change::kCmsisFilterOffset, "tflm", "cmsis-filter-offset", "f5e498b68bdd",
     "2024-02-23",
     "FULLY_CONNECTED on CMSIS-NN takes weights that are not constant"},
    {Change::kCmsisTransposeConvForSize, "tflm",
     "cmsis-transpose-conv-for-size", "8085cecefcc2", "2024-02-23",
     "TRANSPOSE_CONV on CMSIS-NN is the reference kernel with "
     "KERNELS_OPTIMIZED_FOR_SIZE, until its buffers change"},
    {Change::kCmsisLstmGates, "tflm", "cmsis-lstm-gates", "9741578dfae9",
     "2024-04-23",
     "the LSTM on CMSIS-NN has other data, three scratch buffers and an int16 "
     "kernel"},
    {Change::kCmsisTypeChecks, "tflm", "cmsis-type-checks", "5c2ac76b80aa",
     "2024-07-22",
     "ADD, DEPTHWISE_CONV_2D, FULLY_CONNECTED, SOFTMAX and others on CMSIS-NN "
     "refuse wrong types, such as hybrid models, while they prepare"},
    {Change::kCmsisBatchMatMul, "tflm", "cmsis-batch-matmul", "89f99a9e7bc0",
     "2024-09-09", "BATCH_MATMUL runs on CMSIS-NN"},
    {Change::kCmsisOptimizeForSize, "tflm", "cmsis-optimize-for-size",
     "5a46ab0e10d3", "2024-11-01",
     "KERNELS_OPTIMIZED_FOR_SIZE moves the sums of FULLY_CONNECTED and SVDF "
     "into scratch memory"},
    {Change::kCmsisTransposeConvBuffers, "tflm", "cmsis-transpose-conv-buffers",
     "182c8c7703f8", "2024-11-12",
     "TRANSPOSE_CONV on CMSIS-NN asks for a buffer of the reversed filter, not "
     "of the output"},
    {Change::kCmsisMaximumMinimum, "tflm", "cmsis-maximum-minimum",
     "740cef3881cd", "2025-02-05", "MAXIMUM and MINIMUM run on CMSIS-NN"},
    {Change::kCmsisPadTranspose, "tflm", "cmsis-pad-transpose", "392b78f2f395",
     "2025-03-20", "PAD, PADV2 and TRANSPOSE run on CMSIS-NN"},
    {Change::kCmsisConstantTensorChecks, "tflm", "cmsis-constant-tensor-checks",
     "11a8f50d963f", "2025-10-17",
     "LSTM and SVDF on CMSIS-NN refuse weights that are not constant; "
     "FULLY_CONNECTED looks at the bias too"},
    {Change::kCmsisDepthwiseBatches, "tflm", "cmsis-depthwise-batches",
     "cc99d0597f6a", "2026-05-27",
     "an int8 DEPTHWISE_CONV_2D on CMSIS-NN takes more than one image"},
    {Change::kCmsisRanks, "tflm", "cmsis-ranks", "2ba41b0f3e6c", "2026-05-27",
     "PAD, MAXIMUM and MINIMUM on CMSIS-NN take other ranks than 4"},
    {Change::kEspConvNodeData, "esp-tflite-micro", "conv-node-data",
     "a91b8077e3f1", "2025-02-17",
     "CONV_2D on ESP-NN allocates all of its data"},
    {Change::kConvS8MveLanes, "cmsis-nn", "conv-s8-mve-lanes", "f0957f8ebcc4",
     "2024-03-07",
     "int8 convolutions with Helium pad their columns to 16 bytes, not to 8"},
    {Change::kConv1xNMveBuffer, "cmsis-nn", "conv-1xn-mve-buffer",
     "2ef559d3d956", "2024-03-28",
     "int8 convolutions along one row with Helium have a buffer"},
    {Change::kConvS16Buffer, "cmsis-nn", "conv-s16-buffer", "1af62f87d296",
     "2024-04-02", "int16 convolutions always have a buffer"},
    {Change::kDepthwiseS4Mve, "cmsis-nn", "depthwise-s4-mve", "429fb5c02acf",
     "2024-04-30", "int4 depthwise convolutions run with Helium"},
    {Change::kDepthwiseOneChannelMve, "cmsis-nn", "depthwise-one-channel-mve",
     "e8db23a671cf", "2024-11-08",
     "depthwise convolutions of one channel with Helium run as convolutions"},
    {Change::kTransposeConvReversed, "cmsis-nn", "transpose-conv-reversed",
     "628c103e8564", "2024-11-11",
     "int8 transposed convolutions run row by row or with the reversed filter, "
     "in other buffers"},
    {Change::kConvDispatchByChannels, "cmsis-nn", "conv-dispatch-by-channels",
     "c01c0a1456bd", "2026-03-06",
     "the size of a convolution's buffer heeds that 1x1 and one-row kernels "
     "take no groups"},
    {Change::kTransposeConvPartialRows, "cmsis-nn",
     "transpose-conv-partial-rows", "4a8f5b5de3ab", "2026-07-14",
     "int8 transposed convolutions that work row by row heed a padding that is "
     "no multiple of the stride"},
    {Change::kEspDepthwiseS16Margin, "esp-nn", "depthwise-s16-margin",
     "dd785b055241", "2026-03-30",
     "on the ESP32-S3, depthwise convolutions in int16 have 32 spare bytes "
     "instead of 16"},
    {Change::kEspConvIm2colS3, "esp-nn", "conv-im2col-s3", "27d1f4ab1145",
     "2026-04-06",
     "on the ESP32-S3, convolutions of few channels work window by window; "
     "others keep a second copy of the filter and a second padded input"},
    {Change::kEspDepthwiseTilesS3, "esp-nn", "depthwise-tiles-s3",
     "f433e615d933", "2026-04-06",
     "on the ESP32-S3, depthwise convolutions work in strips above 40 KiB, and "
     "pad channels that are no multiple of 8 or 16"},
    {Change::kEspConvMarginS3, "esp-nn", "conv-margin-s3", "d17c03126a4f",
     "2026-04-27",
     "on the ESP32-S3, convolutions have 64 spare bytes instead of 32"},
    {Change::kEspConvPathsP4, "esp-nn", "conv-paths-p4", "2bfa080b7251",
     "2026-04-27",
     "on the ESP32-P4, convolutions work window by window, in tiles or in "
     "place instead of on a padded copy"},
    // Of what follows, the commits are the first known ones that have it.
    {Change::kEspConvEndPaddingS3, "esp-nn", "conv-end-padding-s3",
     "15fb70401940", "2026-08",
     "on the ESP32-S3, convolutions pad their input at the end by what the "
     "output needs, in one copy; SAME of an odd total was wrong before"},
    {Change::kEspConvLastRowP4, "esp-nn", "conv-last-row-p4", "15fb70401940",
     "2026-08",
     "on the ESP32-P4, convolutions without padding at the top compute their "
     "last row from the right rows of the input"},
    {Change::kEspFullyConnectedAlignmentS3, "esp-nn",
     "fully-connected-alignment-s3", "c0876179f1cf", "2026-08-13",
     "on the ESP32-S3, FULLY_CONNECTED takes inputs that are not aligned to 8 "
     "bytes"},
    // Patches of vendors: AmbiqAI/helia-rt; Infineon's are binaries.
    {Change::kAmbiqLogisticTable, "ambiq", "logistic-table", "5ec7578e5eeb",
     "2025-06-30", "LOGISTIC and TANH keep a table of all int8 results"},
    {Change::kAmbiqInt16Kernels, "ambiq", "int16-kernels", "5ec7578e5eeb",
     "2025-06-30",
     "comparisons, CUMSUM, GATHER, LOG_SOFTMAX, MIRROR_PAD, REDUCE_MAX, "
     "RESIZE_BILINEAR and operators that move data take int16; NEG takes int8 "
     "and int16 and keeps a zero point"},
    {Change::kAmbiqPreluInt16Alpha, "ambiq", "prelu-int16-alpha",
     "5ec7578e5eeb", "2025-06-30", "PRELU takes int16, with an int16 alpha"},
    {Change::kAmbiqHardSwishInt16, "ambiq", "hard-swish-int16", "b730fb09d600",
     "2025-10-22", "HARD_SWISH takes int16 and has more data"},
    {Change::kAmbiqWeightSums, "ambiq", "weight-sums", "5ec7578e5eeb",
     "2025-06-30",
     "convolutions and FULLY_CONNECTED on Ambiq's CMSIS-NN have two more "
     "members and, with Helium, keep sums of their weights"},
    {Change::kAmbiqTransposeConvWidth, "ambiq", "transpose-conv-width",
     "5ec7578e5eeb", "2025-06-30",
     "the buffer of an int8 transposed convolution heeds the horizontal "
     "stride"},
    {Change::kAmbiqPerChannelInt16Sums, "ambiq", "per-channel-int16-sums",
     "e57cd5fdd963", "2025-11-05",
     "an int16 FULLY_CONNECTED with weights per channel has a scratch buffer"},
    {Change::kAmbiqSub, "ambiq", "sub", "e57cd5fdd963", "2025-11-05",
     "SUB runs on Ambiq's CMSIS-NN, with the data of ADD"},
    {Change::kInfineonAllocators, "infineon", "allocators", "", "2026-07-21",
     "both allocators have one more member"},
    {Change::kInfineonParameterAlignment, "infineon", "parameter-alignment", "",
     "2026-07-21",
     "the parameters of an operator are aligned to a pointer at least"},
    {Change::kInfineonKernelData, "infineon", "kernel-data", "", "2026-07-21",
     "the data of kernels that run on CMSIS-NN has more members"},
}};

constexpr bool InOrder() {
  for (size_t i = 0; i < kChanges.size(); ++i) {
    if (static_cast<size_t>(kChanges[i].change) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "one row for each change, in the order of the enum");

}  // namespace

std::span<const ChangeInfo> AllChanges() { return kChanges; }

const ChangeInfo* FindChange(std::string_view project, std::string_view name) {
  for (const ChangeInfo& info : kChanges) {
    if (info.project == project && info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace tinyml::runtime
