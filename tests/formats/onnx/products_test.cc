#include <gmock/gmock.h>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Constant Matrix(Shape shape, const std::vector<float>& values) {
  return Constant::Of(std::move(shape), values);
}

TEST(OnnxProducts, GemmFoldsItsFactors) {
  LoweredGraph graph;
  const ValueId a = graph.Input({1, 2});
  const ValueId b = graph.Known(Matrix({2, 2}, {1, 2, 3, 4}));
  const ValueId c = graph.Known(Matrix({1, 2}, {10, 20}));
  const ValueId y =
      graph.Node("Gemm", {a, b, c}, {{"alpha", 2.0F}, {"beta", 0.5F}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("FULLY_CONNECTED"));
  EXPECT_THAT(graph.Run<float>({{1, 1}}), ElementsAre(13, 22));
}

TEST(OnnxProducts, GemmAddsWhatIsNoBias) {
  LoweredGraph graph;
  const ValueId a = graph.Input({2, 1});
  const ValueId b = graph.Known(Matrix({1, 2}, {1, 2}));
  const ValueId c = graph.Known(Matrix({2, 1}, {10, 20}));
  const ValueId y = graph.Node("Gemm", {a, b, c});
  EXPECT_THAT(graph.Lower(y), ElementsAre("FULLY_CONNECTED", "ADD"));
  EXPECT_THAT(graph.Run<float>({{1, 1}}), ElementsAre(11, 12, 21, 22));
}

TEST(OnnxProducts, ATransposedFactorIsReadAsItLies) {
  LoweredGraph graph;
  const ValueId a = graph.Input({2, 2});
  const ValueId b = graph.Input({2, 2});
  const ValueId t =
      graph.Node("Transpose", {b}, {{"perm", std::vector<int64_t>{1, 0}}});
  const ValueId y = graph.Node("MatMul", {a, t});
  EXPECT_THAT(graph.Lower(y), ElementsAre("BATCH_MATMUL"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}, {1, 2, 3, 4}}),
              ElementsAre(5, 11, 11, 25));
}

TEST(OnnxProducts, ConstantFactorsKeepTheRowsOrder) {
  LoweredGraph graph;
  const ValueId a = graph.Input({2, 2, 1}, {1, 0, 2});
  const ValueId b = graph.Known(Matrix({1, 2}, {1, 10}));
  const ValueId y = graph.Node("MatMul", {a, b});
  EXPECT_THAT(graph.Lower(y), ElementsAre("FULLY_CONNECTED"));
  EXPECT_EQ(graph.At(y).shape, Shape({2, 2, 2}));
  EXPECT_EQ(graph.At(y).layout, Layout({1, 0, 2}));
}

TEST(OnnxProducts, Vectors) {
  LoweredGraph left;
  const ValueId a = left.Input({2});
  const ValueId y =
      left.Node("MatMul", {a, left.Known(Matrix({2, 2}, {1, 2, 3, 4}))});
  left.Lower(y);
  EXPECT_EQ(left.At(y).shape, Shape({2}));
  EXPECT_THAT(left.Run<float>({{1, 1}}), ElementsAre(4, 6));

  LoweredGraph right;
  const ValueId b = right.Input({2, 2}, {1, 0});
  const ValueId z = right.Node("MatMul", {b, right.Floats({1, 10})});
  right.Lower(z);
  EXPECT_EQ(right.At(z).shape, Shape({2}));
  // In memory 1 3 | 2 4.
  EXPECT_THAT(right.Run<float>({{1, 3, 2, 4}}), ElementsAre(21, 43));

  LoweredGraph moved;
  const ValueId e = moved.Input({2, 2, 1}, {1, 0, 2});
  const ValueId f = moved.Node("MatMul", {e, moved.Floats({10})});
  EXPECT_THAT(moved.Lower(f), ElementsAre("FULLY_CONNECTED", "RESHAPE"));
  EXPECT_EQ(moved.At(f).layout, Layout({1, 0}));

  LoweredGraph both;
  const ValueId c = both.Input({2});
  const ValueId d = both.Input({2});
  const ValueId dot = both.Node("MatMul", {c, d});
  both.Lower(dot);
  EXPECT_EQ(both.At(dot).shape, Shape({}));
  EXPECT_THAT(both.Run<float>({{1, 2}, {3, 4}}), ElementsAre(11));
}

TEST(OnnxProducts, Refusals) {
  LoweredGraph shapes;
  const ValueId a = shapes.Input({2, 3});
  EXPECT_THAT(shapes.Lower(shapes.Node("MatMul", {a, a})),
              ElementsAre(HasSubstr("do not fit")));
  LoweredGraph ints;
  const ValueId b = ints.Input({2, 2}, {}, TensorType::kInt32);
  EXPECT_THAT(ints.Lower(ints.Node("MatMul", {b, b})),
              ElementsAre(HasSubstr("BATCH_MATMUL takes float32, not int32")));
  LoweredGraph added;
  const ValueId c = added.Input({2, 2});
  EXPECT_THAT(added.Lower(added.Node("Gemm", {c, c, added.Floats({1, 2, 3})})),
              ElementsAre(HasSubstr("does not broadcast")));
}

}  // namespace
}  // namespace tinyml::onnx_import
