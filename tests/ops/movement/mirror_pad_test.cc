// MIRROR_PAD.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Mirror(MirrorPadMode mode) {
  OpRunner runner(BuiltinOperator::kMirrorPad);
  MirrorPadOptions options;
  options.mode = mode;
  runner.Options(options);
  return runner;
}

TEST(MirrorPad, ReflectsWithoutTheBorder) {
  EXPECT_THAT(Mirror(MirrorPadMode::kReflect)
                  .Input<int8_t>({3}, {1, 2, 3})
                  .Constant<int32_t>({1, 2}, {2, 2})
                  .Output<int8_t>({7})
                  .Run<int8_t>(),
              ElementsAre(3, 2, 1, 2, 3, 2, 1));
}

TEST(MirrorPad, RepeatsTheBorderIfSymmetric) {
  EXPECT_THAT(Mirror(MirrorPadMode::kSymmetric)
                  .Input<float>({3}, {1, 2, 3})
                  .Constant<int64_t>({1, 2}, {2, 1})
                  .Output<float>({6})
                  .Run<float>(),
              ElementsAre(2, 1, 1, 2, 3, 3));
}

TEST(MirrorPad, WorksOnEveryAxis) {
  EXPECT_THAT(Mirror(MirrorPadMode::kReflect)
                  .Input<int8_t>({2, 2}, {1, 2, 3, 4})
                  .Constant<int32_t>({2, 2}, {1, 0, 0, 1})
                  .Output<int8_t>({3, 3})
                  .Run<int8_t>(),
              ElementsAre(3, 4, 3, 1, 2, 1, 3, 4, 3));
}

TEST(MirrorPad, RefusesPaddingsThatLeaveTheInput) {
  OpRunner runner = Mirror(MirrorPadMode::kReflect);
  runner.Input<int8_t>({2}, {1, 2})
      .Input<int32_t>({1, 2}, {1, 0})
      .Output<int8_t>({3});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(2, 1, 2));
  // Index 0 of the output would mirror index 2 of the input.
  EXPECT_THAT(runner.Set<int32_t>(1, {2, 0}).Error(), HasSubstr("outside"));
}

TEST(MirrorPad, RefusesInt16) {
  EXPECT_THAT(Mirror(MirrorPadMode::kReflect)
                  .Input<int16_t>({2}, {1, 2})
                  .Constant<int32_t>({1, 2}, {0, 0})
                  .Output<int16_t>({2})
                  .Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
