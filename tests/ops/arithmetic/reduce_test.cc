// MEAN, SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_ALL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

// Reduces 1, 2, 3, ... of `shape`.
template <typename T>
std::vector<T> Reduce(Op code, const std::vector<int32_t>& shape,
                      const std::vector<int32_t>& axes,
                      const std::vector<int32_t>& output,
                      const Affine& input_scale = {},
                      const Affine& output_scale = {}) {
  const int32_t size = std::accumulate(shape.begin(), shape.end(), 1,
                                       std::multiplies<int32_t>());
  std::vector<T> values(static_cast<size_t>(size));
  std::iota(values.begin(), values.end(), T{1});
  return OpRunner(code)
      .Input<T>(shape, values, input_scale)
      .template Constant<int32_t>({static_cast<int32_t>(axes.size())}, axes)
      .template Output<T>(output, output_scale)
      .template Run<T>();
}

TEST(RunReduce, Axes) {
  // [[1, 2, 3], [4, 5, 6]].
  EXPECT_THAT(Reduce<float>(Op::kSum, {2, 3}, {1}, {2}), ElementsAre(6, 15));
  EXPECT_THAT(Reduce<float>(Op::kSum, {2, 3}, {0}, {3}), ElementsAre(5, 7, 9));
  EXPECT_THAT(Reduce<float>(Op::kSum, {2, 3}, {-1, 0, 1}, {1}),
              ElementsAre(21));
  EXPECT_THAT(Reduce<float>(Op::kSum, {2, 3}, {}, {2, 3}),
              ElementsAre(1, 2, 3, 4, 5, 6));
  // A repeated axis counts once.
  EXPECT_THAT(Reduce<float>(Op::kMean, {2, 3}, {1, -1}, {2}),
              ElementsAre(2, 5));
  // Every second of four dimensions: [2,2,2,2] over 1 and 3.
  EXPECT_THAT(Reduce<float>(Op::kSum, {2, 2, 2, 2}, {3, 1}, {2, 2}),
              ElementsAre(1 + 2 + 5 + 6, 3 + 4 + 7 + 8, 9 + 10 + 13 + 14,
                          11 + 12 + 15 + 16));
  EXPECT_THAT(Reduce<float>(Op::kMean, {2, 2, 2, 2}, {0, 2}, {2, 2}),
              ElementsAre(6, 7, 10, 11));
}

TEST(RunReduce, OfAScalar) {
  EXPECT_THAT(Reduce<float>(Op::kMean, {}, {5}, {}), ElementsAre(1));
}

TEST(RunMean, Int8) {
  // Means of 2 and 5 less the zero point 1, in units of 2, from zero point -3.
  EXPECT_THAT(
      Reduce<int8_t>(Op::kMean, {2, 3}, {1}, {2}, {4.0F, 1}, {2.0F, -3}),
      ElementsAre(-1, 5));
  // The mean of 1..4 is 2.5, and of negated ones -2.5: away from zero.
  EXPECT_THAT(
      OpRunner(Op::kMean)
          .Input<int8_t>({2, 4}, {1, 2, 3, 4, -1, -2, -3, -4}, {1.0F, 0})
          .Constant<int32_t>({1}, {1})
          .Output<int8_t>({2}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(3, -3));
}

TEST(RunSum, Int8AndInt16Saturate) {
  EXPECT_THAT(Reduce<int8_t>(Op::kSum, {2, 12}, {1}, {2}, {1.0F, 0}, {1.0F, 0}),
              ElementsAre(78, 127));
  EXPECT_THAT(Reduce<int16_t>(Op::kSum, {4}, {0}, {1}, {1.0F, 0}, {0.5F, 0}),
              ElementsAre(20));
  EXPECT_THAT(Reduce<int16_t>(Op::kMean, {5}, {0}, {1}, {1.0F, 2}, {0.5F, 7}),
              ElementsAre(9));
}

TEST(RunReduceMaxMin, Values) {
  EXPECT_THAT(Reduce<float>(Op::kReduceMax, {2, 3}, {0}, {3}),
              ElementsAre(4, 5, 6));
  EXPECT_THAT(
      Reduce<int8_t>(Op::kReduceMin, {2, 3}, {1}, {2}, {1.0F, 3}, {1.0F, 3}),
      ElementsAre(1, 4));
}

TEST(RunReduceMaxMin, OfDifferentScalesFail) {
  EXPECT_THAT(OpRunner(Op::kReduceMax)
                  .Input<int8_t>({2}, {1, 2}, {1.0F, 0})
                  .Constant<int32_t>({1}, {0})
                  .Output<int8_t>({1}, {2.0F, 0})
                  .Error(),
              HasSubstr("differ in scale"));
}

TEST(RunReduceAll, Values) {
  EXPECT_THAT(OpRunner(Op::kReduceAll)
                  .Input<bool>({2, 2}, {true, true, true, false})
                  .Constant<int32_t>({1}, {1})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, false));
}

TEST(RunReduce, AxesFromAnInputAreChecked) {
  OpRunner runner(Op::kSum);
  runner.Input<float>({2, 2}, {1, 2, 3, 4})
      .Input<int32_t>({1}, {0})
      .Output<float>({2});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(4, 6));
  runner.Set<int32_t>(1, {1});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(3, 7));
  runner.Set<int32_t>(1, {2});
  EXPECT_THAT(runner.Error(), HasSubstr("axis 2"));
  runner.Set<int32_t>(1, {std::numeric_limits<int32_t>::min()});
  EXPECT_THAT(runner.Error(), HasSubstr("axis -2147483648"));
}

TEST(RunReduce, AnOutputThatIsTooSmallIsRefused) {
  EXPECT_THAT(OpRunner(Op::kSum)
                  .Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({1}, {0})
                  .Output<float>({2})
                  .Error(),
              HasSubstr("too small"));
}

}  // namespace
}  // namespace tinyml
