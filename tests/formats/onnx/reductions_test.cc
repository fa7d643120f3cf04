#include <gmock/gmock.h>

#include <memory>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OnnxReductions, AxesAreFoundInTheLayout) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 2, 2}, ChannelsLast(4));
  const ValueId kept = graph.Node("ReduceMean", {x, graph.Ints({2, -1})});
  EXPECT_THAT(graph.Lower(kept), ElementsAre("MEAN"));
  EXPECT_EQ(graph.At(kept).layout, ChannelsLast(4));
  EXPECT_EQ(graph.At(kept).shape, Shape({1, 2, 1, 1}));
  EXPECT_THAT(graph.Run<float>({{1, 10, 2, 20, 3, 30, 4, 40}}),
              ElementsAre(2.5F, 25.0F));
}

TEST(OnnxReductions, WhatIsLeftKeepsItsOrder) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3, 4, 5}, ChannelsLast(4));
  const ValueId y =
      graph.Node("ReduceSum", {x, graph.Ints({2})}, {{"keepdims", int64_t{0}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("SUM"));
  EXPECT_EQ(graph.At(y).shape, Shape({2, 3, 5}));
  EXPECT_EQ(graph.At(y).layout, Layout({0, 2, 1}));
}

TEST(OnnxReductions, AxesByAttributeAndWithout) {
  LoweredGraph graph(11);
  const ValueId x = graph.Input({2, 3});
  const ValueId one =
      graph.Node("ReduceSum", {x}, {{"axes", std::vector<int64_t>{1}}});
  const ValueId all = graph.Node("ReduceSum", {x});
  const ValueId none =
      graph.Node("ReduceSum", {x}, {{"noop_with_empty_axes", int64_t{1}}});
  graph.Lower(one);
  EXPECT_EQ(graph.At(one).shape, Shape({2, 1}));
  EXPECT_EQ(graph.At(all).shape, Shape({1, 1}));
  EXPECT_EQ(graph.At(none).shape, Shape({2, 3}));
}

TEST(OnnxReductions, AxesOfOneAreNoWork) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 1, 1}, ChannelsLast(4));
  const ValueId y = graph.Node("ReduceMean", {x, graph.Ints({2, 3})});
  EXPECT_THAT(graph.Lower(y), IsEmpty());
}

TEST(OnnxReductions, ManyAxesAreSeenAsFewer) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 1, 2, 1, 2, 1, 2});
  const ValueId y = graph.Node("ReduceMean", {x});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "MEAN", "RESHAPE"));
  EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 1, 1, 1, 1, 1}));
}

TEST(OnnxReductions, ProductsAndIntegersByHalves) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3}, {}, TensorType::kInt64);
  const ValueId y = graph.Node("ReduceProd", {x, graph.Ints({1})},
                               {{"keepdims", int64_t{0}}});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("RESHAPE", "SPLIT_V", "MUL", "MUL", "RESHAPE"));
  EXPECT_THAT(graph.Run<int32_t>({{1, -2, 3, 4, 5, 6}}), ElementsAre(-6, 120));
  LoweredGraph most;
  const ValueId z = most.Node(
      "ReduceMax",
      {most.Input({2, 4}, {}, TensorType::kInt32), most.Ints({0, 1})});
  most.Lower(z);
  EXPECT_THAT(most.Run<int32_t>({{1, 7, 1 << 30, 2, 3, (1 << 30) + 1, 5, 6}}),
              ElementsAre((1 << 30) + 1));
}

TEST(OnnxReductions, LogSumExpDoesNotOverflow) {
  LoweredGraph graph;
  const ValueId y = graph.Node("ReduceLogSumExp", {graph.Input({2})},
                               {{"keepdims", int64_t{0}}});
  graph.Lower(y);
  const auto result = graph.Run<float>({{1000, -1000}});
  EXPECT_THAT(result, ElementsAre(1000));
}

TEST(OnnxReductions, TheLastOfEqualElements) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 1, 2}, ChannelsLast(4));
  const ValueId y = graph.Node(
      "ArgMax", {x}, {{"axis", int64_t{1}}, {"select_last_index", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("REVERSE_V2", "ARG_MAX", "SUB", "RESHAPE"));
  EXPECT_EQ(graph.At(y).type, TensorType::kInt64);
  EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 1, 2}));
}

TEST(OnnxReductions, CumSumAlongTheAxisWhereverItLies) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 2}, {0, 2, 1});
  const ValueId y = graph.Node(
      "CumSum", {x, graph.Known(Constant::Of({}, std::vector<int64_t>{1}))});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CUMSUM"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 10, 20}}), ElementsAre(1, 3, 10, 30));
}

TEST(OnnxReductions, Refusals) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 2});
  const ValueId axes = graph.Input({1}, {}, TensorType::kInt64);
  EXPECT_THAT(graph.Lower(graph.Node("ReduceSum", {x, axes})),
              ElementsAre(HasSubstr("not known before the model runs")));
  LoweredGraph beyond;
  EXPECT_THAT(beyond.Lower(beyond.Node("ReduceSum",
                                       {beyond.Input({2}), beyond.Ints({3})})),
              ElementsAre(HasSubstr("axis 3")));
  LoweredGraph integers;
  EXPECT_THAT(integers.Lower(integers.Node(
                  "ArgMax", {integers.Input({2}, {}, TensorType::kInt32)})),
              ElementsAre(HasSubstr("no code for int32")));
}

// --- If and Dropout (shapes.cc)

std::shared_ptr<Graph> Branch(std::string op) {
  auto body = std::make_shared<Graph>();
  body->opset = 18;
  body->values.resize(2);
  body->values[0].name = "v0";  // The outer graph's first value.
  body->values[1].name = "inner";
  body->captured = {0};
  Node& node = body->nodes.emplace_back();
  node.op_type = std::move(op);
  node.inputs = {0};
  node.outputs = {1};
  body->outputs = {1};
  return body;
}

TEST(OnnxIf, AKnownConditionTakesOneBranch) {
  for (const int64_t condition : {0, 1}) {
    LoweredGraph graph;
    graph.Input({2});
    const ValueId c =
        graph.Known(Constant::OfType(TensorType::kBool, {}, {condition}));
    const ValueId y = graph.Node(
        "If", {c},
        {{"then_branch", Branch("Exp")}, {"else_branch", Branch("Neg")}});
    EXPECT_THAT(graph.Lower(y), ElementsAre(condition != 0 ? "EXP" : "NEG"));
  }
}

TEST(OnnxIf, OtherwiseBothAreComputedAndOneTaken) {
  LoweredGraph graph;
  graph.Input({2});
  const ValueId c = graph.Input({1}, {}, TensorType::kBool);
  const ValueId y = graph.Node(
      "If", {c},
      {{"then_branch", Branch("Exp")}, {"else_branch", Branch("Neg")}});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("RESHAPE", "EXP", "NEG", "SELECT_V2"));
}

TEST(OnnxIf, BranchesOfOtherShapesAreRefused) {
  LoweredGraph graph;
  graph.Input({2});
  const ValueId c = graph.Input({1}, {}, TensorType::kBool);
  const ValueId y = graph.Node(
      "If", {c},
      {{"then_branch", Branch("Exp")}, {"else_branch", Branch("ReduceMax")}});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre(HasSubstr("the runtime's shapes are fixed")));
}

TEST(OnnxDropout, VanishesWithAMaskOfOnes) {
  LoweredGraph graph;
  const ValueId y = graph.Node("Dropout", {graph.Input({3})});
  const ValueId mask = graph.Scalar(0);
  graph.graph().values[mask].constant.reset();
  graph.graph().nodes.back().outputs.push_back(mask);
  EXPECT_THAT(graph.Lower(y), IsEmpty());
  EXPECT_THAT(graph.Folded(mask), ElementsAre(1, 1, 1));
  EXPECT_EQ(graph.At(mask).type, TensorType::kBool);
}

TEST(OnnxLoop, IsRefusedWithAReason) {
  LoweredGraph graph;
  const ValueId y = graph.Node("Loop", {graph.Input({3})});
  EXPECT_THAT(graph.Lower(y), ElementsAre(HasSubstr("WHILE")));
}

}  // namespace
}  // namespace tinyml::onnx_import
