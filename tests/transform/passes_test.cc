// The passes: what each changes, what it leaves alone, and that results stay
// the same.
#include "transform/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/float_net.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using testing::FloatNet;
using testing::MadeUpSamples;
using testing::OperatorNames;
using testing::OutputsOf;
using Op = BuiltinOperator;
using Dims = FloatNet::Dims;
using Activation = ActivationFunctionType;

// Simplifies `model`; its results and the names of its outputs must stay the
// same.
Model Simplified(const Model& model) {
  const Status valid_before = ValidateModel(model);
  EXPECT_TRUE(valid_before.has_value()) << valid_before.error().message;
  Model simple = model;
  EXPECT_TRUE(Simplify(simple).has_value());
  const Status valid = ValidateModel(simple);
  EXPECT_TRUE(valid.has_value()) << valid.error().message;
  const std::vector<float> expected = OutputsOf(model, MadeUpSamples(1, 7));
  const std::vector<float> actual = OutputsOf(simple, MadeUpSamples(1, 7));
  EXPECT_EQ(expected.size(), actual.size());
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    EXPECT_NEAR(expected[i], actual[i],
                1e-5f * std::max(1.0f, std::abs(expected[i])))
        << i;
  }
  const Subgraph& old_graph = model.subgraphs[0];
  const Subgraph& new_graph = simple.subgraphs[0];
  EXPECT_EQ(old_graph.outputs.size(), new_graph.outputs.size());
  for (size_t i = 0; i < old_graph.outputs.size(); ++i) {
    const auto& was = old_graph.tensors[old_graph.outputs[i]];
    const auto& is = new_graph.tensors[new_graph.outputs[i]];
    EXPECT_EQ(was.name, is.name);
    EXPECT_EQ(was.shape, is.shape);
  }
  return simple;
}

Activation FusedInConv(const Model& model, size_t index = 0) {
  return model.subgraphs[0]
      .operators[index]
      .options.As<Conv2DOptions>()
      ->fused_activation_function;
}

TEST(FuseActivations, ReluBecomesPartOfAConvolution) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  const TensorIndex y = b.Conv(x, 4, 3, {.padding = Padding::kValid});
  const Model simple = Simplified(b.Take({b.Relu(y, "y")}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("CONV_2D"));
  EXPECT_EQ(FusedInConv(simple), Activation::kRelu);
}

TEST(FuseActivations, AClampBecomesTheActivationThatItIs) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  const auto clamp = [&](float low, float high) {
    const TensorIndex y = b.Conv(x, 4, 3, {.padding = Padding::kValid});
    const TensorIndex above = b.Same(Op::kMaximum, {y, b.Floats({}, {low})});
    return b.Same(Op::kMinimum, {above, b.Floats({}, {high})});
  };
  const TensorIndex six = clamp(0, 6);
  const TensorIndex one = clamp(-1, 1);
  const TensorIndex other = clamp(-1, 2);
  const Model simple = Simplified(b.Take({six, one, other}));
  EXPECT_THAT(
      OperatorNames(simple),
      ElementsAre("CONV_2D", "CONV_2D", "CONV_2D", "MAXIMUM", "MINIMUM"));
  EXPECT_EQ(FusedInConv(simple, 0), Activation::kRelu6);
  EXPECT_EQ(FusedInConv(simple, 1), Activation::kReluN1To1);
  EXPECT_EQ(FusedInConv(simple, 2), Activation::kNone);
}

TEST(FuseActivations, ReluStaysWhereItsInputIsReadElsewhere) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  const TensorIndex y = b.Conv(x, 4, 3, {.padding = Padding::kValid});
  const Model simple = Simplified(b.Take({b.Relu(y), y}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("CONV_2D", "RELU"));
}

TEST(FoldScales, BatchNormalisationBecomesWeights) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  const TensorIndex y = b.Conv(x, 4, 3, {.padding = Padding::kValid});
  const TensorIndex scaled =
      b.Add(Op::kMul, {y, b.Floats({4})}, {1, 4, 4, 4}, MulOptions());
  const TensorIndex moved =
      b.Add(Op::kAdd, {b.Floats({1, 1, 1, 4}), scaled}, {1, 4, 4, 4},
            AddOptions{.fused_activation_function = Activation::kRelu});
  const Model simple = Simplified(b.Take({moved}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("CONV_2D"));
  EXPECT_EQ(FusedInConv(simple), Activation::kRelu);
}

TEST(FoldScales, EveryFormOfAConstantOperand) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = b.Add(Op::kFullyConnected, {x, b.Floats({5, 3}), kNoTensor},
                        {2, 5}, FullyConnectedOptions());
  y = b.Add(Op::kSub, {b.Floats({5}), y}, {2, 5}, SubOptions());
  y = b.Add(Op::kDiv, {y, b.Floats({5}, {2, 3, -4, 5, 6})}, {2, 5},
            DivOptions());
  y = b.Add(Op::kSub, {y, b.Floats({}, {0.5f})}, {2, 5}, SubOptions());
  const Model simple = Simplified(b.Take({y}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("FULLY_CONNECTED"));
}

TEST(FoldScales, IntoTheLayerBehind) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  TensorIndex y =
      b.Add(Op::kSub, {x, b.Floats({2})}, {1, 6, 6, 2}, SubOptions());
  y = b.Add(Op::kMul, {y, b.Floats({}, {0.25f})}, {1, 6, 6, 2}, MulOptions());
  const Model simple =
      Simplified(b.Take({b.Conv(y, 4, 3, {.padding = Padding::kValid})}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("CONV_2D"));
}

TEST(FoldScales, NoOffsetIntoAPaddedLayer) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  const TensorIndex y =
      b.Add(Op::kSub, {x, b.Floats({2})}, {1, 6, 6, 2}, SubOptions());
  const Model simple =
      Simplified(b.Take({b.Conv(y, 4, 3, {.padding = Padding::kSame})}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("SUB", "CONV_2D"));
}

TEST(FoldScales, NotWhereTheActivationComesFirst) {
  FloatNet b;
  const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
  TensorIndex y = b.Relu(b.Conv(x, 4, 3, {.padding = Padding::kValid}));
  y = b.Add(Op::kMul, {y, b.Floats({4})}, {1, 4, 4, 4}, MulOptions());
  // By column and not by channel, although there are as many.
  TensorIndex z = b.Conv(x, 4, 3, {.padding = Padding::kValid});
  z = b.Add(Op::kMul, {z, b.Floats({4, 1})}, {1, 4, 4, 4}, MulOptions());
  const Model simple = Simplified(b.Take({y, z}));
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("CONV_2D", "MUL", "CONV_2D", "MUL"));
}

TEST(FoldScales, SharedWeightsStay) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  const TensorIndex weights = b.Floats({5, 3});
  const auto layer = [&] {
    return b.Add(Op::kFullyConnected, {x, weights, kNoTensor}, {2, 5},
                 FullyConnectedOptions());
  };
  TensorIndex y = layer();
  y = b.Add(Op::kMul, {y, b.Floats({5})}, {2, 5}, MulOptions());
  TensorIndex z = layer();
  z = b.Add(Op::kAdd, {z, b.Floats({5})}, {2, 5}, AddOptions());
  const Model simple = Simplified(b.Take({y, z}));
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("FULLY_CONNECTED", "MUL", "FULLY_CONNECTED"));
}

class Padded : public ::testing::Test {
 protected:
  std::vector<std::string> Fold(std::vector<int32_t> amounts, Dims padded,
                                int32_t stride) {
    FloatNet b;
    const TensorIndex x = b.Input({1, 6, 6, 2}, "x");
    const TensorIndex y =
        b.Add(Op::kPad, {x, b.Ints({4, 2}, std::move(amounts))},
              std::move(padded), PadOptions());
    return OperatorNames(Simplified(b.Take(
        {b.Conv(y, 4, 3, {.padding = Padding::kValid, .stride = stride})})));
  }
};

TEST_F(Padded, WhatSamePadsBecomesSame) {
  EXPECT_THAT(Fold({0, 0, 1, 1, 1, 1, 0, 0}, {1, 8, 8, 2}, 1),
              ElementsAre("CONV_2D"));
  EXPECT_THAT(Fold({0, 0, 0, 1, 0, 1, 0, 0}, {1, 7, 7, 2}, 2),
              ElementsAre("CONV_2D"));
}

TEST_F(Padded, OtherPaddingStays) {
  // Symmetric padding with a stride, as in PyTorch: SAME begins elsewhere.
  EXPECT_THAT(Fold({0, 0, 1, 1, 1, 1, 0, 0}, {1, 8, 8, 2}, 2),
              ElementsAre("PAD", "CONV_2D"));
  EXPECT_THAT(Fold({0, 0, 2, 2, 1, 1, 0, 0}, {1, 10, 8, 2}, 1),
              ElementsAre("PAD", "CONV_2D"));
}

TEST(RemoveNoOps, ReshapesAndTransposesInARow) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3, 4}, "x");
  TensorIndex y = b.Transpose(x, {2, 0, 1});
  y = b.Transpose(y, {1, 2, 0});  // Back again.
  y = b.Reshape(b.Reshape(y, {6, 4}), {4, 6});
  y = b.Relu(y);
  TensorIndex z = b.Transpose(b.Transpose(x, {2, 0, 1}), {1, 0, 2});
  z = b.Relu(b.Reshape(b.Reshape(z, {24}), {2, 4, 3}));
  const Model simple = Simplified(b.Take({y, z}));
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("RESHAPE", "RELU", "TRANSPOSE", "RELU"));
}

TEST(RemoveNoOps, NeutralConstants) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y =
      b.Add(Op::kMul, {x, b.Floats({}, {1.0f})}, {2, 3}, MulOptions());
  y = b.Add(Op::kAdd, {b.Floats({3}, {0, 0, 0}), y}, {2, 3}, AddOptions());
  y = b.Relu(y);
  TensorIndex z =
      b.Add(Op::kMul, {x, b.Floats({3}, {1, 1, 2})}, {2, 3}, MulOptions());
  const Model simple = Simplified(b.Take({y, z}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("RELU", "MUL"));
}

TEST(RemoveNoOps, AnOutputKeepsItsNameOrItsOperator) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = b.Relu(x, "hidden");
  y = b.Add(Op::kReshape, {y}, {2, 3}, ReshapeOptions{.new_shape = {2, 3}},
            "result");
  // An input that is an output: only an operator can copy it.
  const TensorIndex copy = b.Add(Op::kReshape, {x}, {2, 3},
                                 ReshapeOptions{.new_shape = {2, 3}}, "copy");
  const Model simple = Simplified(b.Take({y, copy}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("RELU", "RESHAPE"));
}

TEST(RemoveUnused, WhatNobodyReadsIsGone) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  const TensorIndex y = b.Relu(x, "y");
  b.Same(Op::kTanh, {b.Same(Op::kLogistic, {x})});
  const TensorIndex p =
      b.Same(Op::kMaximum, {y, b.Floats({3}, {1, 2, 3})}, "p");
  const TensorIndex q =
      b.Same(Op::kMinimum, {p, b.Floats({3}, {1, 2, 3})}, "q");
  const Model simple = Simplified(b.Take({q}));
  EXPECT_THAT(OperatorNames(simple), ElementsAre("RELU", "MAXIMUM", "MINIMUM"));
  EXPECT_EQ(simple.subgraphs[0].tensors.size(), 6u);
  EXPECT_EQ(simple.buffers.size(), 2u) << "equal constants, kept once";
  EXPECT_EQ(simple.operator_codes.size(), 3u);
}

TEST(Simplify, LeavesModelsWithAPlanAlone) {
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  b.Relu(x);
  Model model = b.Take({b.Relu(x)});
  model.metadata.push_back({.name = "OfflineMemoryAllocation", .buffer = 0});
  const Model before = model;
  EXPECT_TRUE(Simplify(model).has_value());
  EXPECT_TRUE(model == before);
}

TEST(Simplify, IsLinear) {
  // Chains that are merged, chains that are removed, and chains that stay.
  constexpr int kCount = 25'000;
  FloatNet b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = x;
  for (int i = 0; i < kCount; ++i)
    y = b.Reshape(y, i % 2 ? Dims{2, 3} : Dims{6});
  for (int i = 0; i < kCount; ++i) y = b.Transpose(y, {1, 0});
  const TensorIndex one = b.Floats({}, {1.0f});
  for (int i = 0; i < kCount; ++i) y = b.Same(Op::kTanh, {y});
  y = b.Add(Op::kFullyConnected, {y, b.Floats({3, 3}), b.Floats({3})}, {2, 3},
            FullyConnectedOptions());
  for (int i = 0; i < kCount; ++i) {
    y = b.Add(Op::kAdd, {y, one}, {2, 3}, AddOptions());
  }
  Model model = b.Take({y});
  EXPECT_TRUE(Simplify(model).has_value());
  EXPECT_EQ(model.subgraphs[0].operators.size(), size_t{kCount} + 1);
}

TEST(Simplify, EveryPassHasAName) {
  for (const Pass& pass : Passes()) {
    EXPECT_FALSE(pass.name.empty());
    EXPECT_FALSE(pass.description.empty());
    EXPECT_NE(pass.run, nullptr);
  }
}

}  // namespace
}  // namespace tinyml::transform
