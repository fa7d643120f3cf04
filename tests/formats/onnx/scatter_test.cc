// ScatterND, ScatterElements, OneHot and BitShift.
#include <gmock/gmock.h>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ValueId Known(LoweredGraph& graph, Shape shape,
              const std::vector<int64_t>& values) {
  return graph.Known(Constant::Of(std::move(shape), values));
}

TEST(OnnxScatter, RowsAreTakenFromTheUpdates) {
  LoweredGraph graph;
  const ValueId data = graph.Input({4, 2});
  const ValueId updates = graph.Input({3, 2});
  // The last of those for one row stays; -1 is the last row.
  const ValueId indices = Known(graph, {3, 1}, {2, -1, 2});
  const ValueId y = graph.Node("ScatterND", {data, indices, updates});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CONCATENATION", "GATHER"));
  EXPECT_THAT(
      graph.Run<float>({{1, 2, 3, 4, 5, 6, 7, 8}, {10, 11, 12, 13, 14, 15}}),
      ElementsAre(1, 2, 3, 4, 14, 15, 12, 13));
}

TEST(OnnxScatter, ElementsAreTakenAlongAnAxis) {
  LoweredGraph graph;
  const ValueId data = graph.Input({2, 3});
  const ValueId updates = graph.Input({1, 2});
  const ValueId indices = Known(graph, {1, 2}, {2, 0});
  const ValueId y = graph.Node("ScatterElements", {data, indices, updates},
                               {{"axis", int64_t{1}}});
  graph.Lower(y);
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4, 5, 6}, {10, 11}}),
              ElementsAre(11, 2, 10, 4, 5, 6));
}

TEST(OnnxScatter, ConstantsAreFolded) {
  LoweredGraph graph;
  graph.Input({1});
  const ValueId y = graph.Node(
      "ScatterND", {graph.Ints({1, 2, 3, 4}), Known(graph, {2, 1}, {3, 0}),
                    graph.Ints({8, 9})});
  EXPECT_THAT(graph.Lower(y), IsEmpty());
  EXPECT_THAT(graph.Folded(y), ElementsAre(9, 2, 3, 8));
}

TEST(OnnxScatter, RefusesWhatDoesNotFit) {
  const auto refusal = [](Shape indices_shape, std::vector<int64_t> indices,
                          Shape updates) {
    LoweredGraph graph;
    const ValueId data = graph.Input({4, 2});
    const ValueId u = graph.Input(std::move(updates));
    const ValueId y =
        graph.Node("ScatterND",
                   {data, Known(graph, std::move(indices_shape), indices), u});
    const auto names = graph.Lower(y);
    return names.size() == 1 ? names[0] : "lowered";
  };
  EXPECT_THAT(refusal({1, 1}, {4}, {1, 2}),
              HasSubstr("index 4 is out of range"));
  EXPECT_THAT(refusal({1, 1}, {-5}, {1, 2}), HasSubstr("index -5"));
  EXPECT_THAT(refusal({1, 1}, {0}, {1, 3}), HasSubstr("updates"));
  EXPECT_THAT(refusal({1, 3}, {0, 0, 0}, {1}), HasSubstr("more parts"));
  LoweredGraph graph;
  const ValueId data = graph.Input({4});
  const ValueId indices = graph.Input({1, 1}, {}, TensorType::kInt64);
  const ValueId y = graph.Node("ScatterND", {data, indices, graph.Input({1})});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre(HasSubstr("the model computes its indices")));
}

TEST(OnnxOneHot, IndicesMayCountFromTheBack) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 2}, {}, TensorType::kInt64);
  const ValueId y =
      graph.Node("OneHot", {x, graph.Ints({3}), graph.Ints({-1, 5})},
                 {{"axis", int64_t{1}}});
  graph.Lower(y);
  // 7 is none of them.
  EXPECT_THAT(graph.Run<int32_t>({{0, 2, -1, 7}}),
              ElementsAre(5, -1, -1, -1, -1, 5, -1, -1, -1, -1, 5, -1));
}

TEST(OnnxOneHot, OnesAndZerosNeedNoChoice) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2}, {}, TensorType::kInt64);
  const ValueId y =
      graph.Node("OneHot", {x, graph.Ints({2}), graph.Floats({0, 1})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "EQUAL", "EQUAL",
                                          "LOGICAL_OR", "CAST", "RESHAPE"));
}

TEST(OnnxBitShift, WhatIsShiftedOutIsGone) {
  for (const bool left : {true, false}) {
    LoweredGraph graph;
    const ValueId x = graph.Input({3}, {}, TensorType::kUInt16);
    const ValueId by =
        graph.Known(Constant::OfType(TensorType::kUInt16, {3}, {15, 4, 0}));
    const ValueId y =
        graph.Node("BitShift", {x, by},
                   {{"direction", std::string(left ? "LEFT" : "RIGHT")}});
    graph.Lower(y);
    const auto values = graph.Run<int32_t>({{65535, 4660, 7}});
    if (left) {
      EXPECT_THAT(values, ElementsAre(32768, 0x2340, 7));
    } else {
      EXPECT_THAT(values, ElementsAre(1, 0x123, 7));
    }
  }
}

}  // namespace
}  // namespace tinyml::onnx_import
