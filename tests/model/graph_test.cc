#include "model/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/models.h"

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

TEST(SubgraphIndexTest, KnowsProducersAndConsumers) {
  const Model model = testing::GoodModel();
  const SubgraphIndex index(model.subgraphs[0]);
  EXPECT_EQ(index.Producer(3), 0);
  EXPECT_EQ(index.Producer(0), kNoOperator);
  EXPECT_EQ(index.Producer(1), kNoOperator);
  EXPECT_THAT(index.Consumers(3), ElementsAre(1));
  EXPECT_THAT(index.Consumers(6), IsEmpty());
  EXPECT_TRUE(index.IsSubgraphInput(0));
  EXPECT_FALSE(index.IsSubgraphInput(3));
  EXPECT_TRUE(index.IsSubgraphOutput(6));
}

TEST(SubgraphIndexTest, NamesAnOperatorOnceForEachTensor) {
  Subgraph subgraph = WithTensors(3);
  subgraph.operators = {Make({0, 0, kNoTensor}, {1, 1}), Make({0}, {1})};
  const SubgraphIndex index(subgraph);
  EXPECT_THAT(index.Consumers(0), ElementsAre(0, 1));
  EXPECT_THAT(index.Producers(1), ElementsAre(0, 1));
  EXPECT_THAT(index.Consumers(2), IsEmpty());
}

TEST(SubgraphIndexTest, OfAnEmptySubgraph) {
  const SubgraphIndex index{Subgraph{}};
  EXPECT_THAT(*TopologicalOrder(Subgraph{}), IsEmpty());
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

// A quadratic algorithm would take minutes here.
TEST(TopologicalOrderTest, IsLinearInSharedTensors) {
  Subgraph subgraph = WithTensors(2);
  for (int i = 0; i < 50'000; ++i) subgraph.operators.push_back(Make({}, {0}));
  for (int i = 0; i < 50'000; ++i) subgraph.operators.push_back(Make({0}, {1}));
  EXPECT_EQ(TopologicalOrder(subgraph)->size(), 100'000u);
}

}  // namespace
}  // namespace tinyml
