// GATHER: the shape that it writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::SizeIs;

TEST(GatherTest, WritesTheShapeByAxisAndBatch) {
  const auto result = Allocate(
      OneOperator(BuiltinOperator::kGather,
                  {MakeTensor(TensorType::kInt8, {2, 5, 3}),
                   MakeTensor(TensorType::kInt32, {2, 4}),
                   MakeTensor(TensorType::kInt8, {1, 1, 1})},
                  MakeOptions(GatherOptions{.axis = 1, .batch_dims = 1})));
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_THAT(result->buffers, SizeIs(3));
  EXPECT_EQ(result->buffers[2].size_bytes, 2 * 4 * 3);
}

}  // namespace
}  // namespace tinyml::runtime
