// DIV, FLOOR_DIV and FLOOR_MOD.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(RunDiv, Int8) {
  // Real quotients in units of 0.25: 10 / 4 = 2.5, -10 / 4, 10 / -4, 100 / 1.
  EXPECT_THAT(OpRunner(BuiltinOperator::kDiv)
                  .Input<int8_t>({5}, {10, -10, 10, 100, 0}, {1.0F, 0})
                  .Input<int8_t>({5}, {5, 5, -3, 2, 2}, {1.0F, 1})
                  .Output<int8_t>({5}, {0.25F, 3})
                  .Run<int8_t>(),
              ElementsAre(13, -7, -7, 127, 3));
}

TEST(RunDiv, Int8ByItsZeroPointIsRefused) {
  OpRunner runner(BuiltinOperator::kDiv);
  runner.Input<int8_t>({2}, {1, 2}, {1.0F, 0})
      .Input<int8_t>({2}, {1, 7}, {1.0F, 7})
      .Output<int8_t>({2}, {0.5F, 0});
  EXPECT_THAT(runner.Error(), HasSubstr("divisor is 0"));
}

TEST(RunDiv, Int8OfTinyQuotientsIsRefused) {
  // The multiplier 2^-24 leaves no shift for a dividend of 31 sign bits.
  OpRunner runner(BuiltinOperator::kDiv);
  runner.Input<int8_t>({1}, {0}, {0x1P-24F, 0})
      .Input<int8_t>({1}, {1}, {1.0F, 0})
      .Output<int8_t>({1}, {1.0F, 0});
  EXPECT_THAT(runner.Error(), HasSubstr("quotient"));
}

TEST(RunDiv, Int32) {
  DivOptions options;
  options.fused_activation_function = ActivationFunctionType::kReluN1To1;
  EXPECT_THAT(OpRunner(BuiltinOperator::kDiv)
                  .Options(options)
                  .Input<int32_t>({3}, {7, -7, 1})
                  .Input<int32_t>({3}, {2, 2, 3})
                  .Output<int32_t>({3})
                  .Run<int32_t>(),
              ElementsAre(1, -1, 0));
  OpRunner by_zero(BuiltinOperator::kDiv);
  by_zero.Input<int32_t>({2}, {7, 7})
      .Input<int32_t>({2}, {2, 0})
      .Output<int32_t>({2});
  EXPECT_THAT(by_zero.Error(), HasSubstr("divisor is 0"));
  by_zero.Set<int32_t>(1, {2, -7});
  EXPECT_THAT(by_zero.Run<int32_t>(), ElementsAre(3, -1));
  OpRunner overflow(BuiltinOperator::kDiv);
  overflow.Input<int32_t>({1}, {std::numeric_limits<int32_t>::min()})
      .Input<int32_t>({1}, {-1})
      .Output<int32_t>({1});
  EXPECT_THAT(overflow.Error(), HasSubstr("smallest"));
}

TEST(RunDiv, FloatByZeroIsTheLargest) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kDiv)
                  .Input<float>({2}, {1.0F, -3.0F})
                  .Input<float>({2}, {0.0F, 2.0F})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(std::numeric_limits<float>::max(), -1.5F));
}

TEST(RunFloorDiv, RoundsDown) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kFloorDiv)
                  .Input<float>({4}, {7, -7, 7, -7})
                  .Input<float>({4}, {2, 2, -2, -2})
                  .Output<float>({4})
                  .Run<float>(),
              ElementsAre(3, -4, -4, 3));
  EXPECT_THAT(OpRunner(BuiltinOperator::kFloorDiv)
                  .Input<float>({1}, {1})
                  .Input<float>({3}, {1, 2, 0})
                  .Output<float>({3})
                  .Error(),
              HasSubstr("divisor is 0"));
}

TEST(RunFloorMod, HasTheSignOfTheDivisor) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kFloorMod)
                  .Input<float>({5}, {7, -7, 7, -7, 4})
                  .Input<float>({5}, {3, 3, -3, -3, 2})
                  .Output<float>({5})
                  .Run<float>(),
              ElementsAre(1, 2, -2, -1, 0));
  const auto by_zero = OpRunner(BuiltinOperator::kFloorMod)
                           .Input<float>({1}, {7})
                           .Input<float>({1}, {0})
                           .Output<float>({1})
                           .Run<float>();
  EXPECT_TRUE(std::isnan(by_zero.at(0)));
}

}  // namespace
}  // namespace tinyml
