#include "analysis/keyword_example.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model_builder.h"

namespace tinyml::analysis {
namespace {

constexpr int32_t kChannels = 64;
constexpr int32_t kKeywords = 12;
constexpr float kScale = 0.05F;
using Shape = std::vector<int32_t>;

class Network {
 public:
  Result<Model> Build() {
    constexpr auto kRelu = ActivationFunctionType::kRelu;
    const Shape plane = {1, 25, 5, kChannels};
    TensorIndex x = builder_.AddInput("spectrogram", TensorType::kInt8,
                                      {1, 49, 10, 1}, PerTensor(kScale, 0));
    x = Layer(BuiltinOperator::kConv2D, x, {kChannels, 10, 4, 1}, 0, plane,
              MakeOptions(Conv2DOptions{.padding = Padding::kSame,
                                        .stride_w = 2,
                                        .stride_h = 2,
                                        .fused_activation_function = kRelu}));
    for (int block = 0; block < 4; ++block) {
      x = Layer(BuiltinOperator::kDepthwiseConv2D, x, {1, 3, 3, kChannels}, 3,
                plane,
                MakeOptions(DepthwiseConv2DOptions{
                    .padding = Padding::kSame,
                    .stride_w = 1,
                    .stride_h = 1,
                    .depth_multiplier = 1,
                    .fused_activation_function = kRelu}));
      x = Layer(BuiltinOperator::kConv2D, x, {kChannels, 1, 1, kChannels}, 0,
                plane,
                MakeOptions(Conv2DOptions{.padding = Padding::kSame,
                                          .stride_w = 1,
                                          .stride_h = 1,
                                          .fused_activation_function = kRelu}));
    }
    const TensorIndex pooled = Activation({1, 1, 1, kChannels});
    builder_.AddOperator(BuiltinOperator::kAveragePool2D, {x}, {pooled},
                         MakeOptions(Pool2DOptions{.padding = Padding::kValid,
                                                   .stride_w = 5,
                                                   .stride_h = 25,
                                                   .filter_width = 5,
                                                   .filter_height = 25}),
                         2);
    const TensorIndex flat = Activation({1, kChannels});
    const TensorIndex shape =
        builder_.AddConstant<int32_t>("shape", {2}, {1, kChannels});
    builder_.AddOperator(
        BuiltinOperator::kReshape, {pooled, shape}, {flat},
        MakeOptions(ReshapeOptions{.new_shape = {1, kChannels}}));
    const TensorIndex logits =
        Layer(BuiltinOperator::kFullyConnected, flat, {kKeywords, kChannels},
              -1, {1, kKeywords}, MakeOptions(FullyConnectedOptions{}));
    const TensorIndex output =
        builder_.AddTensor("keywords", TensorType::kInt8, {1, kKeywords},
                           PerTensor(1.0F / 256, -128));
    builder_.AddOperator(BuiltinOperator::kSoftmax, {logits}, {output},
                         MakeOptions(SoftmaxOptions{.beta = 1.0F}), 2);
    builder_.SetOutputs({output});
    return builder_.Build();
  }

 private:
  TensorIndex Activation(Shape shape) {
    return builder_.AddTensor("", TensorType::kInt8, std::move(shape),
                              PerTensor(kScale, -128));
  }

  // An operator with weights and a bias; scales lie along `dimension` of the
  // weights, or there is one if that is -1.
  TensorIndex Layer(BuiltinOperator code, TensorIndex input, const Shape& shape,
                    int32_t dimension, const Shape& output_shape,
                    OperatorOptions options) {
    const int32_t channels = output_shape.back();
    const size_t scales = dimension < 0 ? 1 : static_cast<size_t>(channels);
    size_t count = 1;
    for (const int32_t extent : shape) count *= static_cast<size_t>(extent);
    const auto quantization = [&](float scale, int32_t along) {
      return dimension < 0
                 ? PerTensor(scale, 0)
                 : PerChannel(std::vector<float>(scales, scale), along);
    };
    const TensorIndex weights = builder_.AddConstant<int8_t>(
        "", shape, std::vector<int8_t>(count),
        quantization(kScale, std::max(dimension, 0)));
    const TensorIndex bias = builder_.AddConstant<int32_t>(
        "", {channels}, std::vector<int32_t>(static_cast<size_t>(channels)),
        quantization(kScale * kScale, 0));
    const TensorIndex output = Activation(output_shape);
    builder_.AddOperator(code, {input, weights, bias}, {output},
                         std::move(options), dimension < 0 ? 4 : 3);
    return output;
  }

  ModelBuilder builder_{"keyword example"};
};

}  // namespace

Result<Model> KeywordExample() { return Network().Build(); }

}  // namespace tinyml::analysis
