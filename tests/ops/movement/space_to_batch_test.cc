// BATCH_TO_SPACE_ND and SPACE_TO_BATCH_ND.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(SpaceToBatchNd, PutsBlocksIntoTheBatch) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSpaceToBatchNd)
                  .Input<int8_t>({1, 2, 2, 1}, {1, 2, 3, 4})
                  .Constant<int32_t>({2}, {2, 2})
                  .Constant<int32_t>({2, 2}, {0, 0, 0, 0})
                  .Output<int8_t>({4, 1, 1, 1})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 3, 4));
}

// The runtime pads with what was in memory; here it is 0.
TEST(SpaceToBatchNd, PadsWithZeros) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSpaceToBatchNd)
                  .Input<float>({1, 3, 1}, {1, 2, 3})
                  .Constant<int32_t>({1}, {2})
                  .Constant<int32_t>({1, 2}, {1, 0})
                  .Output<float>({2, 2, 1})
                  .Run<float>(),
              ElementsAre(0, 2, 1, 3));
}

TEST(SpaceToBatchNd, RefusesABlockOfZero) {
  OpRunner runner(BuiltinOperator::kSpaceToBatchNd);
  runner.Input<int8_t>({1, 1, 1, 1}, {1})
      .Input<int32_t>({2}, {1, 1})
      .Constant<int32_t>({2, 2}, {0, 0, 0, 0})
      .Output<int8_t>({1, 1, 1, 1});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(1));
  EXPECT_THAT(runner.Set<int32_t>(1, {1, 0}).Error(), HasSubstr("block"));
}

TEST(BatchToSpaceNd, InterleavesAndCrops) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBatchToSpaceNd)
                  .Input<int8_t>({4, 1, 1, 1}, {1, 2, 3, 4})
                  .Constant<int32_t>({2}, {2, 2})
                  .Constant<int32_t>({2, 2}, {0, 0, 0, 0})
                  .Output<int8_t>({1, 2, 2, 1})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(OpRunner(BuiltinOperator::kBatchToSpaceNd)
                  .Input<int8_t>({2, 2, 1}, {1, 2, 3, 4})
                  .Constant<int32_t>({1}, {2})
                  .Constant<int32_t>({1, 2}, {1, 1})
                  .Output<int8_t>({1, 2, 1})
                  .Run<int8_t>(),
              ElementsAre(3, 2));
}

TEST(BatchToSpaceNd, RefusesInt16) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBatchToSpaceNd)
                  .Input<int16_t>({1, 1, 1}, {1})
                  .Constant<int32_t>({1}, {1})
                  .Constant<int32_t>({1, 2}, {0, 0})
                  .Output<int16_t>({1, 1, 1})
                  .Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
