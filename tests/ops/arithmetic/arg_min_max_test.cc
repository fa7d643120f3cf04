// ARG_MAX and ARG_MIN.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

std::vector<int32_t> Arg(Op code, int32_t axis,
                         const std::vector<int32_t>& output) {
  return OpRunner(code)
      .Input<int8_t>({2, 3}, {5, 9, 9, -128, -128, 127}, {1.0F, 0})
      .Constant<int32_t>({1}, {axis})
      .Output<int32_t>(output)
      .Run<int32_t>();
}

TEST(RunArgMaxMin, TheFirstOfEqualsCounts) {
  EXPECT_THAT(Arg(Op::kArgMax, 1, {2}), ElementsAre(1, 2));
  EXPECT_THAT(Arg(Op::kArgMin, -1, {2}), ElementsAre(0, 0));
  EXPECT_THAT(Arg(Op::kArgMax, 0, {3}), ElementsAre(0, 0, 1));
  EXPECT_THAT(Arg(Op::kArgMin, -2, {3}), ElementsAre(1, 1, 0));
}

TEST(RunArgMaxMin, FloatsAndNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(OpRunner(Op::kArgMax)
                  .Input<float>({3}, {1, nan, 2})
                  .Constant<int32_t>({1}, {0})
                  .Output<int32_t>({})
                  .Run<int32_t>(),
              ElementsAre(2));
}

TEST(RunArgMaxMin, AnAxisFromAnInputIsChecked) {
  OpRunner runner(Op::kArgMax);
  runner.Input<float>({2, 2}, {1, 2, 4, 3})
      .Input<int32_t>({1}, {1})
      .Output<int32_t>({2});
  EXPECT_THAT(runner.Run<int32_t>(), ElementsAre(1, 0));
  runner.Set<int32_t>(1, {-3});
  EXPECT_THAT(runner.Error(), HasSubstr("axis -3"));
}

}  // namespace
}  // namespace tinyml
