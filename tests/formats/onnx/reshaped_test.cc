// Which reshapes keep the memory order of a value, and which are deferred.
#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

std::vector<float> Count(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

TEST(OnnxReshaped, JoinsNeighboursInPlace) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3, 4, 5}, ChannelsLast(4));
  const ValueId y = graph.Node("Reshape", {x, graph.Ints({2, 3, 20})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE"));
  EXPECT_EQ(graph.At(y).layout, Layout({0, 2, 1}));
}

TEST(OnnxReshaped, SplitsChannelsInPlace) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 6, 4, 5}, ChannelsLast(4));
  const ValueId y = graph.Node("Reshape", {x, graph.Ints({1, 2, 3, 4, 5})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE"));
  EXPECT_EQ(graph.At(y).layout, Layout({0, 3, 4, 1, 2}));
}

TEST(OnnxReshaped, AxesOfOneMoveNothing) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 1, 1}, ChannelsLast(4));
  const ValueId y = graph.Node("Flatten", {x});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE"));
  EXPECT_EQ(graph.At(y).layout, Layout({0, 1}));
}

TEST(OnnxReshaped, SameShapeIsNoWork) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3}, {1, 0});
  const ValueId y = graph.Node("Reshape", {x, graph.Ints({0, -1})});
  EXPECT_THAT(graph.Lower(y), IsEmpty());
  EXPECT_EQ(graph.At(y).layout, Layout({1, 0}));
}

TEST(OnnxReshaped, SqueezeAndUnsqueezeKeepTheOrder) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3, 4, 1}, ChannelsLast(4));
  const ValueId y = graph.Node("Squeeze", {x, graph.Ints({3})});
  const ValueId z = graph.Node("Unsqueeze", {y, graph.Ints({-1})});
  EXPECT_THAT(graph.Lower(z), ElementsAre("RESHAPE", "RESHAPE"));
  EXPECT_EQ(graph.At(y).layout, Layout({0, 2, 1}));
  EXPECT_EQ(graph.At(z).layout, ChannelsLast(4));
}

TEST(OnnxReshaped, WeightsGoTheWayOfAFlattenedImage) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 2}, ChannelsLast(4));
  const ValueId flat = graph.Node("Flatten", {x});
  const ValueId weights =
      graph.Known(Constant::Of({4, 1}, std::vector<float>{1, 10, 100, 1000}));
  const ValueId y = graph.Node("Gemm", {flat, weights});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "FULLY_CONNECTED"));
  // In memory pixel by pixel: C, H, W of ONNX are 1, 3, 2, 4.
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(4231.0F));
}

TEST(OnnxReshaped, IsMadeWhenSomebodyElseNeedsIt) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 2}, ChannelsLast(4));
  const ValueId flat = graph.Node("Flatten", {x});
  const ValueId y = graph.Node("Relu", {flat});
  EXPECT_THAT(graph.Lower(y), ElementsAre("TRANSPOSE", "RESHAPE", "RELU"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(1, 3, 2, 4));
}

TEST(OnnxReshaped, ShuffledChannelsMoveOnce) {
  // Groups of channels change places, the image stays channels last.
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 4, 1, 2}, ChannelsLast(4));
  const ValueId split = graph.Node("Reshape", {x, graph.Ints({1, 2, 2, 1, 2})});
  const ValueId moved = graph.Node(
      "Transpose", {split}, {{"perm", std::vector<int64_t>{0, 2, 1, 3, 4}}});
  const ValueId joined =
      graph.Node("Reshape", {moved, graph.Ints({1, 4, 1, 2})});
  const ValueId y = graph.Node("Relu", {joined});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("RESHAPE", "TRANSPOSE", "RESHAPE", "RELU"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
  EXPECT_THAT(graph.Run<float>({{0, 1, 2, 3, 4, 5, 6, 7}}),
              ElementsAre(0, 2, 1, 3, 4, 6, 5, 7));
}

TEST(OnnxReshaped, ManyAxesAreTransposedAsFewer) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 1, 2, 2, 1, 2}, {3, 4, 5, 0, 1, 2});
  const ValueId y = graph.Node("Reshape", {x, graph.Ints({16})});
  const ValueId z = graph.Node("Relu", {y});
  EXPECT_THAT(graph.Lower(z), ElementsAre("RESHAPE", "TRANSPOSE", "RESHAPE",
                                          "RESHAPE", "RELU"));
  EXPECT_THAT(
      graph.Run<float>({Count(16)}),
      ElementsAre(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}

// TFLM's TRANSPOSE refuses these when it is invoked.
TEST(OnnxReshaped, IntegersAreTransposedInTwoHalves) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3}, {1, 0}, TensorType::kInt64);
  const ValueId flat = graph.Node("Reshape", {x, graph.Ints({6})});
  const ValueId y = graph.Node("Add", {flat, graph.Ints({0})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CAST", "CAST", "SUB", "CAST",
                                          "TRANSPOSE", "TRANSPOSE", "CAST",
                                          "CAST", "ADD", "RESHAPE", "ADD"));
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
  EXPECT_THAT(
      graph.Run<int32_t>({{kMost, kLeast, 16'777'217, -1, 65'535, -32'769}}),
      ElementsAre(kMost, 16'777'217, 65'535, kLeast, -1, -32'769));
}

TEST(OnnxReshaped, TruthValuesAreTransposedAsFloats) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3}, {1, 0}, TensorType::kBool);
  const ValueId flat = graph.Node("Reshape", {x, graph.Ints({6})});
  const ValueId y = graph.Node("Not", {flat});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CAST", "TRANSPOSE", "NOT_EQUAL",
                                          "RESHAPE", "LOGICAL_NOT"));
  EXPECT_THAT(graph.Run<uint8_t>({{1, 0, 0, 1, 1, 1}}),
              ElementsAre(0, 1, 0, 1, 0, 0));
}

TEST(OnnxReshaped, BytesAreTransposedAsFloats) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3}, {1, 0}, TensorType::kUInt8);
  const ValueId flat = graph.Node("Reshape", {x, graph.Ints({6})});
  const ValueId y = graph.Node("Cast", {flat}, {{"to", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y),
              IsSupersetOf({"DEQUANTIZE", "TRANSPOSE", "QUANTIZE"}));
}

TEST(OnnxReshaped, RefusesShapesThatDoNotFit) {
  constexpr int64_t kLarge = int64_t{1} << 62;
  const std::vector<std::vector<int64_t>> shapes = {
      {7}, {-1, -1}, {5, -1}, {-2, 3}, {0, 0, 0}, {kLarge, kLarge}, {0, 4, 0}};
  for (const auto& shape : shapes) {
    LoweredGraph graph;
    const ValueId x = graph.Input({2, 3});
    const ValueId y = graph.Node("Reshape", {x, graph.Ints(shape)});
    EXPECT_THAT(graph.Lower(y), ElementsAre(HasSubstr("shape")));
  }
}

}  // namespace
}  // namespace tinyml::onnx_import
