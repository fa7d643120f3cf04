// REVERSE_V2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

template <typename T>
std::vector<T> Counting(int count) {
  std::vector<T> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), T{0});
  return values;
}

OpRunner Reverse(const std::vector<int32_t>& axes) {
  OpRunner runner(BuiltinOperator::kReverseV2);
  runner.Input<int32_t>({2, 2, 2}, Counting<int32_t>(8))
      .Input<int32_t>({static_cast<int32_t>(axes.size())}, axes)
      .Output<int32_t>({2, 2, 2});
  return runner;
}

TEST(ReverseV2, TurnsAnyNeighbours) {
  EXPECT_THAT(Reverse({0}).Run<int32_t>(), ElementsAre(4, 5, 6, 7, 0, 1, 2, 3));
  EXPECT_THAT(Reverse({-2}).Run<int32_t>(),
              ElementsAre(2, 3, 0, 1, 6, 7, 4, 5));
  EXPECT_THAT(Reverse({2}).Run<int32_t>(), ElementsAre(1, 0, 3, 2, 5, 4, 7, 6));
  EXPECT_THAT(Reverse({2, 1}).Run<int32_t>(),
              ElementsAre(3, 2, 1, 0, 7, 6, 5, 4));
  EXPECT_THAT(Reverse({1, 0, 2}).Run<int32_t>(),
              ElementsAre(7, 6, 5, 4, 3, 2, 1, 0));
}

TEST(ReverseV2, RefusesOtherAxes) {
  EXPECT_THAT(Reverse({0, 2}).Error(), HasSubstr("not adjacent"));
  EXPECT_THAT(Reverse({1, 1}).Error(), HasSubstr("twice"));
  EXPECT_THAT(Reverse({3}).Error(), HasSubstr("out of range"));
  EXPECT_THAT(Reverse({-4}).Error(), HasSubstr("out of range"));
}

TEST(ReverseV2, TakesEveryWidth) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kReverseV2)
                  .Input<int64_t>({2}, {1, int64_t{1} << 40})
                  .Constant<int32_t>({1}, {0})
                  .Output<int64_t>({2})
                  .Run<int64_t>(),
              ElementsAre(int64_t{1} << 40, 1));
  EXPECT_THAT(OpRunner(BuiltinOperator::kReverseV2)
                  .Input<uint8_t>({2}, {1, 200})
                  .Constant<int32_t>({1}, {0})
                  .Output<uint8_t>({2})
                  .Run<uint8_t>(),
              ElementsAre(200, 1));
}

}  // namespace
}  // namespace tinyml
