// LESS, GREATER, GREATER_EQUAL, LESS_EQUAL, EQUAL and NOT_EQUAL.
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

}  // namespace
}  // namespace tinyml
