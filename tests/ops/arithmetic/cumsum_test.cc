// CUMSUM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

std::vector<float> Cumsum(std::vector<int32_t> shape, int32_t axis,
                          bool exclusive, bool reverse) {
  CumsumOptions options;
  options.exclusive = exclusive;
  options.reverse = reverse;
  return OpRunner(Op::kCumsum)
      .Options(options)
      .Input<float>(shape, {1, 2, 3, 4, 5, 6})
      .Constant<int32_t>({1}, {axis})
      .Output<float>(shape)
      .Run<float>();
}

TEST(RunCumsum, AxesAndDirections) {
  EXPECT_THAT(Cumsum({2, 3}, 1, false, false), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(Cumsum({2, 3}, -2, false, false), ElementsAre(1, 2, 3, 5, 7, 9));
  EXPECT_THAT(Cumsum({2, 3}, 1, true, false), ElementsAre(0, 1, 3, 0, 4, 9));
  EXPECT_THAT(Cumsum({2, 3}, 1, false, true), ElementsAre(6, 5, 3, 15, 11, 6));
  EXPECT_THAT(Cumsum({3, 1, 2}, 0, true, true), ElementsAre(8, 10, 5, 6, 0, 0));
}

TEST(RunCumsum, Int8) {
  EXPECT_THAT(OpRunner(Op::kCumsum)
                  .Input<int8_t>({4}, {7, 9, 5, 1}, {1.0F, 5})
                  .Constant<int32_t>({1}, {0})
                  .Output<int8_t>({4}, {0.5F, -10})
                  .Run<int8_t>(),
              // Sums of 2, 6, 6 and 2, except that the runtime starts with the
              // zero point's term, -5.
              ElementsAre(-16, -8, -8, -16));
}

TEST(RunCumsum, AnAxisOutOfRangeFails) {
  OpRunner runner(Op::kCumsum);
  runner.Input<float>({2}, {1, 2}).Input<int32_t>({1}, {1}).Output<float>({2});
  EXPECT_THAT(runner.Error(), HasSubstr("axis 1"));
  runner.Set<int32_t>(1, {-1});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(1, 3));
}

}  // namespace
}  // namespace tinyml
