// A plan that the model carries, in the simulated arena.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/simulate.h"
#include "tinyml/model.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

// RELU of four floats, whose input and output the model puts at `offsets`.
Model WithOffsets(int32_t input, int32_t output) {
  Model model;
  const std::array<int32_t, 5> words = {1, 0, 2, input, output};
  std::vector<uint8_t> bytes(sizeof(words));
  std::memcpy(bytes.data(), words.data(), sizeof(words));
  model.buffers.resize(2);
  model.buffers[1].data = BufferData(std::move(bytes));
  model.metadata.push_back({"OfflineMemoryAllocation", 1});
  model.operator_codes.emplace_back().builtin_code = BuiltinOperator::kRelu;
  Subgraph& graph = model.subgraphs.emplace_back();
  graph.tensors.resize(2);
  for (Tensor& tensor : graph.tensors) tensor.shape = {4};
  graph.inputs = {0};
  graph.outputs = {1};
  Operator& relu = graph.operators.emplace_back();
  relu.inputs = {0};
  relu.outputs = {1};
  return model;
}

Result<Simulation> SimulateOffsets(int32_t input, int32_t output) {
  const auto target = tinyml::Target::Parse("cortex-m4");
  return Simulate(WithOffsets(input, output), target.value().runtime());
}

TEST(OfflinePlanArenaTest, TheModelDecides) {
  const auto simulation = SimulateOffsets(64, 0);
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ(simulation->buffers[0].offset_bytes, 64);
  EXPECT_EQ(simulation->buffers[1].offset_bytes, 0);
  EXPECT_EQ(simulation->replay.head_bytes, 80);
}

TEST(OfflinePlanArenaTest, ThePlannerFillsInTheRest) {
  const auto simulation = SimulateOffsets(0, -1);
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ(simulation->buffers[1].offset_bytes, 16);
}

// The runtime does not require alignment.
TEST(OfflinePlanArenaTest, UnalignedPlacesAreTaken) {
  const auto simulation = SimulateOffsets(4, -1);
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ(simulation->buffers[0].offset_bytes, 4);
  EXPECT_EQ(simulation->buffers[1].offset_bytes, 20);
  EXPECT_EQ(simulation->replay.head_bytes, 36);
}

TEST(OfflinePlanArenaTest, PlacesBeforeTheArenaAreRefused) {
  const auto simulation = SimulateOffsets(-16, 0);
  ASSERT_FALSE(simulation);
  EXPECT_EQ(simulation.error().code, ErrorCode::kUnsupported);
}

// Two subgraphs of one RELU each, of which an IF in the first calls the second.
// Tensors 0 to 3 are the first's; of 4 to 6, number 5 (index 1 in its subgraph)
// is a variable. `first` is the entry of tensor 1, `own` of tensor 5.
Result<Simulation> SimulateVariable(int32_t first, int32_t own) {
  Model model;
  const std::vector<int32_t> words = {1, 0, 7, -1, first, -1, -1, -1, own, -1};
  std::vector<uint8_t> bytes(words.size() * sizeof(int32_t));
  std::memcpy(bytes.data(), words.data(), bytes.size());
  model.buffers.resize(2);
  model.buffers[1].data = BufferData(std::move(bytes));
  model.metadata.push_back({"OfflineMemoryAllocation", 1});
  model.operator_codes.emplace_back().builtin_code = BuiltinOperator::kIf;
  model.operator_codes.emplace_back().builtin_code = BuiltinOperator::kAdd;
  Subgraph& main = model.subgraphs.emplace_back();
  main.tensors.resize(4);
  for (Tensor& tensor : main.tensors) tensor.shape = {4};
  main.tensors[0].type = TensorType::kBool;
  main.tensors[0].shape = {1};
  main.inputs = {0, 1};
  main.outputs = {2};
  Operator& condition = main.operators.emplace_back();
  condition.inputs = {0, 1};
  condition.outputs = {2};
  condition.options = MakeOptions(
      IfOptions{.then_subgraph_index = 1, .else_subgraph_index = 1});
  Subgraph& called = model.subgraphs.emplace_back();
  called.tensors.resize(3);
  for (Tensor& tensor : called.tensors) tensor.shape = {4};
  called.tensors[1].is_variable = true;
  called.inputs = {0};
  called.outputs = {2};
  Operator& add = called.operators.emplace_back();
  add.opcode_index = 1;
  add.inputs = {0, 1};
  add.outputs = {2};
  const auto target = tinyml::Target::Parse("cortex-m4");
  return Simulate(model, target.value().runtime());
}

int VariableAllocations(const Simulation& simulation) {
  int count = 0;
  for (const Event& event : simulation.events) {
    count += static_cast<int>(event.purpose == Purpose::kVariableTensor);
  }
  return count;
}

int PlannedVariables(const Simulation& simulation) {
  int count = 0;
  for (const PlannedBuffer& buffer : simulation.buffers) {
    count += static_cast<int>(!buffer.is_scratch &&
                              buffer.owner.subgraph == 1 && buffer.index == 1);
  }
  return count;
}

// The runtime looks a variable's place up twice, once in the wrong entry.
TEST(OfflinePlanArenaTest, AVariableOfACalledSubgraphIsLookedUpTwice) {
  const auto neither = SimulateVariable(-1, -1);
  ASSERT_TRUE(neither) << neither.error().message;
  EXPECT_EQ(VariableAllocations(*neither), 1);
  EXPECT_EQ(PlannedVariables(*neither), 0);

  const auto own = SimulateVariable(-1, 64);
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(VariableAllocations(*own), 1);
  EXPECT_EQ(PlannedVariables(*own), 1);

  const auto both = SimulateVariable(0, 64);
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(VariableAllocations(*both), 0);
  EXPECT_EQ(PlannedVariables(*both), 1);

  const auto other = SimulateVariable(0, -1);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace tinyml::runtime
