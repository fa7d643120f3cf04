// STRIDED_SLICE and SLICE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(Slice, TakesABlock) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSlice)
                  .Input<int8_t>({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})
                  .Constant<int32_t>({2}, {1, 0})
                  .Constant<int32_t>({2}, {2, 2})
                  .Output<int8_t>({2, 2})
                  .Run<int8_t>(),
              ElementsAre(4, 5, 7, 8));
}

TEST(Slice, TakesTheRestWithASizeOfMinusOne) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSlice)
                  .Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int64_t>({2}, {0, 1})
                  .Constant<int64_t>({2}, {-1, -1})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(2, 3, 5, 6));
}

TEST(Slice, TakesIndicesThatTheModelComputes) {
  OpRunner runner(BuiltinOperator::kSlice);
  runner.Input<int16_t>({4}, {1, 2, 3, 4})
      .Input<int32_t>({1}, {0})
      .Input<int32_t>({1}, {2})
      .Output<int16_t>({2});
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(1, 2));
  EXPECT_THAT(runner.Set<int32_t>(1, {2}).Run<int16_t>(), ElementsAre(3, 4));
  EXPECT_THAT(runner.Set<int32_t>(1, {3}).Error(), HasSubstr("leave input"));
  EXPECT_THAT(runner.Set<int32_t>(1, {-1}).Error(), HasSubstr("leave input"));
  EXPECT_THAT(runner.Set<int32_t>(1, {0}).Set<int32_t>(2, {3}).Error(),
              HasSubstr("output"));
  EXPECT_THAT(runner.Set<int32_t>(1, {3}).Set<int32_t>(2, {-1}).Run<int16_t>(),
              ElementsAre(4, 0));
}

TEST(Slice, RefusesInt64) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSlice)
                  .Input<int64_t>({1}, {1})
                  .Constant<int32_t>({1}, {0})
                  .Constant<int32_t>({1}, {1})
                  .Output<int64_t>({1})
                  .Error(),
              HasSubstr("type"));
}

OpRunner Strided(StridedSliceOptions options, std::vector<int32_t> shape,
                 const std::vector<int32_t>& values,
                 const std::vector<int32_t>& begin,
                 const std::vector<int32_t>& end,
                 const std::vector<int32_t>& strides) {
  const auto rank = static_cast<int32_t>(shape.size());
  OpRunner runner(BuiltinOperator::kStridedSlice);
  runner.Options(options)
      .Input<int32_t>(std::move(shape), values)
      .Constant<int32_t>({rank}, begin)
      .Constant<int32_t>({rank}, end)
      .Constant<int32_t>({rank}, strides);
  return runner;
}

TEST(StridedSlice, StepsForwardsAndBackwards) {
  EXPECT_THAT(Strided({}, {5}, {0, 1, 2, 3, 4}, {1}, {5}, {2})
                  .Output<int32_t>({2})
                  .Run<int32_t>(),
              ElementsAre(1, 3));
  EXPECT_THAT(Strided({}, {5}, {0, 1, 2, 3, 4}, {-1}, {-6}, {-2})
                  .Output<int32_t>({3})
                  .Run<int32_t>(),
              ElementsAre(4, 2, 0));
  EXPECT_THAT(Strided({}, {2, 3}, {0, 1, 2, 3, 4, 5}, {1, 2}, {-3, 0}, {-1, -1})
                  .Output<int32_t>({2, 2})
                  .Run<int32_t>(),
              ElementsAre(5, 4, 2, 1));
}

TEST(StridedSlice, ClampsWhatIsBeyond) {
  EXPECT_THAT(Strided({}, {3}, {0, 1, 2}, {-100}, {100}, {1})
                  .Output<int32_t>({3})
                  .Run<int32_t>(),
              ElementsAre(0, 1, 2));
}

TEST(StridedSlice, MasksBeginAndEnd) {
  StridedSliceOptions options;
  options.begin_mask = 1;
  options.end_mask = 2;
  EXPECT_THAT(Strided(options, {2, 2}, {0, 1, 2, 3}, {1, 1}, {1, 0}, {1, 1})
                  .Output<int32_t>({1, 1})
                  .Run<int32_t>(),
              ElementsAre(1));
  options.begin_mask = 3;
  options.end_mask = 3;
  EXPECT_THAT(Strided(options, {2, 2}, {0, 1, 2, 3}, {9, 9}, {9, 9}, {-1, -1})
                  .Output<int32_t>({2, 2})
                  .Run<int32_t>(),
              ElementsAre(3, 2, 1, 0));
}

TEST(StridedSlice, ShrinksAnAxis) {
  StridedSliceOptions options;
  options.shrink_axis_mask = 1;
  EXPECT_THAT(
      Strided(options, {2, 3}, {0, 1, 2, 3, 4, 5}, {-1, 0}, {0, 3}, {1, 1})
          .Output<int32_t>({3})
          .Run<int32_t>(),
      ElementsAre(3, 4, 5));
}

// One past the end clamps to the end, where nothing is left.
TEST(StridedSlice, AShrunkAxisBeyondTheEndGivesNothing) {
  StridedSliceOptions options;
  options.shrink_axis_mask = 1;
  EXPECT_THAT(Strided(options, {2, 2}, {1, 2, 3, 4}, {2, 0}, {3, 2}, {1, 1})
                  .Output<int32_t>({2})
                  .Run<int32_t>(),
              ElementsAre(0, 0));
}

TEST(StridedSlice, RefusesAStrideOfZero) {
  EXPECT_THAT(
      Strided({}, {2}, {1, 2}, {0}, {2}, {0}).Output<int32_t>({2}).Error(),
      HasSubstr("stride"));
}

}  // namespace
}  // namespace tinyml
