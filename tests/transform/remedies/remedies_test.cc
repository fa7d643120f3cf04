// The remedies of layers: what each rewrites, what it leaves alone, and that
// the reference kernels compute the same bits.
#include "transform/remedies/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "tests/support/float_net.h"
#include "tests/support/typed_net.h"
#include "tests/transform/remedies/apply.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using testing::OperatorNames;
using ::testing::SizeIs;
using testing::TypedNet;
using Op = BuiltinOperator;
using Dims = TypedNet::Dims;

class LayerRemedies : public OfEveryType {};
INSTANTIATE_TEST_SUITE_P(Types, LayerRemedies,
                         ::testing::Values(TensorType::kFloat32,
                                           TensorType::kInt8,
                                           TensorType::kInt16),
                         [](const auto& info) {
                           return TensorTypeName(info.param);
                         });

Model TransposeConv(TensorType type, Dims in, int32_t outputs, Dims filter,
                    Dims out, TransposeConvOptions options,
                    bool with_bias = true) {
  TypedNet b(type);
  const TensorIndex x = b.Input(in);
  std::vector<TensorIndex> inputs = {
      b.Ints({4}, {in[0], out[0], out[1], outputs}),
      b.Weights({outputs, filter[0], filter[1], in[3]}, 0), x};
  if (with_bias) inputs.push_back(b.Bias(outputs));
  return b.Take(b.Add(Op::kTransposeConv, inputs,
                      b.Values({in[0], out[0], out[1], outputs}), options));
}

TEST_P(LayerRemedies, TransposeConvWithPaddingBecomesValidAndSlice) {
  const Model model =
      TransposeConv(GetParam(), {1, 4, 4, 8}, 4, {4, 4}, {8, 8},
                    {.padding = Padding::kSame, .stride_w = 2, .stride_h = 2});
  const Model changed = Remedied("whole-transpose-conv", model);
  EXPECT_THAT(OperatorNames(changed), ElementsAre("TRANSPOSE_CONV", "SLICE"));
  const Subgraph& graph = changed.subgraphs[0];
  const Operator& op = graph.operators[0];
  EXPECT_EQ(op.options.As<TransposeConvOptions>()->padding, Padding::kValid);
  EXPECT_THAT(graph.tensors[op.outputs[0]].shape, ElementsAre(1, 10, 10, 4));
}

TEST_P(LayerRemedies, TransposeConvOfAnyWindow) {
  for (const auto& [filter, stride, rows] :
       std::vector<std::tuple<Dims, int32_t, int32_t>>{
           {{3, 5}, 2, 8}, {{5, 3}, 3, 11}, {{3, 3}, 2, 7}, {{5, 5}, 1, 4}}) {
    SCOPED_TRACE(std::to_string(filter[0]) + " " + std::to_string(stride));
    Remedied("whole-transpose-conv", TransposeConv(GetParam(), {2, 4, 3, 3}, 5,
                                                   filter, {rows, 3 * stride},
                                                   {.padding = Padding::kSame,
                                                    .stride_w = stride,
                                                    .stride_h = stride}));
  }
}

TEST_P(LayerRemedies, TransposeConvWithAStrideAboveItsFilter) {
  // CMSIS-NN writes as many rows as strides.
  const Model model =
      TransposeConv(GetParam(), {1, 3, 3, 4}, 2, {1, 2}, {7, 8},
                    {.padding = Padding::kValid, .stride_w = 3, .stride_h = 3});
  const Model changed = Remedied("whole-transpose-conv", model);
  EXPECT_THAT(changed.subgraphs[0]
                  .tensors[changed.subgraphs[0].operators[0].outputs[0]]
                  .shape,
              ElementsAre(1, 9, 9, 2));
}

TEST_P(LayerRemedies, TransposeConvWithoutPaddingStays) {
  ExpectUntouched(
      "whole-transpose-conv",
      TransposeConv(
          GetParam(), {1, 4, 4, 2}, 3, {3, 3}, {9, 9},
          {.padding = Padding::kValid, .stride_w = 2, .stride_h = 2}));
  ExpectUntouched(
      "whole-transpose-conv",
      TransposeConv(GetParam(), {1, 4, 4, 2}, 3, {2, 2}, {8, 8},
                    {.padding = Padding::kSame, .stride_w = 2, .stride_h = 2}));
}

TEST(UnfuseActivation, OfATransposeConvolution) {
  for (const auto activation :
       {ActivationFunctionType::kRelu, ActivationFunctionType::kRelu6}) {
    for (const TensorType type :
         {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}) {
      const Model model =
          TransposeConv(type, {1, 4, 4, 2}, 3, {3, 3}, {9, 9},
                        {.padding = Padding::kValid,
                         .stride_w = 2,
                         .stride_h = 2,
                         .fused_activation_function = activation});
      EXPECT_THAT(OperatorNames(Remedied("unfuse-activation", model)),
                  SizeIs(2));
    }
  }
  ExpectUntouched(
      "unfuse-activation",
      TransposeConv(
          TensorType::kInt8, {1, 4, 4, 2}, 3, {3, 3}, {9, 9},
          {.padding = Padding::kValid, .stride_w = 2, .stride_h = 2}));
}

TEST_P(LayerRemedies, ExplicitPaddingOfUnevenSides) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 8, 9, 4});
  const Model model =
      b.Take(b.Conv(x, 5, {3, 3}, {1, 4, 5, 5},
                    {.padding = Padding::kSame, .stride_w = 2, .stride_h = 2}));
  const Model changed = Remedied("explicit-padding", model);
  EXPECT_THAT(OperatorNames(changed), ElementsAre("PAD", "CONV_2D"));
  EXPECT_THAT(changed.subgraphs[0]
                  .tensors[changed.subgraphs[0].operators[1].inputs[0]]
                  .shape,
              ElementsAre(1, 9, 11, 4));
}

TEST_P(LayerRemedies, ExplicitPaddingOfADilatedDepthwiseConvolution) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({2, 8, 7, 3});
  const Model model = b.Take(b.Depthwise(x, {2, 3}, {2, 8, 7, 6},
                                         {.padding = Padding::kSame,
                                          .depth_multiplier = 2,
                                          .dilation_w_factor = 2,
                                          .dilation_h_factor = 3}));
  EXPECT_THAT(OperatorNames(Remedied("explicit-padding", model)),
              ElementsAre("PAD", "DEPTHWISE_CONV_2D"));
}

TEST_P(LayerRemedies, ExplicitPaddingWhereThereIsNone) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 8, 8, 3});
  const Model model =
      b.Take(b.Conv(x, 5, {1, 1}, {1, 8, 8, 5}, {.padding = Padding::kSame}));
  ExpectUntouched("explicit-padding", model);
}

TEST_P(LayerRemedies, ExplicitPaddingOfWholeStrides) {
  struct Case {
    Dims in;
    int32_t stride;
    Padding padding;
    Dims out;
  };
  for (const Case& c : {Case{{8, 8}, 2, Padding::kSame, {4, 4}},
                        Case{{9, 6}, 2, Padding::kSame, {5, 3}},
                        Case{{9, 9}, 2, Padding::kValid, {4, 4}},
                        Case{{8, 7}, 2, Padding::kValid, {3, 3}},
                        Case{{7, 6}, 1, Padding::kSame, {7, 6}},
                        Case{{9, 7}, 3, Padding::kSame, {3, 3}}}) {
    TypedNet b(GetParam());
    const TensorIndex x = b.Input({1, c.in[0], c.in[1], 4});
    const Model model = b.Take(b.Depthwise(
        x, {3, 3}, {1, c.out[0], c.out[1], 4},
        {.padding = c.padding, .stride_w = c.stride, .stride_h = c.stride}));
    const Model changed = Remedied("explicit-padding-of-strides", model);
    EXPECT_THAT(OperatorNames(changed),
                ElementsAre("PAD", "DEPTHWISE_CONV_2D"));
    const Subgraph& graph = changed.subgraphs[0];
    const Tensor& input = graph.tensors[graph.operators[1].inputs[0]];
    EXPECT_THAT(input.shape, ElementsAre(1, c.stride * c.out[0] + 2,
                                         c.stride * c.out[1] + 2, 4));
    ExpectUntouched("explicit-padding-of-strides", changed);
  }
}

TEST_P(LayerRemedies, AddZeroBias) {
  TypedNet b(GetParam());
  TensorIndex x = b.Input({1, 6, 6, 3});
  x = b.Add(
      Op::kConv2D, {x, b.Weights({4, 3, 3, 3}, 0)}, b.Values({1, 4, 4, 4}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1});
  const Model conv = b.Take(x);
  const Model changed = Remedied("add-zero-bias", conv);
  EXPECT_THAT(changed.subgraphs[0].operators[0].inputs, SizeIs(3));
  const Model transpose = TransposeConv(
      GetParam(), {1, 4, 4, 2}, 3, {3, 3}, {9, 9},
      {.padding = Padding::kValid, .stride_w = 2, .stride_h = 2}, false);
  EXPECT_THAT(
      Remedied("add-zero-bias", transpose).subgraphs[0].operators[0].inputs,
      SizeIs(4));
  ExpectUntouched("add-zero-bias", changed);
}

TEST_P(LayerRemedies, SplitGroups) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 6, 6, 6});
  const Model model =
      b.Take(b.Add(Op::kConv2D, {x, b.Weights({9, 3, 3, 2}, 0), b.Bias(9)},
                   b.Values({1, 3, 3, 9}),
                   Conv2DOptions{.padding = Padding::kSame,
                                 .stride_w = 2,
                                 .stride_h = 2,
                                 .fused_activation_function =
                                     ActivationFunctionType::kRelu}));
  EXPECT_THAT(
      OperatorNames(Remedied("split-groups", model)),
      ElementsAre("SPLIT", "CONV_2D", "CONV_2D", "CONV_2D", "CONCATENATION"));
}

TEST(ApplyRemedy, OnlyToWhatItIsGiven) {
  TypedNet b(TensorType::kInt8);
  TensorIndex x = b.Input({1, 8, 8, 2});
  const Conv2DOptions options = {
      .padding = Padding::kSame, .stride_w = 2, .stride_h = 2};
  x = b.Conv(x, 3, {3, 3}, {1, 4, 4, 3}, options);
  Model model = b.Take(b.Conv(x, 3, {3, 3}, {1, 2, 2, 3}, options));
  const std::vector<OperatorId> second = {OperatorId(0, 1), OperatorId(0, 9),
                                          OperatorId(3, 0)};
  const auto done = ApplyRemedy(*FindRemedy("explicit-padding"), model, second);
  ASSERT_TRUE(done.has_value());
  EXPECT_THAT(*done, ElementsAre(OperatorId(0, 1)));
  EXPECT_THAT(OperatorNames(model), ElementsAre("CONV_2D", "PAD", "CONV_2D"));
}

TEST(ApplyRemedy, NotToModelsWithAPlan) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 8, 8, 2});
  b.AddMetadata("OfflineMemoryAllocation", BufferOf<int32_t>({1, 0, 0}));
  ExpectUntouched(
      "explicit-padding",
      b.Take(b.Conv(x, 3, {3, 3}, {1, 8, 8, 3}, {.padding = Padding::kSame})));
}

TEST(Remedies, AreInOrder) {
  EXPECT_TRUE(std::ranges::is_sorted(Remedies(), {}, &Remedy::name));
  EXPECT_EQ(FindRemedy("no such"), nullptr);
}

}  // namespace
}  // namespace tinyml::transform
