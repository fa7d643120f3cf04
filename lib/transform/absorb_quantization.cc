// Operators between DEQUANTIZE and QUANTIZE as integer operators.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "model/options.h"
#include "transform/passes.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

// One scale and one zero point.
struct Scale {
  float scale = 0;
  int64_t zero_point = 0;
  friend bool operator==(const Scale&, const Scale&) = default;
};

std::optional<Scale> ScaleOf(const Tensor& tensor) {
  if (!tensor.quantization || tensor.quantization->scale.size() != 1 ||
      tensor.quantization->zero_point.size() != 1 ||
      !(tensor.quantization->scale[0] > 0)) {
    return std::nullopt;
  }
  return Scale{tensor.quantization->scale[0],
               tensor.quantization->zero_point[0]};
}

// How an operator's operands and its result must be quantized.
enum class Rule : uint8_t {
  kNone,     // It has no integer kernel, or is not known here.
  kLayer,    // Weights and bias.
  kSum,      // Two operands, any scales that are not too far apart.
  kProduct,  // Two operands, any scales.
  kAny,      // One operand, any scales.
  kSame,     // One operand, with the scale of the result.
  kJoin,     // All operands, with the scale of the result.
  kUnit,     // The result in [0, 1]: 1/256, -128.
};

Rule RuleOf(Op code) {
  switch (code) {
    case Op::kConv2D:
    case Op::kDepthwiseConv2D:
    case Op::kFullyConnected:
      return Rule::kLayer;
    case Op::kAdd:
    case Op::kSub:
      return Rule::kSum;
    case Op::kMul:
      return Rule::kProduct;
    case Op::kMean:
    case Op::kRelu:
    case Op::kLeakyRelu:
      return Rule::kAny;
    case Op::kMaxPool2D:
    case Op::kAveragePool2D:
    case Op::kReshape:
    case Op::kTranspose:
    case Op::kSlice:
    case Op::kStridedSlice:
    case Op::kPad:
    case Op::kRelu6:
    case Op::kResizeNearestNeighbor:
      return Rule::kSame;
    case Op::kConcatenation:
      return Rule::kJoin;
    case Op::kSoftmax:
    case Op::kLogistic:
      return Rule::kUnit;
    default:
      return Rule::kNone;
  }
}

// A constant in integers.
struct Integers {
  std::vector<uint8_t> bytes;
  Quantization quantization;
};

class Absorbing {
 public:
  Absorbing(Model& model, size_t subgraph) : rewriter_(model, subgraph) {}

  bool Run() {
    for (int i = 0; i < static_cast<int>(rewriter_.OperatorCount()); ++i) {
      if (rewriter_.IsRemoved(i)) continue;
      if (rewriter_.CodeOf(i) == Op::kQuantize) {
        SkipBackAndForth(i);
      } else {
        Absorb(i);
      }
    }
    return rewriter_.Finish();
  }

 private:
  // The operator that writes input `i`, if it is a `code`.
  int Before(int index, size_t i, Op code) {
    const int before = rewriter_.Producer(rewriter_.Input(index, i));
    return before != Rewriter::kNone && rewriter_.CodeOf(before) == code
               ? before
               : Rewriter::kNone;
  }

  // To uint8 and back, and to float and back, as it was: exact.
  void SkipBackAndForth(int index) {
    const TensorIndex result = rewriter_.op(index).outputs[0];
    for (const Op code : {Op::kQuantize, Op::kDequantize}) {
      const int before = Before(index, 0, code);
      if (before == Rewriter::kNone) continue;
      const TensorIndex source = rewriter_.Input(before, 0);
      const TensorIndex middle = rewriter_.Input(index, 0);
      if (!SameMeaning(rewriter_.tensor(source), rewriter_.tensor(result))) {
        continue;
      }
      if (code == Op::kQuantize) {
        const auto a = ScaleOf(rewriter_.tensor(source));
        const auto b = ScaleOf(rewriter_.tensor(middle));
        const bool shifted =
            rewriter_.tensor(source).type == TensorType::kInt8 &&
            rewriter_.tensor(middle).type == TensorType::kUInt8 && a && b &&
            a->scale == b->scale && a->zero_point + 128 == b->zero_point;
        if (!shifted) continue;
      }
      rewriter_.Bypass(index, source, result);
      return;
    }
  }

  // The int8 tensor that input `i` was made of by DEQUANTIZE.
  TensorIndex Source(int index, size_t i) {
    const int before = Before(index, i, Op::kDequantize);
    if (before == Rewriter::kNone) return kNoTensor;
    const TensorIndex source = rewriter_.Input(before, 0);
    if (source == kNoTensor ||
        rewriter_.tensor(source).type != TensorType::kInt8 ||
        !ScaleOf(rewriter_.tensor(source))) {
      return kNoTensor;
    }
    return source;
  }

  void Absorb(int index);
  bool Fits(Rule rule, const std::vector<Scale>& inputs, const Scale& output);
  bool QuantizeLayer(int index, const Scale& input);
  std::optional<Integers> Weights(TensorIndex tensor, int32_t axis);
  std::optional<Integers> Bias(TensorIndex tensor, const Scale& input,
                               const std::vector<float>& weight_scales);
  TensorIndex NewIntegers(TensorIndex like, TensorType type,
                          Integers integers) {
    const Tensor old = rewriter_.tensor(like);
    const TensorIndex made = rewriter_.NewConstant(
        type, old.shape, std::move(integers.bytes), old.name);
    rewriter_.SetQuantization(made, std::move(integers.quantization));
    return made;
  }

  Rewriter rewriter_;
};

bool Absorbing::Fits(Rule rule, const std::vector<Scale>& inputs,
                     const Scale& output) {
  switch (rule) {
    case Rule::kSum: {
      // Where the kernel aborts: twice the larger scale is 2^20 steps of the
      // result.
      const double larger =
          2.0 * static_cast<double>(std::max(inputs[0].scale, inputs[1].scale));
      return larger / (1 << 20) < static_cast<double>(output.scale);
    }
    case Rule::kSame:
    case Rule::kJoin:
      return std::ranges::all_of(
          inputs, [&](const Scale& input) { return input == output; });
    case Rule::kUnit:
      return output == Scale{1.0F / 256, -128};
    default:
      return true;
  }
}

void Absorbing::Absorb(int index) {
  const Rule rule = RuleOf(rewriter_.CodeOf(index));
  if (rule == Rule::kNone || rewriter_.op(index).outputs.size() != 1) return;
  const TensorIndex real = rewriter_.op(index).outputs[0];
  const int after = rewriter_.SoleReader(real);
  if (after == Rewriter::kNone || rewriter_.CodeOf(after) != Op::kQuantize) {
    return;
  }
  const Tensor& result = rewriter_.tensor(rewriter_.op(after).outputs[0]);
  const auto output = ScaleOf(result);
  if (result.type != TensorType::kInt8 || !output) return;
  size_t operands = 1;
  if (rule == Rule::kSum || rule == Rule::kProduct) operands = 2;
  if (rule == Rule::kJoin) operands = rewriter_.op(index).inputs.size();
  std::vector<TensorIndex> sources;
  std::vector<Scale> inputs;
  for (size_t i = 0; i < operands; ++i) {
    sources.push_back(Source(index, i));
    if (sources.back() == kNoTensor) return;
    inputs.push_back(*ScaleOf(rewriter_.tensor(sources.back())));
  }
  if (inputs.empty() || !Fits(rule, inputs, *output)) return;
  if (rule == Rule::kLayer && !QuantizeLayer(index, inputs[0])) return;
  for (size_t i = 0; i < operands; ++i) {
    rewriter_.SetInput(index, i, sources[i]);
  }
  rewriter_.Absorb(index, after);
}

bool Absorbing::QuantizeLayer(int index, const Scale& input) {
  const bool by_depth = rewriter_.CodeOf(index) == Op::kDepthwiseConv2D;
  const TensorIndex filter = rewriter_.Input(index, 1);
  const TensorIndex bias = rewriter_.Input(index, 2);
  auto weights = Weights(filter, by_depth ? 3 : 0);
  if (!weights) return false;
  std::optional<Integers> sums;
  if (bias != kNoTensor) {
    sums = Bias(bias, input, weights->quantization.scale);
    if (!sums) return false;
  }
  rewriter_.SetInput(
      index, 1, NewIntegers(filter, TensorType::kInt8, std::move(*weights)));
  if (sums) {
    rewriter_.SetInput(index, 2,
                       NewIntegers(bias, TensorType::kInt32, std::move(*sums)));
  }
  return true;
}

std::optional<Integers> Absorbing::Weights(TensorIndex index, int32_t axis) {
  const auto values = rewriter_.Floats(index);
  if (!values || !rewriter_.tensor(index).quantization) return std::nullopt;
  const Tensor& tensor = rewriter_.tensor(index);
  const std::vector<float>& scales = tensor.quantization->scale;
  if (scales.empty() || static_cast<size_t>(axis) >= tensor.shape.size() ||
      (scales.size() > 1 && tensor.quantization->quantized_dimension != axis) ||
      (scales.size() > 1 && static_cast<int64_t>(scales.size()) !=
                                tensor.shape[static_cast<size_t>(axis)])) {
    return std::nullopt;
  }
  size_t inner = 1;
  for (size_t i = static_cast<size_t>(axis) + 1; i < tensor.shape.size(); ++i) {
    inner *= static_cast<size_t>(tensor.shape[i]);
  }
  Integers integers;
  integers.bytes.resize(values->size());
  for (size_t i = 0; i < values->size(); ++i) {
    const double scale =
        scales[scales.size() == 1 ? 0 : i / inner % scales.size()];
    const double exact = static_cast<double>((*values)[i]) / scale;
    const double rounded = std::nearbyint(exact);
    // The kernels' weights have a zero point of 0, so that those of another one
    // may not fit.
    constexpr double kRounding = 1e-3;
    if (!(std::abs(exact - rounded) < kRounding) || rounded < -128 ||
        rounded > 127) {
      return std::nullopt;
    }
    integers.bytes[i] = static_cast<uint8_t>(static_cast<int8_t>(rounded));
  }
  integers.quantization.scale = scales;
  integers.quantization.zero_point.assign(scales.size(), 0);
  integers.quantization.quantized_dimension = axis;
  return integers;
}

std::optional<Integers> Absorbing::Bias(
    TensorIndex index, const Scale& input,
    const std::vector<float>& weight_scales) {
  const auto values = rewriter_.Floats(index);
  if (!values ||
      (weight_scales.size() != 1 && weight_scales.size() != values->size())) {
    return std::nullopt;
  }
  Integers integers;
  for (const float scale : weight_scales) {
    integers.quantization.scale.push_back(scale * input.scale);
  }
  integers.quantization.zero_point.assign(weight_scales.size(), 0);
  integers.bytes.reserve(values->size() * sizeof(int32_t));
  for (size_t i = 0; i < values->size(); ++i) {
    const double scale = static_cast<double>(input.scale) *
                         weight_scales[weight_scales.size() == 1 ? 0 : i];
    const double rounded =
        std::nearbyint(static_cast<double>((*values)[i]) / scale);
    if (!(std::abs(rounded) <= std::numeric_limits<int32_t>::max())) {
      return std::nullopt;
    }
    const auto bits = static_cast<uint32_t>(static_cast<int32_t>(rounded));
    for (const int shift : {0, 8, 16, 24}) {
      integers.bytes.push_back(static_cast<uint8_t>(bits >> shift));
    }
  }
  return integers;
}

// Operators other than QUANTIZE that read what DEQUANTIZE writes, and of whose
// results one is quantized again.
int FloatOperatorsLeft(Model& model, size_t subgraph) {
  Rewriter rewriter(model, subgraph);
  int count = 0;
  for (int i = 0; i < static_cast<int>(rewriter.OperatorCount()); ++i) {
    if (rewriter.CodeOf(i) != Op::kQuantize) continue;
    const int maker = rewriter.Producer(rewriter.Input(i, 0));
    if (maker == Rewriter::kNone) continue;
    for (size_t k = 0; k < rewriter.op(maker).inputs.size(); ++k) {
      const int before = rewriter.Producer(rewriter.Input(maker, k));
      if (before != Rewriter::kNone &&
          rewriter.CodeOf(before) == Op::kDequantize) {
        ++count;
        break;
      }
    }
  }
  return count;
}

}  // namespace

Result<int> AbsorbQuantization(Model& model) {
  int left = 0;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    if (IsRewritable(model)) {
      // Once more for what the first time has brought together.
      if (Absorbing(model, i).Run()) Absorbing(model, i).Run();
    }
    left += FloatOperatorsLeft(model, i);
    for (Tensor& tensor : model.subgraphs[i].tensors) {
      if (tensor.type == TensorType::kFloat32) tensor.quantization.reset();
    }
  }
  return left;
}

}  // namespace tinyml::transform
