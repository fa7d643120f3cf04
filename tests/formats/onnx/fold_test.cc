#include "formats/onnx/fold.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OnnxFold, ShapeArithmeticLeavesNoOperator) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3, 4, 5});
  const ValueId shape = graph.Node("Shape", {x});
  const ValueId batch = graph.Node("Gather", {shape, graph.Ints({0})});
  const ValueId target =
      graph.Node("Concat", {batch, graph.Ints({-1})}, {{"axis", int64_t{0}}});
  EXPECT_THAT(graph.Lower(target), IsEmpty());
  EXPECT_THAT(graph.Folded(target), ElementsAre(2, -1));
}

TEST(OnnxFold, ShapeIsInOnnxsOrderWhateverTheLayout) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 8, 9}, ChannelsLast(4));
  const ValueId shape =
      graph.Node("Shape", {x}, {{"start", int64_t{-3}}, {"end", int64_t{-1}}});
  const ValueId size = graph.Node("Size", {x});
  graph.Lower(shape);
  EXPECT_THAT(graph.Folded(shape), ElementsAre(3, 8));
  EXPECT_THAT(graph.Folded(size), ElementsAre(216));
}

TEST(OnnxFold, IntegerDivisionCutsOffAndWraps) {
  LoweredGraph graph;
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  const ValueId a = graph.Ints({-7, 7, kLowest});
  const ValueId b = graph.Ints({2, -2, -1});
  const ValueId quotient = graph.Node("Div", {a, b});
  const ValueId rest = graph.Node("Mod", {a, b});
  const ValueId cut = graph.Node("Mod", {a, b}, {{"fmod", int64_t{1}}});
  graph.Lower(quotient);
  EXPECT_THAT(graph.Folded(quotient), ElementsAre(-3, -3, kLowest));
  EXPECT_THAT(graph.Folded(rest), ElementsAre(1, -1, 0));
  EXPECT_THAT(graph.Folded(cut), ElementsAre(-1, 1, 0));
}

TEST(OnnxFold, DivisionByZeroIsRefused) {
  LoweredGraph graph;
  const ValueId y = graph.Node("Div", {graph.Ints({1}), graph.Ints({0})});
  EXPECT_THAT(graph.Lower(y), ElementsAre(HasSubstr("divides by 0")));
}

TEST(OnnxFold, SlicesForwardsBackwardsAndBeyond) {
  LoweredGraph graph;
  constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
  const ValueId x = graph.Ints({0, 1, 2, 3, 4});
  const auto slice = [&](int64_t start, int64_t end, int64_t step) {
    return graph.Node("Slice", {x, graph.Ints({start}), graph.Ints({end}),
                                graph.Ints({0}), graph.Ints({step})});
  };
  const ValueId forward = slice(-4, kFar, 2);
  const ValueId backward = slice(-1, -kFar - 1, -2);
  const ValueId far = slice(0, kFar, kFar);
  const ValueId down = slice(kFar, -kFar - 1, -kFar - 1);
  const ValueId nothing = slice(3, 1, 1);
  graph.Lower(forward);
  EXPECT_THAT(graph.Folded(forward), ElementsAre(1, 3));
  EXPECT_THAT(graph.Folded(backward), ElementsAre(4, 2, 0));
  EXPECT_THAT(graph.Folded(far), ElementsAre(0));
  EXPECT_THAT(graph.Folded(down), ElementsAre(4));
  EXPECT_THAT(graph.Folded(nothing), IsEmpty());
  EXPECT_EQ(graph.At(nothing).shape, Shape({0}));
}

TEST(OnnxFold, SlicesByAttributesOfOlderOpsets) {
  LoweredGraph graph(9);
  const ValueId y = graph.Node(
      "Slice", {graph.Ints({0, 1, 2, 3})},
      {{"starts", std::vector<int64_t>{1}}, {"ends", std::vector<int64_t>{3}}});
  graph.Lower(y);
  EXPECT_THAT(graph.Folded(y), ElementsAre(1, 2));
}

TEST(OnnxFold, MovesAndRepeats) {
  LoweredGraph graph;
  const ValueId x =
      graph.Known(Constant::Of({2, 3}, std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
  const ValueId turned = graph.Node("Transpose", {x});
  const ValueId tiled = graph.Node("Tile", {x, graph.Ints({1, 2})});
  const ValueId wide =
      graph.Node("Expand", {graph.Ints({7, 8}), graph.Ints({2, 1})});
  const ValueId flat = graph.Node("Reshape", {x, graph.Ints({0, -1, 1})});
  const ValueId found = graph.Node("NonZero", {x});
  graph.Lower(turned);
  EXPECT_THAT(graph.Folded(turned), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(graph.Folded(tiled),
              ElementsAre(0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5));
  EXPECT_THAT(graph.Folded(wide), ElementsAre(7, 8, 7, 8));
  EXPECT_EQ(graph.At(flat).shape, Shape({2, 3, 1}));
  EXPECT_THAT(graph.Folded(found), ElementsAre(0, 0, 1, 1, 1, 1, 2, 0, 1, 2));
}

TEST(OnnxFold, WhereAndReductions) {
  LoweredGraph graph;
  const ValueId x = graph.Ints({4, -1, 3});
  const ValueId below = graph.Node(
      "Less", {x, graph.Known(Constant::Of({}, std::vector<int64_t>{0}))});
  const ValueId chosen = graph.Node("Where", {below, graph.Ints({9}), x});
  const ValueId product =
      graph.Node("ReduceProd", {chosen}, {{"keepdims", int64_t{0}}});
  graph.Lower(product);
  EXPECT_THAT(graph.Folded(chosen), ElementsAre(4, 9, 3));
  EXPECT_THAT(graph.Folded(product), ElementsAre(108));
  EXPECT_EQ(graph.At(product).shape, Shape());
}

TEST(OnnxFold, RangesEnd) {
  LoweredGraph graph;
  const auto number = [&](int64_t value) {
    return graph.Known(Constant::Of({}, std::vector<int64_t>{value}));
  };
  const ValueId down = graph.Node("Range", {number(10), number(4), number(-3)});
  graph.Lower(down);
  EXPECT_THAT(graph.Folded(down), ElementsAre(10, 7));
  graph.Node("Range", {number(0), number(1), number(0)});
  EXPECT_THAT(graph.Lower(down), ElementsAre(HasSubstr("delta is 0")));
}

// A small file must not take much memory: what is too large is not folded, and
// many large results together are not either.
TEST(OnnxFold, ResultsAreLimited) {
  LoweredGraph graph;
  const ValueId big =
      graph.Node("ConstantOfShape", {graph.Ints({1 << 20, 1 << 20})});
  EXPECT_THAT(graph.Lower(big), ElementsAre(HasSubstr("too large")));
  LoweredGraph many;
  ValueId last = kNoValue;
  for (int i = 0; i < 40; ++i) {
    last = many.Node("ConstantOfShape", {many.Ints({1 << 22})});
  }
  EXPECT_THAT(many.Lower(last), ElementsAre(HasSubstr("too large")));
}

TEST(OnnxFold, NonsenseIsRefused) {
  const auto reason = [](std::string op, std::vector<std::vector<int64_t>> in,
                         LoweredGraph::Attributes attributes = {}) {
    LoweredGraph graph;
    std::vector<ValueId> ids;
    for (const auto& values : in) ids.push_back(graph.Ints(values));
    const auto errors =
        graph.Lower(graph.Node(std::move(op), ids, std::move(attributes)));
    return errors.empty() ? "" : errors[0];
  };
  EXPECT_THAT(reason("Gather", {{1, 2}, {2}}), HasSubstr("outside"));
  EXPECT_THAT(reason("Add", {{1, 2}, {1, 2, 3}}), HasSubstr("broadcast"));
  EXPECT_THAT(reason("Add", {{1}}), HasSubstr("inputs"));
  EXPECT_THAT(reason("Reshape", {{1, 2}, {-1, 0}}), HasSubstr("shape"));
  EXPECT_THAT(reason("Unsqueeze", {{1, 2}, {0, 0}}), HasSubstr("twice"));
  EXPECT_THAT(reason("Squeeze", {{1, 2}, {0}}), HasSubstr("not 1"));
  EXPECT_THAT(reason("Slice", {{1, 2}, {0}, {1}, {5}}), HasSubstr("axis 5"));
  EXPECT_THAT(reason("Concat", {{1, 2}}, {{"axis", int64_t{7}}}),
              HasSubstr("axis 7"));
}

}  // namespace
}  // namespace tinyml::onnx_import
