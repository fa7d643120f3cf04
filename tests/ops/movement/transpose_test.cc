// TRANSPOSE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

template <typename T>
std::vector<T> Counting(int count) {
  std::vector<T> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), T{0});
  return values;
}

template <typename T>
OpRunner Transpose(const std::vector<int32_t>& input,
                   const std::vector<int32_t>& order,
                   const std::vector<int32_t>& output) {
  OpRunner runner(BuiltinOperator::kTranspose);
  const int count =
      std::accumulate(input.begin(), input.end(), 1, std::multiplies<>());
  runner.Input<T>(input, Counting<T>(count));
  runner.Constant<int32_t>({static_cast<int32_t>(order.size())}, order);
  runner.Output<T>(output);
  return runner;
}

TEST(Transpose, SwapsTwoAxes) {
  EXPECT_THAT((Transpose<float>({2, 3}, {1, 0}, {3, 2}).Run<float>()),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT((Transpose<int16_t>({2, 3}, {0, 1}, {2, 3}).Run<int16_t>()),
              ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Transpose, MovesChannelsToTheFront) {
  EXPECT_THAT((Transpose<int8_t>({1, 2, 2, 2}, {0, 3, 1, 2}, {1, 2, 2, 2})
                   .Run<int8_t>()),
              ElementsAre(0, 2, 4, 6, 1, 3, 5, 7));
}

TEST(Transpose, TakesFiveAxes) {
  // Index (a, b) of [2, 1, 1, 1, 3] goes to (b, a).
  EXPECT_THAT(
      (Transpose<int16_t>({2, 1, 1, 1, 3}, {4, 3, 2, 1, 0}, {3, 1, 1, 1, 2})
           .Run<int16_t>()),
      ElementsAre(0, 3, 1, 4, 2, 5));
}

// The kernel does not notice, and takes the diagonal.
TEST(Transpose, AnAxisMayBeThereTwice) {
  EXPECT_THAT((Transpose<float>({2, 2}, {0, 0}, {2, 1}).Run<float>()),
              ElementsAre(0, 2));
}

TEST(Transpose, RefusesAnOutputThatItWouldReadTooFarFor) {
  EXPECT_THAT((Transpose<float>({2, 3}, {1, 0}, {3, 3}).Error()),
              HasSubstr("another order"));
}

TEST(Transpose, RefusesInt32) {
  EXPECT_THAT((Transpose<int32_t>({2}, {0}, {2}).Error()), HasSubstr("type"));
}

TEST(TransposeCmsisNn, AgreesOnPermutations) {
  EXPECT_THAT(
      (Transpose<int8_t>({2, 3}, {1, 0}, {3, 2}).CmsisNn().Run<int8_t>()),
      ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT((Transpose<int8_t>({1, 2, 3}, {2, 0, 1}, {3, 1, 2})
                   .CmsisNn()
                   .Run<int8_t>()),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT((Transpose<int8_t>({1, 2, 2, 2}, {0, 3, 1, 2}, {1, 2, 2, 2})
                   .CmsisNn()
                   .Run<int8_t>()),
              ElementsAre(0, 2, 4, 6, 1, 3, 5, 7));
}

// arm_transpose_s8 ignores the order of two axes.
TEST(TransposeCmsisNn, SwapsTwoAxesWhateverTheOrder) {
  EXPECT_THAT(
      (Transpose<int8_t>({2, 3}, {0, 1}, {2, 3}).CmsisNn().Run<int8_t>()),
      ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(
      (Transpose<int16_t>({2, 3}, {0, 1}, {2, 3}).CmsisNn().Run<int16_t>()),
      ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(TransposeCmsisNn, SwapsTheLastTwoOfFourAxesOnHelium) {
  EXPECT_THAT((Transpose<int8_t>({1, 1, 2, 3}, {0, 1, 2, 3}, {1, 1, 2, 3})
                   .CmsisNn()
                   .Run<int8_t>()),
              ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT((Transpose<int8_t>({1, 1, 2, 3}, {0, 1, 2, 3}, {1, 1, 2, 3})
                   .Helium()
                   .Run<int8_t>()),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT((Transpose<int8_t>({1, 2, 1, 3}, {0, 3, 1, 2}, {1, 3, 2, 1})
                   .Helium()
                   .Run<int8_t>()),
              ElementsAre(0, 3, 1, 4, 2, 5));
}

TEST(TransposeCmsisNn, LeavesFiveAxesUnwritten) {
  EXPECT_THAT(
      (Transpose<int8_t>({2, 1, 1, 1, 2}, {4, 3, 2, 1, 0}, {2, 1, 1, 1, 2})
           .CmsisNn()
           .Run<int8_t>()),
      Each(0));
}

}  // namespace
}  // namespace tinyml
