// SPLIT, UNPACK and SPLIT_V.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Split(int32_t axis) {
  OpRunner runner(BuiltinOperator::kSplit);
  runner.Constant<int32_t>({}, {axis});
  return runner;
}

TEST(Split, CutsIntoEqualParts) {
  OpRunner runner = Split(-1);
  runner.Input<int8_t>({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8})
      .Output<int8_t>({2, 2})
      .Output<int8_t>({2, 2});
  EXPECT_THAT(runner.Run<int8_t>(0), ElementsAre(1, 2, 5, 6));
  EXPECT_THAT(runner.Run<int8_t>(1), ElementsAre(3, 4, 7, 8));
}

TEST(Split, RefusesInt64AndWrongParts) {
  EXPECT_THAT(Split(0).Input<int64_t>({1}, {1}).Output<int64_t>({1}).Error(),
              HasSubstr("type"));
  EXPECT_THAT(Split(1).Input<int8_t>({1}, {1}).Output<int8_t>({1}).Error(),
              HasSubstr("axis"));
}

TEST(SplitV, CutsIntoUnequalParts) {
  OpRunner runner(BuiltinOperator::kSplitV);
  runner.Input<float>({2, 3}, {1, 2, 3, 4, 5, 6})
      .Constant<int32_t>({2}, {1, 2})
      .Constant<int32_t>({}, {1})
      .Output<float>({2, 1})
      .Output<float>({2, 2});
  EXPECT_THAT(runner.Run<float>(0), ElementsAre(1, 4));
  EXPECT_THAT(runner.Run<float>(1), ElementsAre(2, 3, 5, 6));
}

// The kernel looks only at the outputs.
TEST(SplitV, IgnoresItsSizes) {
  OpRunner runner(BuiltinOperator::kSplitV);
  runner.Input<int32_t>({3}, {1, 2, 3})
      .Constant<int32_t>({2}, {9, 9})
      .Constant<int32_t>({}, {0})
      .Output<int32_t>({2})
      .Output<int32_t>({1});
  EXPECT_THAT(runner.Run<int32_t>(0), ElementsAre(1, 2));
  EXPECT_THAT(runner.Run<int32_t>(1), ElementsAre(3));
}

OpRunner Unpack(int32_t axis, int32_t num) {
  OpRunner runner(BuiltinOperator::kUnpack);
  UnpackOptions options;
  options.axis = axis;
  options.num = num;
  runner.Options(options);
  return runner;
}

TEST(Unpack, TakesSlicesAlongAnyAxis) {
  OpRunner runner = Unpack(-1, 3);
  runner.Input<int16_t>({2, 3}, {1, 2, 3, 4, 5, 6})
      .Output<int16_t>({2})
      .Output<int16_t>({2})
      .Output<int16_t>({2});
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(1, 4));
  EXPECT_THAT(runner.Run<int16_t>(2), ElementsAre(3, 6));
}

TEST(Unpack, RefusesWhatItHasNoRoomFor) {
  // Three slices of an axis of two.
  EXPECT_THAT(Unpack(0, 3)
                  .Input<int16_t>({2, 1}, {1, 2})
                  .Output<int16_t>({1})
                  .Output<int16_t>({1})
                  .Output<int16_t>({1})
                  .Error(),
              HasSubstr("room"));
  EXPECT_THAT(
      Unpack(0, 2).Input<int16_t>({2, 1}, {1, 2}).Output<int16_t>({1}).Error(),
      HasSubstr("missing"));
  EXPECT_THAT(Unpack(0, 1).Input<int64_t>({1}, {1}).Output<int64_t>({}).Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
