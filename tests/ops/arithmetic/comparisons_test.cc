// Comparisons, LOGICAL_AND, _OR and _NOT, MAXIMUM, MINIMUM and SELECT_V2.
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

template <typename T>
std::vector<bool> Compare(Op code) {
  return OpRunner(code)
      .Input<T>({3}, {1, 2, 3})
      .template Input<T>({3}, {2, 2, 2})
      .template Output<bool>({3})
      .template Run<bool>();
}

template <typename T>
void CheckAllComparisons() {
  EXPECT_THAT(Compare<T>(Op::kEqual), ElementsAre(false, true, false));
  EXPECT_THAT(Compare<T>(Op::kNotEqual), ElementsAre(true, false, true));
  EXPECT_THAT(Compare<T>(Op::kGreater), ElementsAre(false, false, true));
  EXPECT_THAT(Compare<T>(Op::kGreaterEqual), ElementsAre(false, true, true));
  EXPECT_THAT(Compare<T>(Op::kLess), ElementsAre(true, false, false));
  EXPECT_THAT(Compare<T>(Op::kLessEqual), ElementsAre(true, true, false));
}

TEST(RunComparisons, Unquantized) {
  CheckAllComparisons<float>();
  CheckAllComparisons<int32_t>();
  CheckAllComparisons<int64_t>();
}

TEST(RunComparisons, Int64BeyondInt32) {
  EXPECT_THAT(OpRunner(Op::kLess)
                  .Input<int64_t>({1}, {int64_t{1} << 40})
                  .Input<int64_t>({1}, {(int64_t{1} << 40) + 1})
                  .Output<bool>({1})
                  .Run<bool>(),
              ElementsAre(true));
}

TEST(RunComparisons, NothingIsEqualToNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto compare = [nan](Op code) {
    return OpRunner(code)
        .Input<float>({1}, {nan})
        .Input<float>({1}, {nan})
        .Output<bool>({1})
        .Run<bool>();
  };
  EXPECT_THAT(compare(Op::kEqual), ElementsAre(false));
  EXPECT_THAT(compare(Op::kNotEqual), ElementsAre(true));
  EXPECT_THAT(compare(Op::kLessEqual), ElementsAre(false));
}

TEST(RunComparisons, Int8OfDifferentScales) {
  // 255 * 0.5 = 127.5 against 0; -128 + 128 = 0 against 0; 4 * 0.5 against
  // 8 * 0.25 as the last.
  const auto compare = [](Op code) {
    return OpRunner(code)
        .Input<int8_t>({3}, {127, -128, -124}, {0.5F, -128})
        .Input<int8_t>({3}, {100, 100, 108}, {0.25F, 100})
        .Output<bool>({3})
        .Run<bool>();
  };
  EXPECT_THAT(compare(Op::kEqual), ElementsAre(false, true, true));
  EXPECT_THAT(compare(Op::kGreater), ElementsAre(true, false, false));
  EXPECT_THAT(compare(Op::kGreaterEqual), ElementsAre(true, true, true));
}

TEST(RunComparisons, Int8DifferencesBelowTheirPrecisionAreEqual) {
  // 1 * 2^-10 and 0 are both 0 in units of 2^-8.
  EXPECT_THAT(OpRunner(Op::kEqual)
                  .Input<int8_t>({2}, {1, 4}, {0x1P-10F, 0})
                  .Input<int8_t>({2}, {0, 0}, {0x1P-10F, 0})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, false));
}

TEST(RunComparisons, GreaterOfInt16HasNoParameters) {
  EXPECT_THAT(OpRunner(Op::kGreater)
                  .Input<int16_t>({2}, {5, 1}, {1.0F, 0})
                  .Input<int16_t>({2}, {1, 5}, {1.0F, 0})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(false, false));
  EXPECT_THAT(OpRunner(Op::kLess)
                  .Input<int16_t>({1}, {5}, {1.0F, 0})
                  .Input<int16_t>({1}, {1}, {1.0F, 0})
                  .Output<bool>({1})
                  .Error(),
              HasSubstr("no code"));
}

TEST(RunComparisons, BoolsAreOnlyEqualOrNot) {
  const auto run = [](Op code) {
    return OpRunner(code)
        .Input<bool>({4}, {false, false, true, true})
        .Input<bool>({4}, {false, true, false, true})
        .Output<bool>({4})
        .Run<bool>();
  };
  EXPECT_THAT(run(Op::kEqual), ElementsAre(true, false, false, true));
  EXPECT_THAT(run(Op::kNotEqual), ElementsAre(false, true, true, false));
  EXPECT_THAT(run(Op::kLogicalAnd), ElementsAre(false, false, false, true));
  EXPECT_THAT(run(Op::kLogicalOr), ElementsAre(false, true, true, true));
  EXPECT_THAT(OpRunner(Op::kGreater)
                  .Input<bool>({1}, {true})
                  .Input<bool>({1}, {true})
                  .Output<bool>({1})
                  .Error(),
              HasSubstr("no code"));
}

TEST(RunLogicalNot, Bool) {
  EXPECT_THAT(OpRunner(Op::kLogicalNot)
                  .Input<bool>({2}, {false, true})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, false));
}

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
  // A column of 3 beside rows of 2: lines meet its values 0, 2 and (past its
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

TEST(RunSelect, RepeatsAllThree) {
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({2, 1}, {true, false})
                  .Input<int16_t>({3}, {1, 2, 3})
                  .Input<int16_t>({1}, {9})
                  .Output<int16_t>({2, 3})
                  .Run<int16_t>(),
              ElementsAre(1, 2, 3, 9, 9, 9));
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({3}, {true, false, true})
                  .Input<float>({3}, {1, 2, 3})
                  .Input<float>({3}, {7, 8, 9})
                  .Output<float>({3})
                  .Run<float>(),
              ElementsAre(1, 8, 3));
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({1}, {true})
                  .Input<int32_t>({1}, {1})
                  .Input<int32_t>({1}, {1})
                  .Output<int32_t>({1})
                  .Error(),
              HasSubstr("type of"));
}

TEST(RunZerosLike, WritesZeros) {
  EXPECT_THAT(OpRunner(Op::kZerosLike)
                  .Input<int8_t>({3}, {1, 2, 3}, {1.0F, 5})
                  .Output<int8_t>({3}, {1.0F, 5})
                  .Run<int8_t>(),
              ElementsAre(0, 0, 0));
}

TEST(RunFill, RepeatsItsValue) {
  EXPECT_THAT(OpRunner(Op::kFill)
                  .Constant<int32_t>({2}, {2, 2})
                  .Input<int32_t>({}, {-7})
                  .Output<int32_t>({2, 2})
                  .Run<int32_t>(),
              ElementsAre(-7, -7, -7, -7));
}

}  // namespace
}  // namespace tinyml
