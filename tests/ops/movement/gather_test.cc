// GATHER and GATHER_ND.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Gather(int32_t axis, int32_t batch_dims) {
  OpRunner runner(BuiltinOperator::kGather);
  GatherOptions options;
  options.axis = axis;
  options.batch_dims = batch_dims;
  runner.Options(options);
  return runner;
}

TEST(Gather, TakesRows) {
  EXPECT_THAT(Gather(0, 0)
                  .Input<float>({3, 2}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({2}, {2, 0})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(5, 6, 1, 2));
}

TEST(Gather, TakesColumns) {
  EXPECT_THAT(Gather(-1, 0)
                  .Input<int8_t>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({2}, {2, 0})
                  .Output<int8_t>({2, 2})
                  .Run<int8_t>(),
              ElementsAre(3, 1, 6, 4));
}

TEST(Gather, TakesAnotherIndexForEachOfABatch) {
  EXPECT_THAT(Gather(1, 1)
                  .Input<int8_t>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({2, 1}, {2, 0})
                  .Output<int8_t>({2, 1})
                  .Run<int8_t>(),
              ElementsAre(3, 4));
}

TEST(Gather, RefusesIndicesOutOfRange) {
  OpRunner runner = Gather(0, 0);
  runner.Input<int8_t>({2}, {7, 8})
      .Input<int32_t>({1}, {1})
      .Output<int8_t>({1});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(8));
  EXPECT_THAT(runner.Set<int32_t>(1, {2}).Error(), HasSubstr("index 2"));
  EXPECT_THAT(runner.Set<int32_t>(1, {-1}).Error(), HasSubstr("index -1"));
}

TEST(GatherNd, TakesElementsAndSlices) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kGatherNd)
                  .Input<int8_t>({2, 2}, {1, 2, 3, 4})
                  .Constant<int32_t>({2, 2}, {0, 1, 1, 0})
                  .Output<int8_t>({2})
                  .Run<int8_t>(),
              ElementsAre(2, 3));
  EXPECT_THAT(OpRunner(BuiltinOperator::kGatherNd)
                  .Input<float>({2, 2}, {1, 2, 3, 4})
                  .Constant<int32_t>({1, 1}, {1})
                  .Output<float>({1, 2})
                  .Run<float>(),
              ElementsAre(3, 4));
}

// Only the offset that a whole index leads to matters.
TEST(GatherNd, AnIndexMayRunOverIntoTheNextRow) {
  OpRunner runner(BuiltinOperator::kGatherNd);
  runner.Input<int8_t>({2, 2}, {1, 2, 3, 4})
      .Input<int32_t>({1, 2}, {0, 2})
      .Output<int8_t>({1});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(3));
  EXPECT_THAT(runner.Set<int32_t>(1, {2, -1}).Run<int8_t>(), ElementsAre(4));
  EXPECT_THAT(runner.Set<int32_t>(1, {1, 2}).Error(), HasSubstr("outside"));
  EXPECT_THAT(runner.Set<int32_t>(1, {0, -1}).Error(), HasSubstr("outside"));
}

}  // namespace
}  // namespace tinyml
