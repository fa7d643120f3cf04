#include "ops/resolver_names.h"

#include <algorithm>
#include <iterator>

namespace tinyml {
namespace {

struct BuiltinMethod {
  BuiltinOperator code;
  std::string_view method;
};

struct CustomMethod {
  std::string_view custom_code;
  std::string_view method;
};

// Source: tflite-micro 90b983c2b3f1, tensorflow/lite/micro/
// micro_mutable_op_resolver.h.
constexpr BuiltinMethod kBuiltinMethods[] = {
    {BuiltinOperator::kAbs, "AddAbs"},
    {BuiltinOperator::kAdd, "AddAdd"},
    {BuiltinOperator::kAddN, "AddAddN"},
    {BuiltinOperator::kArgMax, "AddArgMax"},
    {BuiltinOperator::kArgMin, "AddArgMin"},
    {BuiltinOperator::kAssignVariable, "AddAssignVariable"},
    {BuiltinOperator::kAveragePool2D, "AddAveragePool2D"},
    {BuiltinOperator::kBatchMatmul, "AddBatchMatMul"},
    {BuiltinOperator::kBatchToSpaceNd, "AddBatchToSpaceNd"},
    {BuiltinOperator::kBroadcastArgs, "AddBroadcastArgs"},
    {BuiltinOperator::kBroadcastTo, "AddBroadcastTo"},
    {BuiltinOperator::kCallOnce, "AddCallOnce"},
    {BuiltinOperator::kCast, "AddCast"},
    {BuiltinOperator::kCeil, "AddCeil"},
    {BuiltinOperator::kConcatenation, "AddConcatenation"},
    {BuiltinOperator::kConv2D, "AddConv2D"},
    {BuiltinOperator::kCos, "AddCos"},
    {BuiltinOperator::kCumsum, "AddCumSum"},
    {BuiltinOperator::kDepthToSpace, "AddDepthToSpace"},
    {BuiltinOperator::kDepthwiseConv2D, "AddDepthwiseConv2D"},
    {BuiltinOperator::kDequantize, "AddDequantize"},
    {BuiltinOperator::kDiv, "AddDiv"},
    {BuiltinOperator::kDynamicUpdateSlice, "AddDynamicUpdateSlice"},
    {BuiltinOperator::kElu, "AddElu"},
    {BuiltinOperator::kEmbeddingLookup, "AddEmbeddingLookup"},
    {BuiltinOperator::kEqual, "AddEqual"},
    {BuiltinOperator::kExp, "AddExp"},
    {BuiltinOperator::kExpandDims, "AddExpandDims"},
    {BuiltinOperator::kFill, "AddFill"},
    {BuiltinOperator::kFloor, "AddFloor"},
    {BuiltinOperator::kFloorDiv, "AddFloorDiv"},
    {BuiltinOperator::kFloorMod, "AddFloorMod"},
    {BuiltinOperator::kFullyConnected, "AddFullyConnected"},
    {BuiltinOperator::kGather, "AddGather"},
    {BuiltinOperator::kGatherNd, "AddGatherNd"},
    {BuiltinOperator::kGreater, "AddGreater"},
    {BuiltinOperator::kGreaterEqual, "AddGreaterEqual"},
    {BuiltinOperator::kHardSwish, "AddHardSwish"},
    {BuiltinOperator::kIf, "AddIf"},
    {BuiltinOperator::kL2Normalization, "AddL2Normalization"},
    {BuiltinOperator::kL2Pool2D, "AddL2Pool2D"},
    {BuiltinOperator::kLeakyRelu, "AddLeakyRelu"},
    {BuiltinOperator::kLess, "AddLess"},
    {BuiltinOperator::kLessEqual, "AddLessEqual"},
    {BuiltinOperator::kLog, "AddLog"},
    {BuiltinOperator::kLogicalAnd, "AddLogicalAnd"},
    {BuiltinOperator::kLogicalNot, "AddLogicalNot"},
    {BuiltinOperator::kLogicalOr, "AddLogicalOr"},
    {BuiltinOperator::kLogistic, "AddLogistic"},
    {BuiltinOperator::kLogSoftmax, "AddLogSoftmax"},
    {BuiltinOperator::kMaximum, "AddMaximum"},
    {BuiltinOperator::kMaxPool2D, "AddMaxPool2D"},
    {BuiltinOperator::kMean, "AddMean"},
    {BuiltinOperator::kMinimum, "AddMinimum"},
    {BuiltinOperator::kMirrorPad, "AddMirrorPad"},
    {BuiltinOperator::kMul, "AddMul"},
    {BuiltinOperator::kNeg, "AddNeg"},
    {BuiltinOperator::kNotEqual, "AddNotEqual"},
    {BuiltinOperator::kPack, "AddPack"},
    {BuiltinOperator::kPad, "AddPad"},
    {BuiltinOperator::kPadv2, "AddPadV2"},
    {BuiltinOperator::kPrelu, "AddPrelu"},
    {BuiltinOperator::kQuantize, "AddQuantize"},
    {BuiltinOperator::kReadVariable, "AddReadVariable"},
    {BuiltinOperator::kReduceAll, "AddReduceAll"},
    {BuiltinOperator::kReduceMax, "AddReduceMax"},
    {BuiltinOperator::kReduceMin, "AddReduceMin"},
    {BuiltinOperator::kRelu, "AddRelu"},
    {BuiltinOperator::kRelu6, "AddRelu6"},
    {BuiltinOperator::kReshape, "AddReshape"},
    {BuiltinOperator::kResizeBilinear, "AddResizeBilinear"},
    {BuiltinOperator::kResizeNearestNeighbor, "AddResizeNearestNeighbor"},
    {BuiltinOperator::kReverseV2, "AddReverseV2"},
    {BuiltinOperator::kRound, "AddRound"},
    {BuiltinOperator::kRsqrt, "AddRsqrt"},
    {BuiltinOperator::kSelectV2, "AddSelectV2"},
    {BuiltinOperator::kShape, "AddShape"},
    {BuiltinOperator::kSin, "AddSin"},
    {BuiltinOperator::kSlice, "AddSlice"},
    {BuiltinOperator::kSoftmax, "AddSoftmax"},
    {BuiltinOperator::kSpaceToBatchNd, "AddSpaceToBatchNd"},
    {BuiltinOperator::kSpaceToDepth, "AddSpaceToDepth"},
    {BuiltinOperator::kSplit, "AddSplit"},
    {BuiltinOperator::kSplitV, "AddSplitV"},
    {BuiltinOperator::kSqrt, "AddSqrt"},
    {BuiltinOperator::kSquare, "AddSquare"},
    {BuiltinOperator::kSquaredDifference, "AddSquaredDifference"},
    {BuiltinOperator::kSqueeze, "AddSqueeze"},
    {BuiltinOperator::kStridedSlice, "AddStridedSlice"},
    {BuiltinOperator::kSub, "AddSub"},
    {BuiltinOperator::kSum, "AddSum"},
    {BuiltinOperator::kSvdf, "AddSvdf"},
    {BuiltinOperator::kTanh, "AddTanh"},
    {BuiltinOperator::kTranspose, "AddTranspose"},
    {BuiltinOperator::kTransposeConv, "AddTransposeConv"},
    {BuiltinOperator::kUnidirectionalSequenceLstm,
     "AddUnidirectionalSequenceLSTM"},
    {BuiltinOperator::kUnpack, "AddUnpack"},
    {BuiltinOperator::kVarHandle, "AddVarHandle"},
    {BuiltinOperator::kWhile, "AddWhile"},
    {BuiltinOperator::kZerosLike, "AddZerosLike"},
};

// The same header; the custom code of Ethos-U is in kernels/ethos_u/ethosu.cc.
constexpr CustomMethod kCustomMethods[] = {
    {"ethos-u", "AddEthosU"},
    {"CIRCULAR_BUFFER", "AddCircularBuffer"},
    {"SignalDelay", "AddDelay"},
    {"SignalEnergy", "AddEnergy"},
    {"SignalFftAutoScale", "AddFftAutoScale"},
    {"SignalFilterBank", "AddFilterBank"},
    {"SignalFilterBankLog", "AddFilterBankLog"},
    {"SignalFilterBankSpectralSubtraction", "AddFilterBankSpectralSubtraction"},
    {"SignalFilterBankSquareRoot", "AddFilterBankSquareRoot"},
    {"SignalFramer", "AddFramer"},
    {"SignalIrfft", "AddIrfft"},
    {"SignalOverlapAdd", "AddOverlapAdd"},
    {"SignalPCAN", "AddPCAN"},
    {"SignalRfft", "AddRfft"},
    {"SignalStacker", "AddStacker"},
    {"SignalWindow", "AddWindow"},
    {"TFLM_DECODE", "AddDecode"},
    {"TFLite_Detection_PostProcess", "AddDetectionPostprocess"},
};

}  // namespace

std::string_view ResolverMethod(BuiltinOperator code) {
  const auto* const found =
      std::ranges::find(kBuiltinMethods, code, &BuiltinMethod::code);
  return found == std::end(kBuiltinMethods) ? std::string_view()
                                            : found->method;
}

std::string_view ResolverMethodOfCustom(std::string_view custom_code) {
  const auto* const found = std::ranges::find(kCustomMethods, custom_code,
                                              &CustomMethod::custom_code);
  return found == std::end(kCustomMethods) ? std::string_view() : found->method;
}

std::vector<std::string_view> AllResolverMethods() {
  std::vector<std::string_view> methods;
  for (const BuiltinMethod& builtin : kBuiltinMethods) {
    methods.push_back(builtin.method);
  }
  for (const CustomMethod& custom : kCustomMethods) {
    methods.push_back(custom.method);
  }
  std::ranges::sort(methods);
  return methods;
}

}  // namespace tinyml
