// DYNAMIC_UPDATE_SLICE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(DynamicUpdateSlice, WritesAPart) {
  OpRunner runner(BuiltinOperator::kDynamicUpdateSlice);
  runner.Input<int8_t>({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})
      .Input<int8_t>({2, 2}, {-1, -2, -3, -4})
      .Input<int32_t>({2}, {1, 0})
      .Output<int8_t>({3, 3});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(1, 2, 3, -1, -2, 6, -3, -4, 9));
  // Indices are clamped so that the part fits.
  EXPECT_THAT(runner.Set<int32_t>(2, {100, -100}).Run<int8_t>(),
              ElementsAre(1, 2, 3, -1, -2, 6, -3, -4, 9));
  EXPECT_THAT(runner.Set<int32_t>(2, {0, 1}).Run<int8_t>(),
              ElementsAre(1, -1, -2, 4, -3, -4, 7, 8, 9));
}

TEST(DynamicUpdateSlice, AnUpdateOfFullSizeReplacesAll) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kDynamicUpdateSlice)
                  .Input<float>({2}, {1, 2})
                  .Input<float>({2}, {3, 4})
                  .Input<int64_t>({1}, {5})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(3, 4));
}

TEST(DynamicUpdateSlice, AnEmptyUpdateLeavesTheOperand) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kDynamicUpdateSlice)
                  .Input<int16_t>({2}, {1, 2})
                  .Input<int16_t>({0}, {})
                  .Input<int32_t>({1}, {0})
                  .Output<int16_t>({2})
                  .Run<int16_t>(),
              ElementsAre(1, 2));
}

TEST(DynamicUpdateSlice, RefusesAnOutputThatIsTooSmall) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kDynamicUpdateSlice)
                  .Input<int32_t>({2}, {1, 2})
                  .Input<int32_t>({1}, {3})
                  .Input<int32_t>({1}, {0})
                  .Output<int32_t>({1})
                  .Error(),
              HasSubstr("room"));
}

}  // namespace
}  // namespace tinyml
