// Defects of CMSIS-NN: each met, and narrowly not.
#define HAZARD_PAIRS_OF CmsisNnHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"

namespace tinyml::runtime {
namespace {

constexpr const char* kM4 = "cortex-m4:runtime=2026-08";

// `side` x `side` to twice that.
Model TransposeConv(
    Padding padding, int32_t filter, int32_t channels,
    ActivationFunctionType activation = ActivationFunctionType::kNone) {
  auto options = StrideOptions<TransposeConvOptions>(padding, 2);
  options.fused_activation_function = activation;
  const int32_t side = padding == Padding::kSame ? 8 : 6 + filter;
  Model model = OneOperator(
      BuiltinOperator::kTransposeConv,
      {MakeTensor(TensorType::kInt32, {4}),
       MakeTensor(TensorType::kInt8, {4, filter, filter, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, 4, 4, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, side, side, 4}, 0.5F)},
      MakeOptions(options));
  SetConstant(model, 0, {1, side, side, 4});
  return model;
}

// 3x3; with `filter_channels` of the input's 8.
Model Conv(TensorType input, TensorType filter, int32_t filter_channels) {
  const auto options = StrideOptions<Conv2DOptions>(Padding::kSame, 1);
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(input, {1, 4, 4, 8}, 0.5F),
       MakeTensor(filter, {8, 3, 3, filter_channels}, 0.5F),
       MakeTensor(input == TensorType::kInt16 ? TensorType::kInt64
                                              : TensorType::kInt32,
                  {8}, 0.25F),
       MakeTensor(input, {1, 4, 4, 8}, 0.5F)},
      MakeOptions(options));
}

Model DepthwiseInt4(int32_t channels) {
  auto options = StrideOptions<DepthwiseConv2DOptions>(Padding::kSame, 1);
  options.depth_multiplier = 1;
  return OneOperator(BuiltinOperator::kDepthwiseConv2D,
                     {MakeTensor(TensorType::kInt8, {1, 4, 4, channels}, 0.5F),
                      MakeTensor(TensorType::kInt4, {1, 3, 3, channels}, 0.5F),
                      MakeTensor(TensorType::kInt32, {channels}, 0.25F),
                      MakeTensor(TensorType::kInt8, {1, 4, 4, channels}, 0.5F)},
                     MakeOptions(options));
}

// One row more at the end of the first dimension.
Model Pad(std::vector<int32_t> shape) {
  const auto rank = static_cast<int32_t>(shape.size());
  const Tensor input = MakeTensor(TensorType::kInt8, shape, 0.5F);
  ++shape[0];
  Model model = OneOperator(BuiltinOperator::kPad,
                            {input, MakeTensor(TensorType::kInt32, {rank, 2}),
                             MakeTensor(TensorType::kInt8, shape, 0.5F)});
  std::vector<int32_t> paddings(2 * shape.size());
  paddings[1] = 1;
  SetConstant(model, 1, paddings);
  return model;
}

Model Transpose(TensorType type, const std::vector<int32_t>& shape) {
  std::vector<int32_t> order;
  for (size_t i = 0; i < shape.size(); ++i) {
    order.push_back(static_cast<int32_t>(i));
  }
  Model model = OneOperator(
      BuiltinOperator::kTranspose,
      {MakeTensor(type, shape, 0.5F),
       MakeTensor(TensorType::kInt32, {static_cast<int32_t>(shape.size())}),
       MakeTensor(type, shape, 0.5F)});
  SetConstant(model, 1, order);
  return model;
}

Model Maximum(const std::vector<int32_t>& shape) {
  return OneOperator(BuiltinOperator::kMaximum,
                     {MakeTensor(TensorType::kInt8, shape, 0.5F),
                      MakeTensor(TensorType::kInt8, shape, 0.5F),
                      MakeTensor(TensorType::kInt8, shape, 0.5F)});
}

Model MaximumOf(const std::vector<int32_t>& a, const std::vector<int32_t>& b,
                const std::vector<int32_t>& output) {
  return OneOperator(BuiltinOperator::kMaximum,
                     {MakeTensor(TensorType::kInt8, a, 0.5F),
                      MakeTensor(TensorType::kInt8, b, 0.5F),
                      MakeTensor(TensorType::kInt8, output, 0.5F)});
}

// 3x3 in int16 with an int64 bias.
Model ConvInt16(int32_t channels, int32_t outputs) {
  const auto options = StrideOptions<Conv2DOptions>(Padding::kSame, 1);
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt16, {1, 4, 4, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {outputs, 3, 3, channels}, 0.5F),
       MakeTensor(TensorType::kInt64, {outputs}, 0.25F),
       MakeTensor(TensorType::kInt16, {1, 4, 4, outputs}, 0.5F)},
      MakeOptions(options));
}

Model DepthwiseWithoutBias(int32_t channels) {
  auto options = StrideOptions<DepthwiseConv2DOptions>(Padding::kSame, 1);
  options.depth_multiplier = 1;
  return OneOperator(BuiltinOperator::kDepthwiseConv2D,
                     {MakeTensor(TensorType::kInt8, {1, 4, 4, channels}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 3, 3, channels}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 4, 4, channels}, 0.5F)},
                     MakeOptions(options));
}

// A filter of 4 with stride 2 is padded by 1, one of 2 by 0.
HAZARD_PAIR("cmsis-nn-transpose-conv-partial-rows",
            On(kM4, TransposeConv(Padding::kSame, 4, 8)),
            On(kM4, TransposeConv(Padding::kSame, 2, 8)))
HAZARD_PAIR("cmsis-nn-transpose-conv-partial-rows",
            On(kM4, TransposeConv(Padding::kSame, 4, 16)),
            On(kM4, TransposeConv(Padding::kSame, 4, 17)))
HAZARD_PAIR("cmsis-nn-transpose-conv-partial-rows",
            On(kM4, TransposeConv(Padding::kSame, 4, 8)),
            On(kM4, TransposeConv(Padding::kValid, 4, 8)))
HAZARD_PAIR(
    "cmsis-nn-transpose-conv-activation",
    On(kM4, TransposeConv(Padding::kSame, 2, 8, ActivationFunctionType::kRelu)),
    On("cortex-m4+reference:runtime=2026-08",
       TransposeConv(Padding::kSame, 2, 8, ActivationFunctionType::kRelu)))
HAZARD_PAIR("cmsis-nn-conv-int16-groups",
            On(kM4, Conv(TensorType::kInt16, TensorType::kInt8, 4)),
            On(kM4, Conv(TensorType::kInt16, TensorType::kInt8, 8)))
HAZARD_PAIR("cmsis-nn-conv-int4-groups",
            On(kM4, Conv(TensorType::kInt8, TensorType::kInt4, 4)),
            On(kM4, Conv(TensorType::kInt8, TensorType::kInt8, 4)))
HAZARD_PAIR("cmsis-nn-fully-connected-int16-bias",
            On(kM4, FullyConnected16x8(TensorType::kInt32)),
            On(kM4, FullyConnected16x8(TensorType::kInt64)))
HAZARD_PAIR("cmsis-nn-depthwise-int4-channels", On(kM4, DepthwiseInt4(5)),
            On(kM4, DepthwiseInt4(6)))
HAZARD_PAIR("cmsis-nn-pad-dimensions", On(kM4, Pad({2, 1, 2, 2, 2})),
            On(kM4, Pad({2, 2, 2, 2})))
HAZARD_PAIR("cmsis-nn-transpose-dimensions",
            On(kM4, Transpose(TensorType::kInt8, {1, 2, 2, 2, 2})),
            On(kM4, Transpose(TensorType::kInt16, {1, 2, 2, 2, 2})))
HAZARD_PAIR("cmsis-nn-maximum-minimum-dimensions",
            On("cortex-m4:runtime=2026-02", Maximum({8})),
            On("cortex-m4:runtime=2026-02", Maximum({1, 8})))

HAZARD_PAIR("cmsis-nn-maximum-minimum-column",
            On(kM4, MaximumOf({1, 4, 1, 1}, {1, 4, 2, 3}, {1, 4, 2, 3})),
            On(kM4, MaximumOf({1, 4, 1, 1}, {1, 4, 1, 3}, {1, 4, 1, 3})))
// 9 x 57 = 513 weights, 9 x 60 = 540.
HAZARD_PAIR("cmsis-nn-conv-int16-columns", On(kM4, ConvInt16(57, 3)),
            On(kM4, ConvInt16(60, 3)))
HAZARD_PAIR("cmsis-nn-conv-int16-columns", On(kM4, ConvInt16(57, 3)),
            On("cortex-m0:runtime=2026-08", ConvInt16(57, 3)))
HAZARD_PAIR("cmsis-nn-depthwise-no-bias",
            On("cortex-m55:runtime=2026-08", DepthwiseWithoutBias(125)),
            On("cortex-m55:runtime=2026-08", DepthwiseWithoutBias(124)))

}  // namespace
}  // namespace tinyml::runtime
