// MAXIMUM and MINIMUM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;
using Op = BuiltinOperator;

TEST(RunMaximumMinimum, IgnoreScales) {
  const auto run = [](Op code) {
    return OpRunner(code)
        .Input<int8_t>({2, 2}, {-128, 5, 127, -7}, {0.5F, 3})
        .Input<int8_t>({2}, {0, -6}, {2.0F, -9})
        .Output<int8_t>({2, 2}, {1.0F, 0})
        .Run<int8_t>();
  };
  EXPECT_THAT(run(Op::kMaximum), ElementsAre(0, 5, 127, -6));
  EXPECT_THAT(run(Op::kMinimum), ElementsAre(-128, -6, 0, -7));
}

template <typename T>
void CheckMaximum() {
  EXPECT_THAT(OpRunner(Op::kMaximum)
                  .Input<T>({2}, {-1, 4})
                  .template Input<T>({2}, {1, 3})
                  .template Output<T>({2})
                  .template Run<T>(),
              ElementsAre(1, 4));
}

TEST(RunMaximumMinimum, AllTypes) {
  CheckMaximum<float>();
  CheckMaximum<int16_t>();
  CheckMaximum<int32_t>();
  CheckMaximum<int64_t>();
}

TEST(RunMaximumMinimum, CmsisNnRepeatsWhatItIsMeantTo) {
  // [1,2,1,2] against [1,1,3,1].
  OpRunner runner(Op::kMaximum);
  runner.CmsisNn()
      .Input<int8_t>({1, 2, 1, 2}, {0, 10, 20, 30}, {1.0F, 0})
      .Input<int8_t>({1, 1, 3, 1}, {5, 15, 25}, {1.0F, 0})
      .Output<int8_t>({1, 2, 3, 2}, {1.0F, 0});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(5, 10, 15, 15, 25, 25,  //
                                                20, 30, 20, 30, 25, 30));
}

TEST(RunMaximumMinimum, CmsisNnStepsTwiceOverAColumn) {
  // A column of 3 beside rows of 2: lines get its values 0, 2 and (past its
  // end) nothing.
  const auto runner = [](bool first) {
    OpRunner made(Op::kMaximum);
    made.CmsisNn();
    const std::vector<int8_t> column = {10, 20, 30};
    const std::vector<int8_t> rows = {0, 11, 12, 31, -5, 6};
    if (first) made.Input<int8_t>({1, 3, 1, 1}, column, {1.0F, 0});
    made.Input<int8_t>({1, 3, 2, 1}, rows, {1.0F, 0});
    if (!first) made.Input<int8_t>({1, 3, 1, 1}, column, {1.0F, 0});
    made.Output<int8_t>({1, 3, 2, 1}, {1.0F, 0});
    return made.Run<int8_t>();
  };
  EXPECT_THAT(runner(true), ElementsAre(10, 11, 30, 31, 0, 6));
  EXPECT_THAT(runner(false), ElementsAre(10, 11, 30, 31, 0, 6));
}

}  // namespace
}  // namespace tinyml
