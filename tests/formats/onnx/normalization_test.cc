#include <gmock/gmock.h>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

TEST(OnnxNormalization, ConstantsAreFactorAndSummand) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("BatchNormalization",
                               {x, graph.Floats({2, 3}), graph.Floats({1, 1}),
                                graph.Floats({1, 0}), graph.Floats({4, 1})},
                               {{"epsilon", 0.0F}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("MUL", "ADD"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
  EXPECT_THAT(graph.Run<float>({{1, 1, 2, 2}}), ElementsAre(1, 4, 2, 7));
}

TEST(OnnxNormalization, InOnnxsOrder) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 2});
  const ValueId y = graph.Node("BatchNormalization",
                               {x, graph.Floats({2, 3}), graph.Floats({1, 1}),
                                graph.Floats({0, 0}), graph.Floats({1, 1})},
                               {{"epsilon", 0.0F}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("MUL", "ADD"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 1, 2}}), ElementsAre(3, 5, 4, 7));
}

TEST(OnnxNormalization, GroupsInBothOrders) {
  // Scales of groups until opset 20, of channels since.
  for (const bool by_channel : {false, true}) {
    const std::vector<float> scale =
        by_channel ? std::vector<float>{1, 1, 2, 2} : std::vector<float>{1, 2};
    const std::vector<float> bias(scale.size(), 0);
    for (const Layout& layout : {Canonical(4), ChannelsLast(4)}) {
      LoweredGraph graph(by_channel ? 21 : 18);
      const ValueId x = graph.Input({1, 4, 1, 1}, layout);
      const ValueId y = graph.Node(
          "GroupNormalization", {x, graph.Floats(scale), graph.Floats(bias)},
          {{"num_groups", int64_t{2}}, {"epsilon", 0.0F}});
      graph.Lower(y);
      EXPECT_THAT(graph.Run<float>({{1, 3, 10, 20}}),
                  ElementsAre(FloatNear(-1, 1e-4F), FloatNear(1, 1e-4F),
                              FloatNear(-2, 1e-4F), FloatNear(2, 1e-4F)));
    }
  }
}

TEST(OnnxNormalization, SoftmaxOfTheLastAxisInMemory) {
  LoweredGraph graph(13);
  const ValueId x = graph.Input({1, 3, 2, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("Softmax", {x}, {{"axis", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("SOFTMAX"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
}

TEST(OnnxNormalization, SoftmaxOfAllFromAnAxisInAnyOrder) {
  LoweredGraph graph(11);
  const ValueId x = graph.Input({2, 3, 2, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("Softmax", {x});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "SOFTMAX", "RESHAPE"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
}

TEST(OnnxNormalization, SoftmaxMovesItsAxis) {
  LoweredGraph graph(13);
  const ValueId x = graph.Input({2, 3}, {0, 1});
  const ValueId y = graph.Node("Softmax", {x}, {{"axis", int64_t{0}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("TRANSPOSE", "SOFTMAX"));
  EXPECT_EQ(graph.At(y).layout, Layout({1, 0}));
}

TEST(OnnxNormalization, Norms) {
  LoweredGraph two;
  const ValueId x = two.Input({1, 2});
  const ValueId y = two.Node("LpNormalization", {x});
  EXPECT_THAT(two.Lower(y), ElementsAre("L2_NORMALIZATION"));
  EXPECT_THAT(two.Run<float>({{3, 4}}),
              ElementsAre(FloatNear(0.6F, 1e-5F), FloatNear(0.8F, 1e-5F)));
  LoweredGraph one;
  const ValueId a = one.Input({1, 2});
  const ValueId b = one.Node("LpNormalization", {a}, {{"p", int64_t{1}}});
  EXPECT_THAT(one.Lower(b), ElementsAre("ABS", "SUM", "DIV"));
  EXPECT_THAT(one.Run<float>({{1, -3}}), ElementsAre(0.25F, -0.75F));
}

TEST(OnnxNormalization, Refusals) {
  LoweredGraph training;
  const ValueId x = training.Input({1, 1, 2});
  const ValueId one = training.Floats({1});
  EXPECT_THAT(training.Lower(training.Node("BatchNormalization",
                                           {x, one, one, one, one},
                                           {{"training_mode", int64_t{1}}})),
              ElementsAre(HasSubstr("training")));
  LoweredGraph channels;
  const ValueId y = channels.Input({1, 2, 2});
  const ValueId few = channels.Floats({1});
  EXPECT_THAT(
      channels.Lower(channels.Node("InstanceNormalization", {y, few, few})),
      ElementsAre(HasSubstr("each channel")));
  LoweredGraph groups;
  const ValueId z = groups.Input({1, 3, 2});
  const ValueId three = groups.Floats({1, 1, 1});
  EXPECT_THAT(groups.Lower(groups.Node("GroupNormalization", {z, three, three},
                                       {{"num_groups", int64_t{2}}})),
              ElementsAre(HasSubstr("groups")));
  LoweredGraph wide;
  const ValueId w = wide.Input({1, 2000});
  EXPECT_THAT(wide.Lower(wide.Node("LRN", {w}, {{"size", int64_t{3}}})),
              ElementsAre(HasSubstr("1,024 channels")));
}

}  // namespace
}  // namespace tinyml::onnx_import
