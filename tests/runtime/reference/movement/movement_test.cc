// Shapes, requests and refusals of the kernels that move data. All values are
// worked out by hand from the upstream functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/simulate.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TensorIndex Int32s(ModelBuilder& b, const std::vector<int32_t>& values) {
  return b.AddConstant("t", {static_cast<int32_t>(values.size())}, values);
}

// `b` as it is: most of these models leave out what no allocation depends on.
Result<Simulation> Run(const ModelBuilder& b) {
  Target target;
  target.abi = {.pointer_bytes = 4, .int64_alignment = 8, .short_enums = false};
  return Simulate(b.model(), target);
}

// Sizes of the persistent requests of all operators in one phase.
std::vector<int64_t> Persistent(const Simulation& simulation, Phase phase) {
  std::vector<int64_t> sizes;
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent && event.phase == phase) {
      sizes.push_back(event.size);
    }
  }
  return sizes;
}

Result<Simulation> StridedSlice(std::vector<int32_t> input,
                                const std::vector<int32_t>& begin,
                                const std::vector<int32_t>& end,
                                const std::vector<int32_t>& strides,
                                std::vector<int32_t> output,
                                StridedSliceOptions options = {}) {
  ModelBuilder builder;
  const auto in =
      builder.AddTensor("t", TensorType::kFloat32, std::move(input));
  const auto begin_index = Int32s(builder, begin);
  const auto end_index = Int32s(builder, end);
  const auto strides_index = Int32s(builder, strides);
  const auto out =
      builder.AddTensor("t", TensorType::kFloat32, std::move(output));
  builder.SetInputs({in});
  builder.SetOutputs({out});
  builder.AddOperator(BuiltinOperator::kStridedSlice,
                      {in, begin_index, end_index, strides_index}, {out},
                      MakeOptions(options));
  return Run(builder);
}

TEST(StridedSliceTest, CountsByDirectionMaskAndShrunkAxis) {
  EXPECT_TRUE(StridedSlice({10}, {1}, {8}, {3}, {3}));
  EXPECT_TRUE(StridedSlice({10}, {-3}, {100}, {2}, {2}));
  EXPECT_TRUE(StridedSlice({10}, {8}, {-9}, {-2}, {4}));
  EXPECT_TRUE(StridedSlice({10}, {4}, {5}, {-1}, {10},
                           {.begin_mask = 1, .end_mask = 1}));
  EXPECT_TRUE(StridedSlice({2, 10}, {-1, 0}, {0, 4}, {1, 1}, {4},
                           {.shrink_axis_mask = 1}));
}

TEST(StridedSliceTest, RefusesAnotherOutputShape) {
  const auto result = StridedSlice({10}, {1}, {8}, {3}, {2});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(result.error().message, HasSubstr("should be of shape [3]"));
  EXPECT_FALSE(StridedSlice({10}, {1}, {8}, {0}, {2}));
  EXPECT_FALSE(StridedSlice({1, 1, 1, 1, 1}, {0, 0, 0, 0, 0}, {1, 1, 1, 1, 1},
                            {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}));
}

Result<Simulation> Reshape(std::vector<int32_t> input,
                           std::vector<int32_t> output) {
  ModelBuilder builder;
  const auto in = builder.AddTensor("t", TensorType::kInt8, std::move(input));
  const auto out = builder.AddTensor("t", TensorType::kInt8, std::move(output));
  builder.SetInputs({in});
  builder.SetOutputs({out});
  builder.AddOperator(BuiltinOperator::kReshape, {in}, {out}, {});
  return Run(builder);
}

TEST(ReshapeTest, StretchedDimensionMovesTheShapeToTheArena) {
  const auto result = Reshape({6, 4}, {2, -1, 3});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(Persistent(*result, Phase::kPrepare),
              testing::ElementsAre(4 + 3 * 4));
  ASSERT_THAT(result->buffers, SizeIs(2));
  EXPECT_EQ(result->buffers[1].size_bytes, 24);
}

TEST(ReshapeTest, OldScalarGetsMemoryAndNoNewShape) {
  const auto result = Reshape({1}, {0});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(Persistent(*result, Phase::kPrepare), IsEmpty());
  ASSERT_THAT(result->buffers, SizeIs(2));
  EXPECT_EQ(result->buffers[1].size_bytes, 1);
  EXPECT_THAT(result->warnings, SizeIs(1));
}

TEST(ReshapeTest, RefusesOtherCountsAndTwoStretchedDimensions) {
  EXPECT_FALSE(Reshape({6, 4}, {5, 5}));
  EXPECT_FALSE(Reshape({6, 4}, {-1, -1}));
  EXPECT_FALSE(Reshape({6, 4}, {-1, 5}));
}

TEST(GatherTest, WritesTheShapeByAxisAndBatch) {
  ModelBuilder builder;
  const auto in = builder.AddTensor("t", TensorType::kInt8, {2, 5, 3});
  const auto indices = builder.AddTensor("t", TensorType::kInt32, {2, 4});
  const auto out = builder.AddTensor("t", TensorType::kInt8, {1, 1, 1});
  builder.SetInputs({in, indices});
  builder.SetOutputs({out});
  builder.AddOperator(BuiltinOperator::kGather, {in, indices}, {out},
                      MakeOptions(GatherOptions{.axis = 1, .batch_dims = 1}));
  const auto result = Run(builder);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_THAT(result->buffers, SizeIs(3));
  EXPECT_EQ(result->buffers[2].size_bytes, 2 * 4 * 3);
}

TEST(ResourceVariableTest, OneVariableForTwoHandlesOfAName) {
  ModelBuilder builder;
  const auto value = builder.AddTensor("t", TensorType::kFloat32, {5});
  const auto first = builder.AddTensor("t", TensorType::kResource, {1});
  const auto second = builder.AddTensor("t", TensorType::kResource, {1});
  const auto read = builder.AddTensor("t", TensorType::kFloat32, {5});
  builder.SetInputs({value});
  builder.SetOutputs({read});
  const auto options = MakeOptions(VarHandleOptions{"", "state"});
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {first}, options);
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {second}, options);
  builder.AddOperator(BuiltinOperator::kAssignVariable, {first, value}, {}, {});
  builder.AddOperator(BuiltinOperator::kReadVariable, {second}, {read}, {});
  const auto result = Run(builder);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->resource_variables, 1);
  EXPECT_THAT(Persistent(*result, Phase::kPrepare), testing::ElementsAre(20));
  // The handles point to their ids, so only value and read are planned.
  EXPECT_THAT(result->buffers, SizeIs(2));
}

TEST(ResourceVariableTest, RefusesToReadWhatNothingAssigns) {
  ModelBuilder builder;
  const auto handle = builder.AddTensor("t", TensorType::kResource, {1});
  const auto read = builder.AddTensor("t", TensorType::kFloat32, {5});
  builder.SetOutputs({read});
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {handle},
                      MakeOptions(VarHandleOptions{"", "state"}));
  builder.AddOperator(BuiltinOperator::kReadVariable, {handle}, {read}, {});
  const auto result = Run(builder);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("nothing assigns"));
}

}  // namespace
}  // namespace tinyml::runtime
