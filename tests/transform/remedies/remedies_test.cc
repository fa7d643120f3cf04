// The remedies: what each rewrites, what it leaves alone, and that the
// reference kernels compute the same bits.
#include "transform/remedies/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/float_net.h"
#include "tests/support/typed_net.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::OperatorNames;
using testing::ReferenceResults;
using ::testing::SizeIs;
using testing::TypedNet;
using Op = BuiltinOperator;
using Dims = TypedNet::Dims;

class OfEveryType : public ::testing::TestWithParam<TensorType> {};
INSTANTIATE_TEST_SUITE_P(Types, OfEveryType,
                         ::testing::Values(TensorType::kFloat32,
                                           TensorType::kInt8,
                                           TensorType::kInt16),
                         [](const auto& info) {
                           return TensorTypeName(info.param);
                         });

// Applies the remedy to every operator. Returns how many it rewrote.
size_t Apply(std::string_view name, Model& model) {
  std::vector<OperatorId> all;
  for (size_t i = 0; i < model.subgraphs[0].operators.size(); ++i) {
    all.emplace_back(0, i);
  }
  const Remedy* remedy = FindRemedy(name);
  EXPECT_NE(remedy, nullptr) << name;
  const auto done = ApplyRemedy(*remedy, model, all);
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
  return done ? done->size() : 0;
}

// Applies the remedy, which must rewrite one operator and keep all results.
Model Remedied(std::string_view name, const Model& model) {
  Model changed = model;
  EXPECT_EQ(Apply(name, changed), 1u);
  const auto before = ReferenceResults(model);
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(before, ReferenceResults(changed));
  const Subgraph& was = model.subgraphs[0];
  const Subgraph& is = changed.subgraphs[0];
  EXPECT_EQ(was.tensors[was.outputs[0]].name, is.tensors[is.outputs[0]].name);
  EXPECT_EQ(was.tensors[was.outputs[0]].shape, is.tensors[is.outputs[0]].shape);
  return changed;
}

void ExpectUntouched(std::string_view name, const Model& model) {
  Model changed = model;
  EXPECT_EQ(Apply(name, changed), 0u);
  EXPECT_EQ(model, changed);
}

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

TEST_P(OfEveryType, TransposeConvWithPaddingBecomesValidAndSlice) {
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

TEST_P(OfEveryType, TransposeConvOfAnyWindow) {
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

TEST_P(OfEveryType, TransposeConvWithAStrideAboveItsFilter) {
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

TEST_P(OfEveryType, TransposeConvWithoutPaddingStays) {
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

TEST_P(OfEveryType, ExplicitPaddingOfUnevenSides) {
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

TEST_P(OfEveryType, ExplicitPaddingOfADilatedDepthwiseConvolution) {
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

TEST_P(OfEveryType, ExplicitPaddingWhereThereIsNone) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 8, 8, 3});
  const Model model =
      b.Take(b.Conv(x, 5, {1, 1}, {1, 8, 8, 5}, {.padding = Padding::kSame}));
  ExpectUntouched("explicit-padding", model);
}

TEST_P(OfEveryType, ExplicitPaddingOfWholeStrides) {
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

TEST(WidenBias, OfInt16Layers) {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  b.At(weights).quantization = PerTensor(0.01f, 0);
  Model model = b.Take(b.Add(Op::kFullyConnected,
                             {x, weights, b.Bias(4, TensorType::kInt32)},
                             b.Values({1, 4}), FullyConnectedOptions()));
  Model changed = model;
  EXPECT_EQ(Apply("widen-bias", changed), 1u);
  const Subgraph& graph = changed.subgraphs[0];
  EXPECT_EQ(graph.tensors[graph.operators[0].inputs[2]].type,
            TensorType::kInt64);
  // The kernel for int64 rounds once where that for int32 rounds twice.
  const auto before = ReferenceResults(model);
  const auto after = ReferenceResults(changed);
  ASSERT_EQ(before.size(), after.size());
  const auto at = [](const std::vector<uint8_t>& bytes, size_t i) {
    return static_cast<int16_t>(bytes[i] | bytes[i + 1] << 8);
  };
  for (size_t i = 0; i < before.size(); i += 2) {
    EXPECT_NEAR(at(before, i), at(after, i), 1) << i;
  }
  // Nothing more is to be done.
  EXPECT_EQ(Apply("widen-bias", changed), 0u);
}

TEST_P(OfEveryType, AddZeroBias) {
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

TEST_P(OfEveryType, MergeDimensionsOfAPad) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({2, 3, 2, 4, 3});
  const TensorIndex pads = b.Ints({5, 2}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0});
  const Model model = b.Take(
      b.Add(Op::kPad, {x, pads}, b.Moved(x, {2, 6, 2, 5, 3}), PadOptions()));
  EXPECT_THAT(OperatorNames(Remedied("merge-dimensions", model)),
              ElementsAre("RESHAPE", "PAD", "RESHAPE"));
}

TEST(MergeDimensions, OfATranspose) {
  for (const TensorType type : {TensorType::kFloat32, TensorType::kInt8}) {
    TypedNet b(type);
    const TensorIndex x = b.Input({2, 3, 1, 4, 3});
    const TensorIndex axes = b.Ints({5}, {3, 4, 2, 0, 1});
    const Model model =
        b.Take(b.Add(Op::kTranspose, {x, axes}, b.Moved(x, {4, 3, 1, 2, 3}),
                     TransposeOptions()));
    const Model changed = Remedied("merge-dimensions", model);
    EXPECT_THAT(OperatorNames(changed),
                ElementsAre("RESHAPE", "TRANSPOSE", "RESHAPE"));
    EXPECT_THAT(changed.subgraphs[0]
                    .tensors[changed.subgraphs[0].operators[1].inputs[0]]
                    .shape,
                ElementsAre(6, 12));
  }
}

TEST(MergeDimensions, NotOfFiveThatAllMove) {
  TypedNet b(TensorType::kFloat32);
  const TensorIndex x = b.Input({2, 3, 2, 2, 3});
  const TensorIndex axes = b.Ints({5}, {4, 3, 2, 1, 0});
  ExpectUntouched("merge-dimensions", b.Take(b.Add(Op::kTranspose, {x, axes},
                                                   b.Moved(x, {3, 2, 2, 3, 2}),
                                                   TransposeOptions())));
}

TEST_P(OfEveryType, MergeDimensionsOfTwoOperands) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 2, 3, 2, 3});
  const TensorIndex y =
      b.AddInput("y", GetParam(), {3, 2, 1}, b.At(x).quantization);
  const Model model =
      b.Take(b.Add(Op::kMaximum, {x, y}, b.Moved(x, {1, 2, 3, 2, 3}),
                   MaximumMinimumOptions()));
  const Model changed = Remedied("merge-dimensions", model);
  EXPECT_THAT(OperatorNames(changed),
              ElementsAre("RESHAPE", "RESHAPE", "MAXIMUM", "RESHAPE"));
}

TEST_P(OfEveryType, FlattenFullyConnected) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({2, 3, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  if (!b.IsFloat()) b.At(weights).quantization = PerTensor(0.01f, 0);
  const Model model = b.Take(
      b.Add(Op::kFullyConnected, {x, weights, b.Bias(4)}, b.Values({2, 3, 4}),
            FullyConnectedOptions{.keep_num_dims = true}));
  const Model changed = Remedied("flatten-fully-connected", model);
  EXPECT_THAT(OperatorNames(changed),
              ElementsAre("FULLY_CONNECTED", "RESHAPE"));
  ExpectUntouched("flatten-fully-connected", changed);
}

TEST(UnpackInt4Weights, OfAConvolution) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 4, 3});
  std::vector<uint8_t> packed;
  for (int i = 0; i < 45; ++i) packed.push_back(static_cast<uint8_t>(i * 37));
  packed.resize((5 * 3 * 3 * 3 + 1) / 2, 0x1F);
  const TensorIndex weights =
      b.AddConstant("w", TensorType::kInt4, {5, 3, 3, 3}, BufferData(packed),
                    PerChannel({0.1f, 0.2f, 0.1f, 0.3f, 0.1f}, 0));
  const Model model = b.Take(b.Add(
      Op::kConv2D, {x, weights, b.Bias(5)}, b.Values({1, 2, 2, 5}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
  ExpectUntouched("unpack-int4-weights",
                  Remedied("unpack-int4-weights", model));
}

TEST_P(OfEveryType, SplitGroups) {
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
