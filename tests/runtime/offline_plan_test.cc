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

}  // namespace
}  // namespace tinyml::runtime
