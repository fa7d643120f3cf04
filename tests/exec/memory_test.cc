// Where tensors are while a model runs, for a memory plan made by hand.
#include "exec/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tinyml::exec {
namespace {

using ops::TensorView;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Tensors: input int8 [4], weights int8 [2] constant, variable int8 [3] with
// zero point -5, output int32 [2]; one resource variable of 6 bytes.
//
//   offset   0 ...... 16 ..... 32 .... 48
//            input    output
class ModelMemoryTest : public ::testing::Test {
 protected:
  ModelMemoryTest() {
    model_.buffers.resize(2);
    model_.buffers[1].data = BufferData(std::vector<uint8_t>{7, 8});
    Subgraph& graph = model_.subgraphs.emplace_back();
    graph.tensors.resize(4);
    for (size_t i = 0; i < 3; ++i) graph.tensors[i].type = TensorType::kInt8;
    graph.tensors[3].type = TensorType::kInt32;
    graph.tensors[0].shape = {4};
    graph.tensors[1].shape = {2};
    graph.tensors[1].buffer = 1;
    graph.tensors[2].shape = {3};
    graph.tensors[2].is_variable = true;
    graph.tensors[3].shape = {2};
    graph.inputs = {0};
    graph.outputs = {3};
    simulation_.tensors.emplace_back();
    for (const Tensor& tensor : graph.tensors) {
      runtime::RuntimeTensor& running = simulation_.tensors[0].emplace_back();
      running.source = &tensor;
      running.type = tensor.type;
      running.dims = tensor.shape;
      running.data = model_.DataOf(tensor);
    }
    simulation_.tensors[0][2].zero_point = -5;
    simulation_.replay.required_bytes = 48;
    simulation_.buffers = {
        {.owner = {0, kNoOperatorIndex},
         .index = 0,
         .size_bytes = 4,
         .lifetime = {0, 1},
         .offset_bytes = 0},
        {.owner = {0, kNoOperatorIndex},
         .index = 3,
         .size_bytes = 8,
         .lifetime = {1, 1},
         .offset_bytes = 16},
        {.is_scratch = true,
         .owner = {0, 0},
         .index = 0,
         .size_bytes = 16,
         .lifetime = {1, 1},
         .offset_bytes = 32},  // Scratch.
    };
    simulation_.resources.resize(1);
    simulation_.resources[0].allocated = true;
    simulation_.resources[0].bytes = 6;
    simulation_.resources[0].default_value = 9;
  }

  ModelMemory Make(ModelMemory::Layout layout) {
    return ModelMemory::Create(model_, simulation_, layout).value();
  }

  Model model_;
  runtime::Simulation simulation_;
};

TEST_F(ModelMemoryTest, SeparateMemoryIsEachTensorsOwn) {
  const ModelMemory memory = Make(ModelMemory::Layout::kSeparate);
  const std::vector<TensorView>& tensors = memory.tensors()[0];
  EXPECT_THAT(memory.arena(), IsEmpty());
  EXPECT_EQ(tensors[0].bytes.size(), 4U);
  EXPECT_EQ(tensors[3].bytes.size(), 8U);
  EXPECT_THAT(tensors[1].bytes, ElementsAre(7, 8));
  EXPECT_TRUE(tensors[1].IsConstant());
  EXPECT_FALSE(tensors[0].IsConstant());
  // 4 of the input, 3 of the variable, 8 of the output, 6 of the resource.
  EXPECT_EQ(memory.TotalBytes(), 21);
}

TEST_F(ModelMemoryTest, VariablesStartWithTheirZeroPoint) {
  ModelMemory memory = Make(ModelMemory::Layout::kSeparate);
  const std::span<int8_t> variable = memory.tensors()[0][2].Mutable<int8_t>();
  EXPECT_THAT(variable, ElementsAre(-5, -5, -5));
  EXPECT_THAT(memory.resources()[0], Each(9));
  std::ranges::fill(variable, int8_t{1});
  memory.resources()[0][0] = 1;
  memory.ResetVariables();
  EXPECT_THAT(variable, ElementsAre(-5, -5, -5));
  EXPECT_THAT(memory.resources()[0], Each(9));
}

TEST_F(ModelMemoryTest, TheArenaHasEverythingAtItsPlace) {
  model_.subgraphs[0].tensors[2].is_variable = false;
  simulation_.tensors[0].erase(simulation_.tensors[0].begin() + 2);
  simulation_.buffers[1].index = 2;
  model_.subgraphs[0].outputs = {2};
  simulation_.resources[0].allocated = false;
  const ModelMemory memory = Make(ModelMemory::Layout::kArena);
  const std::vector<TensorView>& tensors = memory.tensors()[0];
  ASSERT_EQ(memory.arena().size(), 48U);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.arena().data()) % 64, 0U);
  EXPECT_EQ(tensors[0].writable, memory.arena().data());
  EXPECT_EQ(tensors[2].writable, memory.arena().data() + 16);
  EXPECT_EQ(memory.outputs()[0].writable, tensors[2].writable);
  EXPECT_THAT(memory.resources()[0], IsEmpty());
}

TEST_F(ModelMemoryTest, MisalignedConstantsAreCopied) {
  // The second tensor's buffer holds an int32 at an odd address.
  std::vector<uint8_t> bytes(5, 3);
  const std::span<const uint8_t> odd =
      reinterpret_cast<uintptr_t>(bytes.data()) % 4 == 0
          ? std::span<const uint8_t>(bytes).subspan(1)
          : std::span<const uint8_t>(bytes).first(4);
  simulation_.tensors[0][1].type = TensorType::kInt32;
  simulation_.tensors[0][1].dims = {1};
  simulation_.tensors[0][1].data = odd;
  const ModelMemory memory = Make(ModelMemory::Layout::kSeparate);
  const TensorView& constant = memory.tensors()[0][1];
  EXPECT_EQ(reinterpret_cast<uintptr_t>(constant.bytes.data()) % 4, 0U);
  EXPECT_THAT(constant.bytes, Each(3));
  EXPECT_TRUE(constant.IsConstant());
}

TEST_F(ModelMemoryTest, AnOutputIsReadByTheShapeInTheModel) {
  // A kernel has made the output smaller than its shape in the model.
  simulation_.tensors[0][3].dims = {1};
  const ModelMemory memory = Make(ModelMemory::Layout::kSeparate);
  EXPECT_THAT(memory.tensors()[0][3].dims, ElementsAre(1));
  EXPECT_THAT(memory.outputs()[0].dims, ElementsAre(2));
  EXPECT_EQ(memory.outputs()[0].bytes.size(), 8U);
}

TEST_F(ModelMemoryTest, MoreElementsThanMemoryIsAnError) {
  simulation_.tensors[0][1].dims = {3};
  const auto memory =
      ModelMemory::Create(model_, simulation_, ModelMemory::Layout::kSeparate);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(memory.error().message, HasSubstr("2 bytes of memory"));
}

}  // namespace
}  // namespace tinyml::exec
