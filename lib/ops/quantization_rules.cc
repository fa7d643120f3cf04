#include "ops/quantization_rules.h"

#include <algorithm>
#include <iterator>

namespace tinyml::ops {
namespace {

using Op = BuiltinOperator;
using enum ParameterRule;

constexpr QuantizationRule Both(Op op, ParameterRule rule) {
  return {.op = op, .int8 = true, .int16 = true, .rule = rule};
}
constexpr QuantizationRule OnlyInt8(Op op, ParameterRule rule) {
  return {.op = op, .int8 = true, .int16 = false, .rule = rule};
}
constexpr QuantizationRule Fixed(Op op, FixedParameters int8,
                                 FixedParameters int16) {
  return {.op = op,
          .int8 = true,
          .int16 = int16.scale != 0.0F,
          .rule = kFixedOutput,
          .fixed_int8 = int8,
          .fixed_int16 = int16};
}
constexpr QuantizationRule Weights(Op op, int input, int weights, int bias,
                                   int axis, bool per_channel_int16 = true) {
  return {.op = op,
          .int8 = true,
          .int16 = true,
          .rule = kWeights,
          .input = input,
          .weights = weights,
          .bias = bias,
          .channel_axis = axis,
          .per_channel_int16 = per_channel_int16};
}

constexpr FixedParameters kNone;

// Operators with an integer kernel that are not here: DIV and RSQRT, whose
// kernels abort on a divisor of zero and on values below it, which rounding can
// make of good ones; EMBEDDING_LOOKUP, which is hybrid; GREATER of int16, which
// reads parameters that nobody set.
constexpr QuantizationRule kRules[] = {
    // micro/kernels/conv_common.cc, depthwise_conv_common.cc,
    // transpose_conv.cc, fully_connected_common.cc; cmsis_nn/fully_connected.cc
    // refuses scales by channel with int16.
    Weights(Op::kConv2D, 0, 1, 2, 0),
    Weights(Op::kDepthwiseConv2D, 0, 1, 2, 3),
    Weights(Op::kTransposeConv, 2, 1, 3, 0),
    Weights(Op::kFullyConnected, 0, 1, 2, 0, false),
    {.op = Op::kSvdf, .int8 = true, .rule = kSvdf},
    {.op = Op::kUnidirectionalSequenceLstm, .int8 = true, .rule = kLstm},

    // softmax_common.cc, logistic_common.cc, tanh.cc, l2norm.cc,
    // log_softmax.cc.
    Fixed(Op::kSoftmax, {1.0F / 256, -128}, {1.0F / 32768, 0}),
    Fixed(Op::kLogistic, {1.0F / 256, -128}, {1.0F / 32768, 0}),
    Fixed(Op::kTanh, {1.0F / 128, 0}, {1.0F / 32768, 0}),
    Fixed(Op::kL2Normalization, {1.0F / 128, 0}, kNone),
    Fixed(Op::kLogSoftmax, {16.0F / 256, 127}, kNone),

    Both(Op::kAdd, kFree),
    Both(Op::kSub, kFree),
    Both(Op::kMul, kFree),
    Both(Op::kSquaredDifference, kFree),
    Both(Op::kBatchMatmul, kFree),
    Both(Op::kMean, kFree),
    Both(Op::kSum, kFree),
    Both(Op::kAbs, kFree),
    Both(Op::kRelu, kFree),
    Both(Op::kLeakyRelu, kFree),
    // Its alpha is int8 even with int16 (micro/kernels/prelu.cc).
    OnlyInt8(Op::kPrelu, kFree),
    OnlyInt8(Op::kElu, kFree),
    OnlyInt8(Op::kHardSwish, kFree),
    OnlyInt8(Op::kCumsum, kFree),
    // activations.cc clamps with the input's parameters and keeps the values.
    Both(Op::kRelu6, kAllTheSame),

    // add_n.cc, pooling_common.cc, maximum_minimum.cc, concatenation.cc,
    // reduce_common.cc, pad_common.cc; the others move values unseen.
    OnlyInt8(Op::kAddN, kAllTheSame),
    Both(Op::kAveragePool2D, kAllTheSame),
    Both(Op::kMaxPool2D, kAllTheSame),
    Both(Op::kMaximum, kAllTheSame),
    Both(Op::kMinimum, kAllTheSame),
    Both(Op::kConcatenation, kAllTheSame),
    OnlyInt8(Op::kReduceMax, kAllTheSame),
    OnlyInt8(Op::kReduceMin, kAllTheSame),
    Both(Op::kPad, kAllTheSame),
    OnlyInt8(Op::kPadv2, kAllTheSame),
    OnlyInt8(Op::kMirrorPad, kAllTheSame),
    Both(Op::kReshape, kAllTheSame),
    Both(Op::kSqueeze, kAllTheSame),
    Both(Op::kExpandDims, kAllTheSame),
    Both(Op::kTranspose, kAllTheSame),
    Both(Op::kSlice, kAllTheSame),
    Both(Op::kStridedSlice, kAllTheSame),
    Both(Op::kSplit, kAllTheSame),
    Both(Op::kSplitV, kAllTheSame),
    Both(Op::kPack, kAllTheSame),
    Both(Op::kUnpack, kAllTheSame),
    Both(Op::kBroadcastTo, kAllTheSame),
    Both(Op::kReverseV2, kAllTheSame),
    Both(Op::kSelectV2, kAllTheSame),
    Both(Op::kDynamicUpdateSlice, kAllTheSame),
    OnlyInt8(Op::kGather, kAllTheSame),
    OnlyInt8(Op::kGatherNd, kAllTheSame),
    OnlyInt8(Op::kSpaceToDepth, kAllTheSame),
    OnlyInt8(Op::kDepthToSpace, kAllTheSame),
    OnlyInt8(Op::kSpaceToBatchNd, kAllTheSame),
    OnlyInt8(Op::kBatchToSpaceNd, kAllTheSame),
    OnlyInt8(Op::kResizeBilinear, kAllTheSame),
    Both(Op::kResizeNearestNeighbor, kAllTheSame),
    OnlyInt8(Op::kFill, kAllTheSame),

    OnlyInt8(Op::kArgMax, kNoQuantizedOutput),
    OnlyInt8(Op::kArgMin, kNoQuantizedOutput),
    OnlyInt8(Op::kEqual, kNoQuantizedOutput),
    OnlyInt8(Op::kNotEqual, kNoQuantizedOutput),
    OnlyInt8(Op::kGreater, kNoQuantizedOutput),
    OnlyInt8(Op::kGreaterEqual, kNoQuantizedOutput),
    OnlyInt8(Op::kLess, kNoQuantizedOutput),
    OnlyInt8(Op::kLessEqual, kNoQuantizedOutput),
};

}  // namespace

const QuantizationRule* QuantizationRuleOf(BuiltinOperator op) {
  const auto* const found =
      std::ranges::find(kRules, op, &QuantizationRule::op);
  return found == std::end(kRules) ? nullptr : found;
}

bool HandsValuesOn(BuiltinOperator op) {
  switch (op) {
    case Op::kIf:
    case Op::kWhile:
    case Op::kCallOnce:
    case Op::kVarHandle:
    case Op::kReadVariable:
    case Op::kAssignVariable:
      return true;
    default:
      return false;
  }
}

}  // namespace tinyml::ops
