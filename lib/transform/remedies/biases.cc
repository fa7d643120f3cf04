// Biases that kernels need: of another type, or at all.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model_builder.h"
#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

// Where a layer has its operands, and the axis of its filter that has an
// element for each output channel.
struct LayerInputs {
  size_t input;
  size_t filter;
  size_t bias;
  size_t channels_axis;
};

std::optional<LayerInputs> InputsOf(Op code) {
  switch (code) {
    case Op::kConv2D:
    case Op::kFullyConnected:
      return LayerInputs{0, 1, 2, 0};
    case Op::kDepthwiseConv2D:
      return LayerInputs{0, 1, 2, 3};
    case Op::kTransposeConv:
      return LayerInputs{2, 1, 3, 0};
    default:
      return std::nullopt;
  }
}

// The type that the reference kernel computes with where there is no bias; a
// bias of zeros of that type changes nothing. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/conv.cc, depthwise_conv.cc, transpose_conv.cc and
// fully_connected.cc, Eval.
std::optional<TensorType> BiasType(const Operator& op, TensorType input) {
  switch (input) {
    case TensorType::kFloat32:
      return TensorType::kFloat32;
    case TensorType::kInt8:
      return TensorType::kInt32;
    case TensorType::kInt16:
      break;
    default:
      return std::nullopt;
  }
  const auto of_option = [](const auto* options) {
    return options != nullptr &&
           options->quantized_bias_type == TensorType::kInt32;
  };
  return of_option(op.options.As<Conv2DOptions>()) ||
                 of_option(op.options.As<FullyConnectedOptions>())
             ? TensorType::kInt32
             : TensorType::kInt64;
}

}  // namespace

bool WidenBias(Rewriter& rewriter, int index) {
  const auto inputs = InputsOf(rewriter.CodeOf(index));
  if (!inputs) return false;
  const TensorIndex input = rewriter.Input(index, inputs->input);
  const TensorIndex bias = rewriter.Input(index, inputs->bias);
  if (input == kNoTensor || bias == kNoTensor ||
      rewriter.tensor(input).type != TensorType::kInt16 ||
      rewriter.tensor(bias).type != TensorType::kInt32) {
    return false;
  }
  const std::optional<std::vector<int64_t>> values = rewriter.Ints(bias);
  if (!values) return false;
  const Tensor narrow = rewriter.tensor(bias);
  const TensorIndex wide = rewriter.NewConstant(
      TensorType::kInt64, narrow.shape, BufferOf(*values), narrow.name);
  if (narrow.quantization) rewriter.SetQuantization(wide, *narrow.quantization);
  rewriter.SetInput(index, inputs->bias, wide);
  Operator& op = rewriter.op(index);
  const auto set_type = [&op](const auto* options) {
    if (options == nullptr || options->quantized_bias_type == TensorType()) {
      return;
    }
    auto changed = *options;
    changed.quantized_bias_type = TensorType::kInt64;
    op.options = MakeOptions(std::move(changed));
  };
  if (op.options.As<FullyConnectedOptions>() != nullptr) {
    set_type(op.options.As<FullyConnectedOptions>());
  } else if (op.options.As<Conv2DOptions>() != nullptr) {
    set_type(op.options.As<Conv2DOptions>());
  } else {
    set_type(op.options.As<TransposeConvOptions>());
  }
  return true;
}

bool AddZeroBias(Rewriter& rewriter, int index) {
  const auto inputs = InputsOf(rewriter.CodeOf(index));
  if (!inputs || rewriter.Input(index, inputs->bias) != kNoTensor) return false;
  const TensorIndex input = rewriter.Input(index, inputs->input);
  const TensorIndex filter = rewriter.Input(index, inputs->filter);
  if (input == kNoTensor || filter == kNoTensor) return false;
  const Tensor& weights = rewriter.tensor(filter);
  const auto type = BiasType(rewriter.op(index), rewriter.tensor(input).type);
  if (!type || weights.shape.size() <= inputs->channels_axis) return false;
  const int32_t channels = weights.shape[inputs->channels_axis];
  if (channels <= 0) return false;

  std::optional<Quantization> quantization;
  const std::optional<Quantization>& scale =
      rewriter.tensor(input).quantization;
  if (*type != TensorType::kFloat32 && scale && scale->IsAffine() &&
      weights.quantization && weights.quantization->IsAffine()) {
    quantization.emplace();
    for (const float of_weights : weights.quantization->scale) {
      quantization->scale.push_back(scale->scale[0] * of_weights);
      quantization->zero_point.push_back(0);
    }
  }
  const auto bytes = static_cast<size_t>(TensorTypeBits(*type) / 8);
  const std::string name =
      rewriter.tensor(rewriter.op(index).outputs.at(0)).name + "/bias";
  const TensorIndex bias = rewriter.NewConstant(
      *type, {channels},
      BufferData(std::vector<uint8_t>(static_cast<size_t>(channels) * bytes)),
      name);
  if (quantization) rewriter.SetQuantization(bias, *quantization);
  if (rewriter.op(index).inputs.size() > inputs->bias) {
    rewriter.SetInput(index, inputs->bias, bias);
  } else if (rewriter.op(index).inputs.size() == inputs->bias) {
    rewriter.AddInput(index, bias);
  } else {
    return false;
  }
  return true;
}

}  // namespace tinyml::transform
