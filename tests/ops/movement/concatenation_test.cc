// CONCATENATION and PACK.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Concatenation(int32_t axis) {
  OpRunner runner(BuiltinOperator::kConcatenation);
  ConcatenationOptions options;
  options.axis = axis;
  runner.Options(options);
  return runner;
}

TEST(Concatenation, JoinsAlongTheLastAxis) {
  EXPECT_THAT(Concatenation(-1)
                  .Input<int8_t>({2, 1}, {1, 2}, {0.5F, -128})
                  .Input<int8_t>({2, 2}, {3, 4, 5, 6}, {0.5F, -128})
                  .Output<int8_t>({2, 3}, {0.5F, -128})
                  .Run<int8_t>(),
              ElementsAre(1, 3, 4, 2, 5, 6));
}

TEST(Concatenation, JoinsAlongTheFirstAxisInEveryWidth) {
  EXPECT_THAT(Concatenation(0)
                  .Input<int64_t>({1}, {int64_t{1} << 40})
                  .Constant<int64_t>({2}, {-1, 2})
                  .Output<int64_t>({3})
                  .Run<int64_t>(),
              ElementsAre(int64_t{1} << 40, -1, 2));
  EXPECT_THAT(Concatenation(0)
                  .Input<float>({1, 2}, {1.5F, 2.5F})
                  .Input<float>({1, 2}, {3.5F, 4.5F})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(1.5F, 2.5F, 3.5F, 4.5F));
  EXPECT_THAT(Concatenation(0)
                  .Input<bool>({1}, {true})
                  .Input<bool>({2}, {false, true})
                  .Output<bool>({3})
                  .Run<bool>(),
              ElementsAre(true, false, true));
  EXPECT_THAT(Concatenation(0)
                  .Input<int16_t>({1}, {-300})
                  .Input<int16_t>({1}, {300})
                  .Output<int16_t>({2})
                  .Run<int16_t>(),
              ElementsAre(-300, 300));
}

TEST(Concatenation, TakesInputsWithoutElements) {
  EXPECT_THAT(Concatenation(1)
                  .Input<int32_t>({2, 0}, {})
                  .Input<int32_t>({2, 1}, {7, 8})
                  .Output<int32_t>({2, 1})
                  .Run<int32_t>(),
              ElementsAre(7, 8));
}

TEST(Concatenation, RefusesInputsThatDoNotMakeUpTheOutput) {
  EXPECT_THAT(Concatenation(0)
                  .Input<int32_t>({1}, {1})
                  .Input<int32_t>({1}, {1})
                  .Output<int32_t>({3})
                  .Error(),
              HasSubstr("make up output"));
  EXPECT_THAT(
      Concatenation(2).Input<int32_t>({1}, {1}).Output<int32_t>({1}).Error(),
      HasSubstr("axis"));
}

OpRunner Pack(int32_t axis, int32_t count) {
  OpRunner runner(BuiltinOperator::kPack);
  PackOptions options;
  options.axis = axis;
  options.values_count = count;
  runner.Options(options);
  return runner;
}

TEST(Pack, PutsANewAxisAnywhere) {
  EXPECT_THAT(Pack(0, 2)
                  .Input<int16_t>({2}, {1, 2})
                  .Input<int16_t>({2}, {3, 4})
                  .Output<int16_t>({2, 2})
                  .Run<int16_t>(),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Pack(-1, 2)
                  .Input<int16_t>({2}, {1, 2})
                  .Input<int16_t>({2}, {3, 4})
                  .Output<int16_t>({2, 2})
                  .Run<int16_t>(),
              ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(Pack(0, 2)
                  .Input<int64_t>({}, {1})
                  .Input<int64_t>({}, {2})
                  .Output<int64_t>({2})
                  .Run<int64_t>(),
              ElementsAre(1, 2));
}

TEST(Pack, RefusesWhatTheRuntimeRefuses) {
  EXPECT_THAT(Pack(0, 1).Input<bool>({1}, {true}).Output<bool>({1, 1}).Error(),
              HasSubstr("type"));
  EXPECT_THAT(Pack(0, 3).Input<int8_t>({1}, {1}).Output<int8_t>({3, 1}).Error(),
              HasSubstr("missing"));
}

}  // namespace
}  // namespace tinyml
