#include <gmock/gmock.h>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Ints = std::vector<int64_t>;

Constant Ones(const Shape& shape) {
  return Constant::Of(
      shape, std::vector<float>(static_cast<size_t>(Elements(shape)), 1));
}

TEST(OnnxConvolution, PadsOfSameAreTheOperators) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 5, 5}, ChannelsLast(4));
  const ValueId w = graph.Known(Ones({1, 1, 3, 3}));
  const ValueId y = graph.Node("Conv", {x, w}, {{"pads", Ints{1, 1, 1, 1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CONV_2D"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
}

TEST(OnnxConvolution, OtherPadsAreAnOperatorBefore) {
  // SAME with a stride of 2 would pad an even size only at the end.
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 4, 4}, ChannelsLast(4));
  const ValueId w = graph.Known(Ones({1, 1, 3, 3}));
  const ValueId y = graph.Node(
      "Conv", {x, w}, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("PAD", "CONV_2D"));
  EXPECT_THAT(graph.Run<float>({std::vector<float>(16, 1)}),
              ElementsAre(4, 6, 6, 9));
}

TEST(OnnxConvolution, PadsThatNoWindowReachesAreDropped) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 4, 4}, ChannelsLast(4));
  const ValueId w = graph.Known(Ones({1, 1, 2, 2}));
  const ValueId y = graph.Node(
      "Conv", {x, w}, {{"pads", Ints{0, 0, 1, 1}}, {"strides", Ints{2, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CONV_2D"));
}

TEST(OnnxConvolution, DepthwiseWithAMultiplier) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 1}, ChannelsLast(4));
  const ValueId w =
      graph.Known(Constant::Of({4, 1, 1, 1}, std::vector<float>{1, 2, 3, 4}));
  const ValueId y = graph.Node("Conv", {x, w}, {{"group", int64_t{2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("DEPTHWISE_CONV_2D"));
  EXPECT_THAT(graph.Run<float>({{10, 100}}), ElementsAre(10, 20, 300, 400));
}

TEST(OnnxConvolution, OneDimensionIsAHeightOfOne) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 4}, ChannelsLast(3));
  const ValueId w = graph.Known(Ones({1, 1, 2}));
  const ValueId y = graph.Node("Conv", {x, w});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "CONV_2D", "RESHAPE"));
  EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 3}));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(3, 5, 7));
}

TEST(OnnxConvolution, TransposedIsCutWhereItsPadsAreOthers) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 1, 3}, ChannelsLast(4));
  const ValueId w =
      graph.Known(Constant::Of({1, 1, 1, 3}, std::vector<float>{1, 10, 100}));
  const ValueId y =
      graph.Node("ConvTranspose", {x, w}, {{"pads", Ints{0, 2, 0, 0}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("TRANSPOSE_CONV", "SLICE"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3}}), ElementsAre(123, 230, 300));
}

TEST(OnnxConvolution, TransposedInGroupsAndDilated) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 1}, ChannelsLast(4));
  const ValueId w =
      graph.Known(Constant::Of({2, 1, 1, 2}, std::vector<float>{1, 2, 3, 4}));
  const ValueId y =
      graph.Node("ConvTranspose", {x, w},
                 {{"group", int64_t{2}}, {"dilations", Ints{1, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("SLICE", "TRANSPOSE_CONV", "SLICE",
                                          "TRANSPOSE_CONV", "CONCATENATION"));
  EXPECT_THAT(graph.Run<float>({{1, 10}}), ElementsAre(1, 30, 0, 0, 2, 40));
}

TEST(OnnxPool, MaximumPadsWithTheLeast) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 2, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("MaxPool", {x},
                               {{"kernel_shape", Ints{2, 2}},
                                {"pads", Ints{1, 1, 0, 0}},
                                {"strides", Ints{2, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("PADV2", "MAX_POOL_2D"));
  EXPECT_THAT(graph.Run<float>({{-5, -6, -7, -8}}), ElementsAre(-5));
}

TEST(OnnxPool, MeanOfTheElementsThatAreThere) {
  // SAME of TFLite counts likewise; other pads need a factor for each window.
  LoweredGraph same;
  const ValueId a = same.Input({1, 1, 3, 3}, ChannelsLast(4));
  const ValueId b =
      same.Node("AveragePool", {a},
                {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}});
  EXPECT_THAT(same.Lower(b), ElementsAre("AVERAGE_POOL_2D"));

  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 2, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("AveragePool", {x},
                               {{"kernel_shape", Ints{2, 2}},
                                {"pads", Ints{1, 1, 1, 1}},
                                {"strides", Ints{2, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("PAD", "AVERAGE_POOL_2D", "MUL"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(1, 2, 3, 4));
}

TEST(OnnxPool, MeanThatCountsPads) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 2, 2}, ChannelsLast(4));
  const ValueId y = graph.Node("AveragePool", {x},
                               {{"kernel_shape", Ints{2, 2}},
                                {"pads", Ints{1, 1, 1, 1}},
                                {"strides", Ints{2, 2}},
                                {"count_include_pad", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("PAD", "AVERAGE_POOL_2D"));
  EXPECT_THAT(graph.Run<float>({{4, 8, 12, 16}}), ElementsAre(1, 2, 3, 4));
}

TEST(OnnxPool, WindowsThatReachPastTheEnd) {
  // ceil_mode: the last window has one element of the input.
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 1, 3}, ChannelsLast(4));
  const ValueId y = graph.Node("AveragePool", {x},
                               {{"kernel_shape", Ints{1, 2}},
                                {"strides", Ints{1, 2}},
                                {"ceil_mode", int64_t{1}}});
  graph.Lower(y);
  EXPECT_THAT(graph.Run<float>({{1, 3, 5}}), ElementsAre(2, 5));
}

TEST(OnnxPool, DilatedMeanIsAConvolution) {
  LoweredGraph graph(19);
  const ValueId x = graph.Input({1, 1, 1, 4}, ChannelsLast(4));
  const ValueId y =
      graph.Node("AveragePool", {x},
                 {{"kernel_shape", Ints{1, 2}}, {"dilations", Ints{1, 2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("DEPTHWISE_CONV_2D"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(2, 3));
}

TEST(OnnxConvolution, RefusesWhatMakesNoSense) {
  constexpr int64_t kLarge = int64_t{1} << 62;
  const std::vector<LoweredGraph::Attributes> all = {
      {{"strides", Ints{0, 1}}},
      {{"strides", Ints{1}}},
      {{"dilations", Ints{kLarge, 1}}},
      {{"pads", Ints{-1, 0, 0, 0}}},
      {{"pads", Ints{kLarge, 0, 0, 0}}},
      {{"kernel_shape", Ints{2, 2}}},
      {{"group", int64_t{0}}},
      {{"group", int64_t{3}}},
      {{"auto_pad", std::string("?")}},
      {{"dilations", Ints{9, 9}}},
      {{"pads", Ints{1 << 29, 1 << 29, 1 << 29, 1 << 29}}}};
  for (const char* op : {"Conv", "ConvTranspose"}) {
    for (const auto& attributes : all) {
      if (op[4] == 'T' && attributes.count("dilations") &&
          std::get<Ints>(attributes.at("dilations"))[0] == 9) {
        continue;  // Valid there.
      }
      LoweredGraph graph;
      const ValueId x = graph.Input({1, 2, 4, 4});
      const ValueId w = graph.Known(Ones({2, 2, 3, 3}));
      const ValueId y = graph.Node(op, {x, w}, attributes);
      EXPECT_THAT(graph.Lower(y), Each(HasSubstr(op))) << op;
    }
  }
}

TEST(OnnxPool, Refusals) {
  LoweredGraph three;
  const ValueId x = three.Input({1, 1, 4, 4, 4});
  EXPECT_THAT(three.Lower(three.Node("MaxPool", {x},
                                     {{"kernel_shape", Ints{2, 2, 2}}})),
              ElementsAre(HasSubstr("two spatial axes")));
  LoweredGraph dilated;
  const ValueId y = dilated.Input({1, 1, 4, 4});
  EXPECT_THAT(dilated.Lower(dilated.Node(
                  "MaxPool", {y},
                  {{"kernel_shape", Ints{2, 2}}, {"dilations", Ints{2, 2}}})),
              ElementsAre(HasSubstr("not dilated")));
  LoweredGraph huge;
  const ValueId z = huge.Input({1, 1, 4, 4});
  constexpr int64_t kSize = 1 << 28;
  EXPECT_THAT(huge.Lower(huge.Node("AveragePool", {z},
                                   {{"kernel_shape", Ints{kSize, 1}},
                                    {"pads", Ints{kSize, 0, kSize, 0}}})),
              ElementsAre(HasSubstr("more elements than")));
}

TEST(OnnxPool, GlobalMeansStayInTheirOrder) {
  for (const Layout& layout : {Canonical(4), ChannelsLast(4)}) {
    LoweredGraph graph;
    const ValueId x = graph.Input({1, 3, 2, 2}, layout);
    const ValueId y = graph.Node("GlobalAveragePool", {x});
    EXPECT_THAT(graph.Lower(y), ElementsAre("MEAN"));
    EXPECT_EQ(graph.At(y).layout, layout);
  }
}

}  // namespace
}  // namespace tinyml::onnx_import
