// The conditions are those of the kernels' Prepare in tflite-micro 90b983c2b3f1
// (lib/runtime/reference/ names the files).
#include "transform/quantized_operators.h"

#include <algorithm>
#include <cmath>

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

}  // namespace

std::optional<Scale> ScaleOf(const Tensor& tensor) {
  if ((tensor.type != TensorType::kInt8 && tensor.type != TensorType::kUInt8) ||
      !tensor.quantization || tensor.quantization->scale.size() != 1 ||
      tensor.quantization->zero_point.size() != 1) {
    return std::nullopt;
  }
  const Scale scale = {tensor.quantization->scale[0],
                       tensor.quantization->zero_point[0]};
  if (!(scale.scale > 0) || !std::isfinite(scale.scale)) return std::nullopt;
  return scale;
}

Quantization QuantizationOf(const Scale& scale) {
  Quantization quantization;
  quantization.scale = {scale.scale};
  quantization.zero_point = {scale.zero_point};
  return quantization;
}

Tensor Int8Like(const Tensor& like, const Scale& scale) {
  Tensor made = like;
  made.name += "/int8";
  made.type = TensorType::kInt8;
  made.buffer = 0;
  made.quantization = QuantizationOf(scale);
  return made;
}

Rule RuleOf(Op code) {
  switch (code) {
    case Op::kConv2D:
    case Op::kDepthwiseConv2D:
    case Op::kFullyConnected:
    case Op::kTransposeConv:
      return Rule::kLayer;
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kPrelu:
    case Op::kBatchMatmul:
      return Rule::kPair;
    case Op::kMean:
    case Op::kSum:
    case Op::kRelu:
    case Op::kLeakyRelu:
    case Op::kElu:
    case Op::kHardSwish:
      return Rule::kAny;
    case Op::kSoftmax:
    case Op::kLogSoftmax:
    case Op::kLogistic:
    case Op::kTanh:
    case Op::kL2Normalization:
      return Rule::kFixed;
    case Op::kAveragePool2D:
    case Op::kResizeBilinear:
    case Op::kRelu6:
      return Rule::kRounds;
    case Op::kReshape:
    case Op::kSqueeze:
    case Op::kExpandDims:
    case Op::kTranspose:
    case Op::kReverseV2:
    case Op::kSlice:
    case Op::kStridedSlice:
    case Op::kSplit:
    case Op::kSplitV:
    case Op::kUnpack:
    case Op::kGather:
    case Op::kPad:
    case Op::kPadv2:
    case Op::kMirrorPad:
    case Op::kBroadcastTo:
    case Op::kDepthToSpace:
    case Op::kSpaceToDepth:
    case Op::kBatchToSpaceNd:
    case Op::kSpaceToBatchNd:
    case Op::kResizeNearestNeighbor:
    case Op::kMaxPool2D:
    case Op::kReduceMax:
    case Op::kReduceMin:
      return Rule::kMoves;
    case Op::kConcatenation:
    case Op::kPack:
    case Op::kMaximum:
    case Op::kMinimum:
      return Rule::kJoins;
    case Op::kArgMax:
    case Op::kArgMin:
      return Rule::kReads;
    default:
      return Rule::kNone;
  }
}

size_t DataInput(Op code) {
  if (code == Op::kSplit) return 1;
  return code == Op::kTransposeConv ? 2 : 0;
}

std::optional<Scale> FixedResult(Op code) {
  switch (code) {
    case Op::kSoftmax:
    case Op::kLogistic:
      return Scale{1.0F / 256, -128};
    case Op::kTanh:
    case Op::kL2Normalization:
      return Scale{1.0F / 128, 0};
    case Op::kLogSoftmax:
      return Scale{16.0F / 256, 127};
    default:
      return std::nullopt;
  }
}

bool GoesBehindQuantize(Op code) {
  return RuleOf(code) == Rule::kMoves || code == Op::kRelu ||
         code == Op::kRelu6 || code == Op::kMaximum || code == Op::kMinimum;
}

std::string Objection(Op code, std::span<const Scale> inputs,
                      const Scale& output) {
  double largest = 0;
  for (const Scale& input : inputs) {
    largest = std::max(largest, static_cast<double>(input.scale));
    // Far from where multipliers are exact.
    const double ratio =
        static_cast<double>(input.scale) / static_cast<double>(output.scale);
    constexpr double kMostApart = 1e8;
    if (!(ratio < kMostApart && ratio > 1 / kMostApart)) {
      return "the scales of its operands and of its result are too far apart";
    }
  }
  switch (code) {
    case Op::kAdd:
    case Op::kSub:
      if (2 * largest / (1 << 20) >= static_cast<double>(output.scale)) {
        return "the scale of its result is too small for those of its operands";
      }
      break;
    case Op::kSoftmax:
    case Op::kLogSoftmax:
      if (largest * (1 << 26) <= 1) {
        return "the scale of its operand is too small";
      }
      break;
    case Op::kHardSwish:
      if (largest / 128 >= static_cast<double>(output.scale)) {
        return "the scale of its result is too small for that of its operand";
      }
      break;
    default:
      break;
  }
  return {};
}

Wiring::Wiring(const Subgraph& graph) {
  const size_t count = graph.tensors.size();
  producer.assign(count, kNone);
  reader.assign(count, kNone);
  is_made.assign(count, false);
  is_output.assign(count, false);
  std::vector<bool> is_read(count, false);
  for (const TensorIndex tensor : graph.inputs) {
    is_made[tensor] = true;
  }
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    for (const TensorIndex tensor : graph.operators[i].outputs) {
      if (tensor == kNoTensor) continue;
      const size_t t = tensor;
      producer[t] = is_made[t] ? kNone : static_cast<int>(i);
      is_made[t] = true;
    }
    for (const TensorIndex tensor : graph.operators[i].inputs) {
      if (tensor == kNoTensor) continue;
      const size_t t = tensor;
      reader[t] = is_read[t] ? kNone : static_cast<int>(i);
      is_read[t] = true;
    }
  }
  for (const TensorIndex tensor : graph.outputs) {
    reader[tensor] = kNone;
    is_output[tensor] = true;
  }
}

}  // namespace tinyml::transform
