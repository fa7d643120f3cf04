#include "tests/analysis/remedy_cases.h"

#include <optional>
#include <utility>

#include "tests/support/typed_net.h"
#include "tinyml/model_builder.h"

namespace tinyml::testing {
namespace {

using Op = BuiltinOperator;

}  // namespace

Model TransposeConvForRemedies(TensorType type,
                               ActivationFunctionType activation) {
  TypedNet b(type);
  const TensorIndex x = b.Input({1, 4, 4, 8});
  const bool relu = activation != ActivationFunctionType::kNone;
  return b.Take(
      b.Add(Op::kTransposeConv,
            {b.Ints({4}, {1, 8, 8, 4}), b.Weights({4, relu ? 2 : 4, 4, 8}, 0),
             x, b.Bias(4)},
            b.Values({1, 8, 8, 4}),
            TransposeConvOptions{.padding = Padding::kSame,
                                 .stride_w = 2,
                                 .stride_h = 2,
                                 .fused_activation_function = activation}));
}

Model DepthwiseForRemedies(std::vector<int32_t> in, std::vector<int32_t> out,
                           Padding padding) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, in[0], in[1], in[2]});
  return b.Take(
      b.Depthwise(x, {3, 3}, {1, out[0], out[1], in[2]},
                  {.padding = padding, .stride_w = 2, .stride_h = 2}));
}

namespace {

Model Conv(TypedNet::Dims in, int32_t outputs, TypedNet::Dims out,
           int32_t stride) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, in[0], in[1], in[2]});
  return b.Take(b.Conv(
      x, outputs, {3, 3}, {1, out[0], out[1], outputs},
      {.padding = Padding::kSame, .stride_w = stride, .stride_h = stride}));
}

Model GroupedConv() {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 6, 6, 4});
  return b.Take(b.Add(
      Op::kConv2D, {x, b.Weights({6, 3, 3, 2}, 0), b.Bias(6)},
      b.Values({1, 4, 4, 6}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model Int4Conv(bool depthwise) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 4, depthwise ? 3 : 4});
  const std::vector<int32_t> shape = depthwise
                                         ? std::vector<int32_t>{1, 3, 3, 3}
                                         : std::vector<int32_t>{6, 3, 3, 2};
  const int32_t channels = depthwise ? 3 : 6;
  std::vector<uint8_t> packed(depthwise ? 14 : 54);
  for (size_t i = 0; i < packed.size(); ++i) {
    packed[i] = static_cast<uint8_t>(i * 37);
  }
  if (depthwise) packed.back() &= 15;
  const TensorIndex weights = b.AddConstant(
      "w", TensorType::kInt4, shape, BufferData(packed),
      PerChannel(std::vector<float>(channels, 0.1f), depthwise ? 3 : 0));
  const TensorIndex bias = b.Bias(channels);
  const TensorIndex y = b.Values({1, 2, 2, channels});
  if (depthwise) {
    return b.Take(b.Add(Op::kDepthwiseConv2D, {x, weights, bias}, y,
                        DepthwiseConv2DOptions{.padding = Padding::kValid,
                                               .stride_w = 1,
                                               .stride_h = 1,
                                               .depth_multiplier = 1}));
  }
  return b.Take(b.Add(
      Op::kConv2D, {x, weights, bias}, y,
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model FullyConnected(TensorType type, std::optional<TensorType> bias,
                     bool per_channel) {
  TypedNet b(type);
  const TensorIndex x = b.Input({1, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  if (!per_channel) b.At(weights).quantization = PerTensor(0.01f, 0);
  return b.Take(b.Add(Op::kFullyConnected, {x, weights, b.Bias(4, bias)},
                      b.Values({1, 4}), FullyConnectedOptions()));
}

Model Pad5() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 2, 4, 3});
  return b.Take(b.Add(Op::kPad,
                      {x, b.Ints({5, 2}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0})},
                      b.Moved(x, {2, 6, 2, 5, 3}), PadOptions()));
}

Model Transpose5() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 1, 4, 3});
  return b.Take(b.Add(Op::kTranspose, {x, b.Ints({5}, {3, 4, 2, 0, 1})},
                      b.Moved(x, {4, 3, 1, 2, 3}), TransposeOptions()));
}

Model Maximum(const TypedNet::Dims& shape) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input(shape);
  const TensorIndex y =
      b.AddInput("y", TensorType::kInt8, shape, b.At(x).quantization);
  return b.Take(
      b.Add(Op::kMaximum, {x, y}, b.Moved(x, shape), MaximumMinimumOptions()));
}

Model Softmax() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 2, 3, 48});
  const TensorIndex y = b.Values({1, 2, 3, 48});
  b.At(y).quantization = PerTensor(1.0f / 256, -128);
  return b.Take(b.Add(Op::kSoftmax, {x}, y, SoftmaxOptions{.beta = 1.0f}));
}

Model AddInt32() {
  ModelBuilder b("add");
  const TensorIndex x = b.AddInput("x", TensorType::kInt32, {5});
  const TensorIndex y = b.AddTensor("y", TensorType::kInt32, {5});
  b.AddOperator(Op::kAdd, {x, x}, {y},
                MakeOptions(AddOptions{.fused_activation_function =
                                           ActivationFunctionType::kRelu}));
  b.SetOutputs({y});
  return *b.Build();
}

Model Mean3() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 2, 2, 3});
  return b.Take(b.Add(Op::kMean, {x, b.Ints({3}, {1, 2, 3})}, b.Values({2, 3}),
                      ReducerOptions{.keep_dims = false}));
}

Model ScalarReshape() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 1});
  return b.Take(b.Add(Op::kReshape, {x}, b.Moved(x, {0}), ReshapeOptions()));
}

// A dilated convolution as converters write it, or only its first operator.
Model SpaceToBatch(bool chain) {
  TypedNet b(TensorType::kFloat32);
  TensorIndex x = b.Input({1, 8, 8, 3});
  const TensorIndex block = b.Ints({2}, {2, 2});
  x = b.Add(Op::kSpaceToBatchNd, {x, block, b.Ints({2, 2}, {2, 2, 2, 2})},
            b.Moved(x, {4, 6, 6, 3}), SpaceToBatchNDOptions());
  if (!chain) return b.Take(x);
  x = b.Conv(x, 4, {3, 3}, {4, 4, 4, 4}, {.padding = Padding::kValid});
  return b.Take(b.Add(Op::kBatchToSpaceNd,
                      {x, block, b.Ints({2, 2}, {0, 0, 0, 0})},
                      b.Moved(x, {1, 8, 8, 4}), BatchToSpaceNDOptions()));
}

Model ConvRow(int32_t width, int32_t filter) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 1, width, 4});
  return b.Take(
      b.Conv(x, 8, {1, filter}, {1, 1, (width + 1) / 2, 8},
             {.padding = Padding::kSame, .stride_w = 2, .stride_h = 1}));
}

Model ConvIn2Groups(int32_t height, int32_t filter) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, height, 8, 8});
  return b.Take(b.Add(
      Op::kConv2D, {x, b.Weights({8, 1, filter, 4}, 0), b.Bias(8)},
      b.Values({1, height, 9 - filter, 8}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model Int16ConvWithoutBias() {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 2, 2, 1200});
  return b.Take(b.Add(
      Op::kConv2D, {x, b.Weights({4, 1, 1, 1200}, 0)}, b.Values({1, 2, 2, 4}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model Int16FullyConnectedWithoutBias() {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 1200});
  const TensorIndex weights = b.Weights({4, 1200}, 0);
  b.At(weights).quantization = PerTensor(0.01f, 0);
  return b.Take(b.Add(Op::kFullyConnected, {x, weights}, b.Values({1, 4}),
                      FullyConnectedOptions()));
}

Model SquareConv(int32_t side, int32_t filter, int32_t stride) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, side, side, 4});
  const int32_t out = (side + stride - 1) / stride;
  return b.Take(b.Conv(
      x, 8, {filter, filter}, {1, out, out, 8},
      {.padding = Padding::kSame, .stride_w = stride, .stride_h = stride}));
}

Model WideDepthwise() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 23, 23, 48});
  return b.Take(
      b.Depthwise(x, {5, 5}, {1, 23, 23, 48}, {.padding = Padding::kSame}));
}

Model DepthwiseWithoutBias() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 6, 6, 128});
  return b.Take(b.Add(Op::kDepthwiseConv2D, {x, b.Weights({1, 3, 3, 128}, 3)},
                      b.Values({1, 4, 4, 128}),
                      DepthwiseConv2DOptions{.padding = Padding::kValid,
                                             .stride_w = 1,
                                             .stride_h = 1,
                                             .depth_multiplier = 1}));
}

Model TransposeOfNothing() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({3, 4});
  return b.Take(b.Add(Op::kTranspose, {x, b.Ints({2}, {0, 1})},
                      b.Moved(x, {3, 4}), TransposeOptions()));
}

Model MaximumOfAColumn() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 2, 3});
  const TensorIndex y =
      b.AddInput("y", TensorType::kInt8, {1, 4, 1, 1}, b.At(x).quantization);
  return b.Take(b.Add(Op::kMaximum, {y, x}, b.Moved(x, {1, 4, 2, 3}),
                      MaximumMinimumOptions()));
}

Model MaximumOfScales() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 40});
  const TensorIndex y =
      b.AddInput("y", TensorType::kInt8, {1, 40}, PerTensor(0.1f, 10));
  return b.Take(b.Add(Op::kMaximum, {x, y}, b.Moved(x, {1, 40}),
                      MaximumMinimumOptions()));
}

Model ConcatenationOfScales() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4});
  const TensorIndex y =
      b.AddInput("y", TensorType::kInt8, {1, 4}, PerTensor(0.1f, 10));
  return b.Take(b.Add(Op::kConcatenation, {x, y}, b.Moved(x, {1, 8}),
                      ConcatenationOptions{.axis = 1}));
}

Model PoolOfScales() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 4, 8});
  return b.Take(b.Add(Op::kAveragePool2D, {x}, b.Values({1, 2, 2, 8}),
                      Pool2DOptions{.padding = Padding::kValid,
                                    .stride_w = 2,
                                    .stride_h = 2,
                                    .filter_width = 2,
                                    .filter_height = 2}));
}

// An operator of one operand whose output has other parameters than its kernel
// writes with.
Model Unary(Op code, Quantization output) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 40});
  const TensorIndex y =
      b.AddTensor("y", TensorType::kInt8, {1, 40}, std::move(output));
  b.AddOperator(code, {x}, {y},
                code == Op::kL2Normalization ? MakeOptions(L2NormOptions())
                                             : OperatorOptions());
  return b.Take(y);
}

Model Mean5() {
  TypedNet b(TensorType::kFloat32);
  const TensorIndex x = b.Input({1, 2, 2, 2, 2});
  return b.Take(b.Add(Op::kMean, {x, b.Ints({5}, {0, 1, 2, 3, 4})},
                      b.Values({1, 1, 1, 1, 1}),
                      ReducerOptions{.keep_dims = true}));
}

}  // namespace

const std::vector<RemedyCase>& RemedyCases() {
  constexpr auto kRelu = ActivationFunctionType::kRelu;
  static const std::vector<RemedyCase> kCases = {
      {"cmsis-nn-transpose-conv-partial-rows", "cortex-m4",
       [] { return TransposeConvForRemedies(TensorType::kInt8); },
       "whole-transpose-conv"},
      {"cmsis-nn-transpose-conv-activation", "cortex-m4",
       [] { return TransposeConvForRemedies(TensorType::kInt8, kRelu); },
       "unfuse-activation"},
      {"tflm-transpose-conv-activation", "cortex-m4+reference:runtime=2024-05",
       [] { return TransposeConvForRemedies(TensorType::kInt8, kRelu); },
       "unfuse-activation"},
      {"cmsis-nn-conv-int16-groups", "cortex-m4", GroupedConv, "split-groups"},
      {"cmsis-nn-conv-int4-groups", "cortex-m4", [] { return Int4Conv(false); },
       "unpack-int4-weights"},
      {"cmsis-nn-depthwise-int4-channels", "cortex-m4",
       [] { return Int4Conv(true); }, "unpack-int4-weights"},
      {"cmsis-nn-fully-connected-int16-bias", "cortex-m4",
       [] {
         return FullyConnected(TensorType::kInt16, TensorType::kInt32, false);
       },
       "widen-bias", true},
      {"tflm-fully-connected-first-scale",
       "cortex-m4+reference:runtime=2024-01",
       [] { return FullyConnected(TensorType::kInt8, {}, true); },
       "convolve-fully-connected"},
      {"cmsis-nn-pad-dimensions", "cortex-m4", Pad5, "merge-dimensions"},
      {"cmsis-nn-transpose-dimensions", "cortex-m4", Transpose5,
       "merge-dimensions"},
      {"cmsis-nn-maximum-minimum-dimensions",
       "cortex-m4:runtime=2025-02,kernels.revision=2025-02",
       [] { return Maximum({7}); }, "merge-dimensions"},
      {"esp-nn-softmax-scratch", "esp32s3", Softmax, "merge-dimensions"},
      {"esp-nn-conv-unequal-padding", "esp32s3",
       [] {
         return Conv({8, 9, 16}, 8, {4, 5}, 2);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-conv-end-padding", "esp32s3:kernels.revision=1.1.2",
       [] {
         return Conv({8, 8, 16}, 8, {4, 4}, 2);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-unequal-padding", "esp32s3",
       [] {
         return DepthwiseForRemedies({49, 20, 32}, {25, 10}, Padding::kSame);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-strips", "esp32s3",
       [] {
         return DepthwiseForRemedies({48, 48, 48}, {24, 24}, Padding::kSame);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-strips", "esp32s3",
       [] {
         return DepthwiseForRemedies({49, 49, 48}, {24, 24}, Padding::kValid);
       },
       "explicit-padding-of-strides"},
      {"tflm-space-to-batch-padding", "cortex-m4",
       [] { return SpaceToBatch(true); }, "fold-space-to-batch"},
      {"tflm-space-to-batch-padding", "esp32s3",
       [] { return SpaceToBatch(false); }, "pad-before-space-to-batch"},
      {"tflm-add-int32-activation", "cortex-m4", AddInt32, "unfuse-activation",
       true},
      {"tflm-reduce-stack", "cortex-m4:runtime=2024-05", Mean3,
       "merge-dimensions"},
      {"tflm-reshape-writes-model", "cortex-m4", ScalarReshape, "scalar-shape",
       true},
      {"tflm-mean-axes", "cortex-m4", Mean5, "merge-dimensions"},
      {"tflm-l2-normalization-output", "cortex-m4",
       [] { return Unary(Op::kL2Normalization, PerTensor(0.01f, 3)); },
       "requantize-output", true},
      {"tflm-tanh-output", "cortex-m4",
       [] { return Unary(Op::kTanh, PerTensor(0.01f, 3)); },
       "requantize-output", true},
      {"tflm-logistic-output", "cortex-m4",
       [] { return Unary(Op::kLogistic, PerTensor(0.01f, -128)); },
       "requantize-output", true},
      {"tflm-relu6-output", "cortex-m4",
       [] { return Unary(Op::kRelu6, PerTensor(0.03f, -128)); },
       "requantize-output", true},
      {"tflm-pooling-scales", "cortex-m4:runtime=2025-02", PoolOfScales,
       "requantize-output", true},
      {"tflm-maximum-minimum-scales", "cortex-m4", MaximumOfScales,
       "requantize-inputs", true},
      {"tflm-concatenation-scales", "cortex-m4:runtime=2024-05",
       ConcatenationOfScales, "requantize-inputs", true},
      {"cmsis-nn-maximum-minimum-column", "cortex-m4", MaximumOfAColumn,
       "broadcast-operands"},
      {"cmsis-nn-depthwise-no-bias", "cortex-m55", DepthwiseWithoutBias,
       "add-zero-bias", true},
      {"cmsis-nn-conv-row-padding", "cortex-m55", [] { return ConvRow(7, 4); },
       "explicit-padding"},
      {"cmsis-nn-conv-row-short", "cortex-m55:runtime=2024-01",
       [] { return ConvRow(2, 4); }, "explicit-padding"},
      {"cmsis-nn-conv-grouped-pointwise", "cortex-m4:runtime=2026-02",
       [] { return ConvIn2Groups(4, 1); }, "split-groups"},
      {"cmsis-nn-conv-grouped-row", "cortex-m55:runtime=2026-02",
       [] { return ConvIn2Groups(1, 3); }, "split-groups"},
      {"cmsis-nn-conv-int16-sum", "cortex-m4:runtime=2026-02",
       Int16ConvWithoutBias, "add-zero-bias"},
      {"tflm-conv-int16-sum", "cortex-m4+reference:runtime=2026-02",
       Int16ConvWithoutBias, "add-zero-bias"},
      {"esp-tflite-micro-conv-int16-sum", "esp32", Int16ConvWithoutBias,
       "add-zero-bias"},
      {"tflm-fully-connected-int16-sum", "cortex-m4+reference:runtime=2026-02",
       Int16FullyConnectedWithoutBias, "add-zero-bias"},
      {"tflm-fully-connected-int16-bias", "cortex-m4+reference:runtime=2025-02",
       [] {
         return FullyConnected(TensorType::kInt16, TensorType::kInt32, false);
       },
       "widen-bias", true},
      {"esp-tflite-micro-fully-connected-int16-bias", "esp32s3",
       [] {
         return FullyConnected(TensorType::kInt16, TensorType::kInt32, false);
       },
       "widen-bias", true},
      {"esp-tflite-micro-fully-connected-int16-channels", "esp32s3",
       [] { return FullyConnected(TensorType::kInt16, {}, true); },
       "convolve-fully-connected"},
      {"cmsis-nn-transpose-order", "cortex-m4", TransposeOfNothing,
       "merge-dimensions"},
      {"esp-nn-depthwise-row-strips", "esp32s3", WideDepthwise,
       "explicit-padding"},
      {"esp-nn-conv-window-edge", "esp32s3", [] { return SquareConv(2, 3, 2); },
       "explicit-padding"},
      {"esp-nn-conv-end-padding-p4", "esp32p4:kernels.revision=1.1.1",
       [] { return SquareConv(8, 3, 2); }, "explicit-padding"},
      {"esp-nn-conv-last-row-p4", "esp32p4:kernels.revision=1.2.2",
       [] { return SquareConv(8, 2, 1); }, "explicit-padding"},
  };
  return kCases;
}

}  // namespace tinyml::testing
