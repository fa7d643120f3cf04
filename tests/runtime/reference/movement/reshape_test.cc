// RESHAPE: shapes that are relocated or overwritten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Result<Simulation> Reshape(std::vector<int32_t> input,
                           std::vector<int32_t> output) {
  return Allocate(
      OneOperator(BuiltinOperator::kReshape,
                  {MakeTensor(TensorType::kInt8, std::move(input)),
                   MakeTensor(TensorType::kInt8, std::move(output))}));
}

TEST(ReshapeTest, StretchedDimensionMovesTheShapeToTheArena) {
  const auto result = Reshape({6, 4}, {2, -1, 3});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(PersistentBytes(*result, Phase::kPrepare),
              ElementsAre(4 + 3 * 4));
  ASSERT_THAT(result->buffers, SizeIs(2));
  EXPECT_EQ(result->buffers[1].size_bytes, 24);
}

TEST(ReshapeTest, OldScalarGetsMemoryAndNoNewShape) {
  const auto result = Reshape({1}, {0});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(PersistentBytes(*result, Phase::kPrepare), IsEmpty());
  ASSERT_THAT(result->buffers, SizeIs(2));
  EXPECT_EQ(result->buffers[1].size_bytes, 1);
  EXPECT_THAT(result->warnings, IsEmpty());
}

TEST(ReshapeTest, RefusesOtherCountsAndTwoStretchedDimensions) {
  EXPECT_FALSE(Reshape({6, 4}, {5, 5}));
  EXPECT_FALSE(Reshape({6, 4}, {-1, -1}));
  EXPECT_FALSE(Reshape({6, 4}, {-1, 5}));
}

}  // namespace
}  // namespace tinyml::runtime
