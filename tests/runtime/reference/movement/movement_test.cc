// Shapes, requests and refusals of the kernels that move data. All values are
// worked out by hand from the upstream functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/simulate.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A model of one subgraph, built tensor by tensor.
class Builder {
 public:
  Builder() {
    model_.buffers.resize(1);
    model_.subgraphs.resize(1);
  }

  TensorIndex Add(TensorType type, std::vector<int32_t> shape) {
    Tensor tensor;
    tensor.name = "t" + std::to_string(main().tensors.size());
    tensor.type = type;
    tensor.shape = std::move(shape);
    main().tensors.push_back(tensor);
    return static_cast<TensorIndex>(main().tensors.size()) - 1;
  }

  TensorIndex Constant(const std::vector<int32_t>& values) {
    const TensorIndex index =
        Add(TensorType::kInt32, {static_cast<int32_t>(values.size())});
    std::vector<uint8_t> bytes(values.size() * 4);
    std::memcpy(bytes.data(), values.data(), bytes.size());
    main().tensors.back().buffer = static_cast<uint32_t>(model_.buffers.size());
    model_.buffers.push_back({BufferData(std::move(bytes)), false});
    return index;
  }

  void Operator(BuiltinOperator code, std::vector<TensorIndex> inputs,
                std::vector<TensorIndex> outputs, OperatorOptions options) {
    tinyml::Operator op;
    op.opcode_index = static_cast<uint32_t>(model_.operator_codes.size());
    op.inputs = std::move(inputs);
    op.outputs = std::move(outputs);
    op.options = std::move(options);
    main().operators.push_back(op);
    OperatorCode operator_code;
    operator_code.builtin_code = code;
    model_.operator_codes.push_back(operator_code);
  }

  Result<Simulation> Run() const {
    Target target;
    target.abi = {
        .pointer_bytes = 4, .int64_alignment = 8, .short_enums = false};
    return Simulate(model_, target);
  }

  Subgraph& main() { return model_.subgraphs[0]; }

 private:
  Model model_;
};

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
  Builder builder;
  const auto in = builder.Add(TensorType::kFloat32, std::move(input));
  const auto begin_index = builder.Constant(begin);
  const auto end_index = builder.Constant(end);
  const auto strides_index = builder.Constant(strides);
  const auto out = builder.Add(TensorType::kFloat32, std::move(output));
  builder.main().inputs = {in};
  builder.main().outputs = {out};
  builder.Operator(BuiltinOperator::kStridedSlice,
                   {in, begin_index, end_index, strides_index}, {out},
                   MakeOptions(options));
  return builder.Run();
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
  Builder builder;
  const auto in = builder.Add(TensorType::kInt8, std::move(input));
  const auto out = builder.Add(TensorType::kInt8, std::move(output));
  builder.main().inputs = {in};
  builder.main().outputs = {out};
  builder.Operator(BuiltinOperator::kReshape, {in}, {out}, {});
  return builder.Run();
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
  Builder builder;
  const auto in = builder.Add(TensorType::kInt8, {2, 5, 3});
  const auto indices = builder.Add(TensorType::kInt32, {2, 4});
  const auto out = builder.Add(TensorType::kInt8, {1, 1, 1});
  builder.main().inputs = {in, indices};
  builder.main().outputs = {out};
  builder.Operator(BuiltinOperator::kGather, {in, indices}, {out},
                   MakeOptions(GatherOptions{.axis = 1, .batch_dims = 1}));
  const auto result = builder.Run();
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_THAT(result->buffers, SizeIs(3));
  EXPECT_EQ(result->buffers[2].size_bytes, 2 * 4 * 3);
}

TEST(ResourceVariableTest, OneVariableForTwoHandlesOfAName) {
  Builder builder;
  const auto value = builder.Add(TensorType::kFloat32, {5});
  const auto first = builder.Add(TensorType::kResource, {1});
  const auto second = builder.Add(TensorType::kResource, {1});
  const auto read = builder.Add(TensorType::kFloat32, {5});
  builder.main().inputs = {value};
  builder.main().outputs = {read};
  const auto options = MakeOptions(VarHandleOptions{"", "state"});
  builder.Operator(BuiltinOperator::kVarHandle, {}, {first}, options);
  builder.Operator(BuiltinOperator::kVarHandle, {}, {second}, options);
  builder.Operator(BuiltinOperator::kAssignVariable, {first, value}, {}, {});
  builder.Operator(BuiltinOperator::kReadVariable, {second}, {read}, {});
  const auto result = builder.Run();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->resource_variables, 1);
  EXPECT_THAT(Persistent(*result, Phase::kPrepare), testing::ElementsAre(20));
  // The handles point to their ids, so only value and read are planned.
  EXPECT_THAT(result->buffers, SizeIs(2));
}

TEST(ResourceVariableTest, RefusesToReadWhatNothingAssigns) {
  Builder builder;
  const auto handle = builder.Add(TensorType::kResource, {1});
  const auto read = builder.Add(TensorType::kFloat32, {5});
  builder.main().outputs = {read};
  builder.Operator(BuiltinOperator::kVarHandle, {}, {handle},
                   MakeOptions(VarHandleOptions{"", "state"}));
  builder.Operator(BuiltinOperator::kReadVariable, {handle}, {read}, {});
  const auto result = builder.Run();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("nothing assigns"));
}

}  // namespace
}  // namespace tinyml::runtime
