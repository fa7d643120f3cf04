#include "model/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Operator Make(std::vector<TensorIndex> inputs,
              std::vector<TensorIndex> outputs) {
  Operator op;
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  return op;
}

Subgraph WithTensors(size_t count) {
  Subgraph subgraph;
  subgraph.tensors.resize(count);
  return subgraph;
}

TEST(TopologicalOrderTest, OfAnEmptySubgraph) {
  EXPECT_THAT(*TopologicalOrder(Subgraph{}), IsEmpty());
}

TEST(TopologicalOrderTest, TakesOmittedTensorsAndTheSameOneTwice) {
  Subgraph subgraph = WithTensors(3);
  subgraph.operators = {Make({1, 1, kNoTensor}, {2}),
                        Make({0, 0, kNoTensor}, {1, 1})};
  EXPECT_THAT(*TopologicalOrder(subgraph), ElementsAre(1, 0));
}

TEST(TopologicalOrderTest, WaitsForEveryOperatorThatWritesATensor) {
  Subgraph subgraph = WithTensors(3);
  subgraph.operators = {Make({1}, {2}), Make({0}, {1}), Make({0}, {1})};
  EXPECT_THAT(*TopologicalOrder(subgraph), ElementsAre(1, 2, 0));
}

TEST(TopologicalOrderTest, KeepsASoundOrder) {
  Subgraph subgraph = WithTensors(5);
  // A diamond, whose arms could be swapped.
  subgraph.operators = {Make({0}, {1}), Make({1}, {3}), Make({1}, {2}),
                        Make({2, 3}, {4})};
  EXPECT_THAT(*TopologicalOrder(subgraph), ElementsAre(0, 1, 2, 3));
}

TEST(TopologicalOrderTest, SortsAnUnsoundOne) {
  Subgraph subgraph = WithTensors(4);
  subgraph.operators = {Make({2}, {3}), Make({1, 0}, {2}), Make({0}, {1})};
  EXPECT_THAT(*TopologicalOrder(subgraph), ElementsAre(2, 1, 0));
}

TEST(TopologicalOrderTest, RefusesACircle) {
  Subgraph subgraph = WithTensors(3);
  subgraph.operators = {Make({0}, {1}), Make({1, 2}, {2})};
  const auto order = TopologicalOrder(subgraph);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().message,
            "operator 1 needs, through others, its own output");
}

TEST(TopologicalOrderTest, LetsVariablesCarryAValueBack) {
  Subgraph subgraph = WithTensors(3);
  subgraph.operators = {Make({0}, {1}), Make({1, 2}, {2})};
  subgraph.tensors[2].is_variable = true;
  EXPECT_THAT(*TopologicalOrder(subgraph), ElementsAre(0, 1));
}

// A quadratic algorithm would take minutes.
TEST(TopologicalOrderTest, IsLinearInSharedTensors) {
  Subgraph subgraph = WithTensors(2);
  for (int i = 0; i < 50'000; ++i) subgraph.operators.push_back(Make({}, {0}));
  for (int i = 0; i < 50'000; ++i) subgraph.operators.push_back(Make({0}, {1}));
  EXPECT_EQ(TopologicalOrder(subgraph)->size(), 100'000u);
}

}  // namespace
}  // namespace tinyml
