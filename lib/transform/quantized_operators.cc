// The conditions are those of the kernels' Prepare in tflite-micro 90b983c2b3f1
// (lib/runtime/reference/ names the files).
#include "transform/quantized_operators.h"

#include <algorithm>
#include <cmath>

#include "model/operator_table.h"

namespace tinyml::transform {

using Op = BuiltinOperator;

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
  const OperatorRow* row = FindOperator(code);
  if (row == nullptr || !row->quantization.int8) return Rule::kNone;
  const bool two_operands =
      row->kind == OperatorKind::kBinary || row->kind == OperatorKind::kProduct;
  switch (row->kind) {
    case OperatorKind::kLayer:
    case OperatorKind::kProduct:
    case OperatorKind::kPools:
    case OperatorKind::kUnary:
    case OperatorKind::kBinary:
    case OperatorKind::kNormalizes:
    case OperatorKind::kReduces:
    case OperatorKind::kMoves:
    case OperatorKind::kJoins:
    case OperatorKind::kSplits:
      break;
    default:  // Their operands are of several sorts.
      return Rule::kNone;
  }
  switch (row->quantization.rule) {
    case ParameterRule::kWeights:
      return Rule::kLayer;
    case ParameterRule::kFree:
      return two_operands ? Rule::kPair : Rule::kAny;
    case ParameterRule::kFixedOutput:
      return Rule::kFixed;
    case ParameterRule::kAllTheSame:
      if (two_operands || row->kind == OperatorKind::kJoins) {
        return Rule::kJoins;
      }
      return row->quantization.rounds ? Rule::kRounds : Rule::kMoves;
    case ParameterRule::kNoQuantizedOutput:
      // Integers compared after rounding are not those of the floats.
      return two_operands ? Rule::kNone : Rule::kReads;
    case ParameterRule::kSvdf:
    case ParameterRule::kLstm:
      break;
  }
  return Rule::kNone;
}

bool CommutesWithQuantize(Op code) {
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
    case Op::kSquaredDifference:
      if (4 * largest * largest / (1 << 14) >=
          static_cast<double>(output.scale)) {
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
