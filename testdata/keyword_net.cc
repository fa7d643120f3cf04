// The keyword network.
#include "testdata/tflite_models.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "testdata/builder.h"

namespace tinyml {
namespace {

class KeywordNet {
 public:
  explicit KeywordNet(bool quantized)
      : quantized_(quantized),
        builder_(quantized ? "keyword_int8" : "keyword_float") {}

  Result<Model> Build() {
    TensorIndex x = Activation("mfcc", {1, 49, 10, 1}, kInputScale, 4);
    const TensorIndex input = x;
    float scale = kInputScale;

    x = Layer(
        Op::kConv2D, "conv", x, scale, {kChannels, 10, 4, 1},
        {1, 25, 5, kChannels}, 40,
        MakeOptions(Conv2DOptions{
            .stride_w = 2, .stride_h = 2, .fused_activation_function = kRelu}));
    scale = kHiddenScale;
    for (int block = 1; block <= 4; ++block) {
      const std::string number = std::to_string(block);
      x = Layer(Op::kDepthwiseConv2D, "depthwise_" + number, x, scale,
                {1, 3, 3, kChannels}, {1, 25, 5, kChannels}, 9,
                MakeOptions(DepthwiseConv2DOptions{
                    .stride_w = 1,
                    .stride_h = 1,
                    .depth_multiplier = 1,
                    .fused_activation_function = kRelu}));
      x = Layer(Op::kConv2D, "pointwise_" + number, x, scale,
                {kChannels, 1, 1, kChannels}, {1, 25, 5, kChannels}, kChannels,
                MakeOptions(Conv2DOptions{.stride_w = 1,
                                          .stride_h = 1,
                                          .fused_activation_function = kRelu}));
    }

    const TensorIndex pooled =
        Activation("average", {1, 1, 1, kChannels}, scale, -128);
    builder_.AddOperator(Op::kAveragePool2D, {x}, {pooled},
                         MakeOptions(Pool2DOptions{.padding = Padding::kValid,
                                                   .stride_w = 5,
                                                   .stride_h = 25,
                                                   .filter_width = 5,
                                                   .filter_height = 25}),
                         quantized_ ? 2 : 1);
    const TensorIndex flat = Activation("flat", {1, kChannels}, scale, -128);
    const TensorIndex shape = builder_.Int32s("flat/shape", {1, kChannels});
    builder_.AddOperator(
        Op::kReshape, {pooled, shape}, {flat},
        MakeOptions(ReshapeOptions{.new_shape = {1, kChannels}}));

    const TensorIndex logits =
        FullyConnected("logits", flat, scale, kKeywords, 0.125f, 12);
    const TensorIndex output =
        Activation("probabilities", {1, kKeywords}, 1.0f / 256, -128);
    builder_.AddOperator(Op::kSoftmax, {logits}, {output},
                         MakeOptions(SoftmaxOptions{.beta = 1.0f}),
                         quantized_ ? 2 : 1);
    builder_.SetInputs({input});
    builder_.SetOutputs({output});
    builder_.AddSignature();
    return builder_.Build();
  }

 private:
  static constexpr int32_t kChannels = 40;
  static constexpr int32_t kKeywords = 12;
  static constexpr float kInputScale = 5.0f / 128;
  static constexpr float kHiddenScale = 6.0f / 256;

  TensorIndex Activation(const std::string& name, Shape shape, float scale,
                         int64_t zero_point) {
    if (!quantized_) {
      return builder_.Activation(name, TensorType::kFloat32, std::move(shape));
    }
    return builder_.Activation(name, TensorType::kInt8, std::move(shape),
                               PerTensor(scale, zero_point));
  }

  // Weights and bias; channel c has the scale scales[c], or the only one.
  Indices Parameters(const std::string& name, TensorIndex input,
                     float input_scale, Shape filter_shape, int32_t dimension,
                     int32_t channels, std::vector<float> scales) {
    const std::vector<int8_t> weights = Weights(filter_shape);
    std::vector<int32_t> bias(static_cast<size_t>(channels));
    for (int32_t& value : bias) value = 8 * random_.Weight();
    const auto scale_of = [&](size_t channel) {
      return scales.size() == 1 ? scales[0] : scales[channel];
    };
    if (!quantized_) {
      // The quantized dimension is the first or the last.
      const auto count = static_cast<size_t>(channels);
      std::vector<float> values(weights.size());
      for (size_t i = 0; i < weights.size(); ++i) {
        const size_t channel =
            dimension == 0 ? i / (weights.size() / count) : i % count;
        values[i] = static_cast<float>(weights[i]) * scale_of(channel);
      }
      std::vector<float> offsets(count);
      for (size_t i = 0; i < count; ++i) {
        offsets[i] = static_cast<float>(bias[i]) * (input_scale * scale_of(i));
      }
      return {input,
              builder_.AddConstant(name + "/weights", filter_shape, values),
              builder_.AddConstant(name + "/bias", {channels}, offsets)};
    }
    std::vector<float> bias_scales;
    for (float scale : scales) bias_scales.push_back(input_scale * scale);
    const TensorIndex weights_index =
        builder_.AddConstant(name + "/weights", TensorType::kInt8, filter_shape,
                             BufferOf(weights), PerChannel(scales, dimension));
    return {input, weights_index,
            builder_.AddConstant(name + "/bias", TensorType::kInt32, {channels},
                                 BufferOf(bias), PerChannel(bias_scales, 0))};
  }

  // A convolution with `fan_in` products in each sum.
  TensorIndex Layer(Op code, const std::string& name, TensorIndex input,
                    float input_scale, Shape filter_shape, Shape output_shape,
                    int fan_in, OperatorOptions options) {
    const int32_t channels = output_shape.back();
    const int32_t dimension = code == Op::kDepthwiseConv2D ? 3 : 0;
    // Uniform weights of this size keep the variance from layer to layer; the
    // channels differ by up to half as much again.
    const float base = std::sqrt(2.0f / static_cast<float>(fan_in)) / 73.0f;
    std::vector<float> scales(static_cast<size_t>(channels));
    for (size_t c = 0; c < scales.size(); ++c) {
      scales[c] = base * (1.0f + static_cast<float>(c) / 96.0f);
    }
    const Indices inputs =
        Parameters(name, input, input_scale, std::move(filter_shape), dimension,
                   channels, std::move(scales));
    const TensorIndex output =
        Activation(name, std::move(output_shape), kHiddenScale, -128);
    builder_.AddOperator(code, inputs, {output}, std::move(options),
                         quantized_ ? 3 : 1);
    return output;
  }

  TensorIndex FullyConnected(const std::string& name, TensorIndex input,
                             float input_scale, int32_t units, float scale,
                             int64_t zero_point) {
    const Indices inputs = Parameters(
        name, input, input_scale, {units, kChannels}, 0, units, {1.0f / 256});
    const TensorIndex output = Activation(name, {1, units}, scale, zero_point);
    builder_.AddOperator(Op::kFullyConnected, inputs, {output},
                         MakeOptions(FullyConnectedOptions{}),
                         quantized_ ? 4 : 1);
    return output;
  }

  std::vector<int8_t> Weights(const Shape& shape) {
    std::vector<int8_t> weights(static_cast<size_t>(*ElementCount(shape)));
    for (int8_t& weight : weights) weight = random_.Weight();
    return weights;
  }

  const bool quantized_;
  Builder builder_;
  Lcg random_{20260801};
};

}  // namespace

Result<Model> KeywordModel(bool quantized) {
  return KeywordNet(quantized).Build();
}

}  // namespace tinyml
