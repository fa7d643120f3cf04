// ADD and SUB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
constexpr int32_t kMin = std::numeric_limits<int32_t>::min();

template <typename T>
T With(ActivationFunctionType activation) {
  T options;
  options.fused_activation_function = activation;
  return options;
}

TEST(RunAdd, Int8AtTheEndsOfZeroPoints) {
  // 127.5 + -63.75 = 63.75, rounded to 64 in units of 1; 0 + 0; -128 twice.
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int8_t>({3}, {127, -128, -128}, {0.5F, -128})
                  .Input<int8_t>({3}, {-128, 127, -128}, {0.25F, 127})
                  .Output<int8_t>({3}, {1.0F, -10})
                  .Run<int8_t>(),
              ElementsAre(54, -10, -74));
}

TEST(RunAdd, Int8SaturatesAndTakesRelu6) {
  const auto sum = [](ActivationFunctionType activation) {
    return OpRunner(BuiltinOperator::kAdd)
        .Options(With<AddOptions>(activation))
        .Input<int8_t>({4}, {100, -100, 10, -10}, {0.5F, 0})
        .Input<int8_t>({4}, {100, -100, 10, -10}, {0.5F, 0})
        .Output<int8_t>({4}, {0.5F, 0})
        .Run<int8_t>();
  };
  EXPECT_THAT(sum(ActivationFunctionType::kNone),
              ElementsAre(127, -128, 20, -20));
  EXPECT_THAT(sum(ActivationFunctionType::kRelu6), ElementsAre(12, 0, 12, 0));
  // TANH is ignored.
  EXPECT_THAT(sum(ActivationFunctionType::kTanh),
              ElementsAre(127, -128, 20, -20));
}

TEST(RunAdd, Int8RoundsTheOutputAwayFromZero) {
  // Sums of 1.5 and -1.5 in units of 1.
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int8_t>({2}, {1, -1}, {0.5F, 0})
                  .Input<int8_t>({2}, {2, -2}, {0.5F, 0})
                  .Output<int8_t>({2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(2, -2));
}

TEST(RunAdd, Int16) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int16_t>({3}, {32767, -32768, 1000}, {0.5F, 0})
                  .Input<int16_t>({3}, {32767, -32768, -3000}, {0.25F, 0})
                  .Output<int16_t>({3}, {0.5F, 0})
                  .Run<int16_t>(),
              ElementsAre(32767, -32768, -500));
}

TEST(RunAdd, Int32WrapsAndIgnoresItsActivation) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Options(With<AddOptions>(ActivationFunctionType::kRelu))
                  .Input<int32_t>({2}, {kMax, -5})
                  .Input<int32_t>({2}, {1, 2})
                  .Output<int32_t>({2})
                  .Run<int32_t>(),
              ElementsAre(kMin, -3));
}

TEST(RunAdd, FloatsAreFiniteAfterwards) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<float>({2}, {infinity, -infinity})
                  .Input<float>({2}, {1.0F, 1.0F})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(std::numeric_limits<float>::max(),
                          std::numeric_limits<float>::lowest()));
}

TEST(RunAdd, RepeatsEitherInputAlongDimensionsOfSizeOne) {
  // [2,1,2] + [3,1] -> [2,3,2].
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int32_t>({2, 1, 2}, {1, 2, 3, 4})
                  .Input<int32_t>({3, 1}, {10, 20, 30})
                  .Output<int32_t>({2, 3, 2})
                  .Run<int32_t>(),
              ElementsAre(11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34));
  // A scalar; and one of a single element with more dimensions.
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int32_t>({}, {5})
                  .Input<int32_t>({3}, {1, 2, 3})
                  .Output<int32_t>({3})
                  .Run<int32_t>(),
              ElementsAre(6, 7, 8));
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int8_t>({3}, {1, 2, 3}, {1.0F, 0})
                  .Input<int8_t>({1, 1, 1}, {5}, {1.0F, 0})
                  .Output<int8_t>({1, 1, 3}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(6, 7, 8));
}

TEST(RunAdd, StartsFromTheFirstElementsInEveryInvocation) {
  OpRunner runner(BuiltinOperator::kAdd);
  runner.Input<float>({2, 1}, {1, 2})
      .Input<float>({1, 2}, {10, 20})
      .Output<float>({2, 2});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(11, 21, 12, 22));
  EXPECT_THAT(runner.Run<float>(), ElementsAre(11, 21, 12, 22));
}

TEST(RunAdd, RefusesWhatTheRuntimeWouldReadPastTheEnd) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<float>({4}, {1, 2, 3, 4})
                  .Input<float>({3}, {1, 2, 3})
                  .Output<float>({4})
                  .Error(),
              HasSubstr("do not broadcast"));
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Input<float>({3}, {1, 2, 3})
                  .Output<float>({3})
                  .Error(),
              HasSubstr("do not broadcast"));
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<float>({3}, {1, 2, 3})
                  .Input<int8_t>({3}, {1, 2, 3})
                  .Output<float>({3})
                  .Error(),
              HasSubstr("past its end"));
}

TEST(RunAdd, TakesTheBitsOfAnotherTypeOfTheSameWidth) {
  // 0x3F800000 is 1.0F.
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<float>({1}, {2.0F})
                  .Input<int32_t>({1}, {0x3F800000})
                  .Output<float>({1})
                  .Run<float>(),
              ElementsAre(3.0F));
}

TEST(RunAdd, FailsOnATypeWithoutCode) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
                  .Input<int64_t>({1}, {1})
                  .Input<int64_t>({1}, {1})
                  .Output<int64_t>({1})
                  .Error(),
              HasSubstr("no code"));
}

TEST(RunSub, Int8) {
  // 127.5 - -63.75 = 191.25; 0 - 0; 63.5 - -10 = 73.5, away from zero 74.
  EXPECT_THAT(OpRunner(BuiltinOperator::kSub)
                  .Input<int8_t>({3}, {127, -128, -1}, {0.5F, -128})
                  .Input<int8_t>({3}, {-128, 127, 87}, {0.25F, 127})
                  .Output<int8_t>({3}, {1.0F, -100})
                  .Run<int8_t>(),
              ElementsAre(91, -100, -26));
}

TEST(RunSub, Int16WithZeroPointsOnlyWhenItRepeats) {
  // (100 - 10) / 2 - (50 - 20) / 2 = 30 in units of 0.5, from zero point 7.
  EXPECT_THAT(OpRunner(BuiltinOperator::kSub)
                  .Input<int16_t>({2}, {100, 10}, {0.5F, 10})
                  .Input<int16_t>({1}, {50}, {0.5F, 20})
                  .Output<int16_t>({2}, {0.5F, 7})
                  .Run<int16_t>(),
              ElementsAre(67, -23));
}

TEST(RunSub, Int32TakesItsActivation) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSub)
                  .Options(With<SubOptions>(ActivationFunctionType::kRelu6))
                  .Input<int32_t>({4}, {5, 1, 100, kMin})
                  .Input<int32_t>({4}, {1, 5, 1, 1})  // The last one wraps.
                  .Output<int32_t>({4})
                  .Run<int32_t>(),
              ElementsAre(4, 0, 6, 6));
}

}  // namespace
}  // namespace tinyml
