// BROADCAST_TO and BROADCAST_ARGS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(BroadcastTo, RepeatsAlongAxes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastTo)
                  .Input<int16_t>({2, 1}, {1, 2})
                  .Constant<int32_t>({3}, {2, 2, 3})
                  .Output<int16_t>({2, 2, 3})
                  .Run<int16_t>(),
              ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastTo)
                  .Input<bool>({}, {true})
                  .Constant<int64_t>({1}, {2})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, true));
}

TEST(BroadcastArgs, TakesTheLargerShape) {
  OpRunner runner(BuiltinOperator::kBroadcastArgs);
  runner.Input<int32_t>({1}, {3})
      .Input<int32_t>({3}, {2, 4, 1})
      .Output<int32_t>({3});
  EXPECT_THAT(runner.Run<int32_t>(), ElementsAre(2, 4, 3));
  EXPECT_THAT(runner.Set<int32_t>(0, {1}).Run<int32_t>(), ElementsAre(2, 4, 1));
  EXPECT_THAT(runner.Set<int32_t>(0, {3}).Set<int32_t>(1, {2, 4, 5}).Error(),
              HasSubstr("3 and 5"));
}

// They pass through an int.
TEST(BroadcastArgs, CutsInt64) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastArgs)
                  .Input<int64_t>({1}, {(int64_t{1} << 32) + 5})
                  .Input<int64_t>({1}, {1})
                  .Output<int64_t>({1})
                  .Run<int64_t>(),
              ElementsAre(5));
}

}  // namespace
}  // namespace tinyml
