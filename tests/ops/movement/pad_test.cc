// PAD and PADV2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

TEST(Pad, SurroundsWithTheQuantizedZero) {
  for (const int8_t zero : {-128, 127}) {
    EXPECT_THAT(OpRunner(BuiltinOperator::kPad)
                    .Input<int8_t>({1, 2}, {5, 6}, {0.5F, zero})
                    .Constant<int32_t>({2, 2}, {1, 0, 0, 1})
                    .Output<int8_t>({2, 3}, {0.5F, zero})
                    .Run<int8_t>(),
                ElementsAre(zero, zero, zero, 5, 6, zero));
  }
}

TEST(Pad, SurroundsWithZerosInOtherTypes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kPad)
                  .Input<int16_t>({2}, {5, 6})
                  .Constant<int32_t>({1, 2}, {2, 1})
                  .Output<int16_t>({5})
                  .Run<int16_t>(),
              ElementsAre(0, 0, 5, 6, 0));
  EXPECT_THAT(OpRunner(BuiltinOperator::kPad)
                  .Input<float>({1, 1}, {5})
                  .Constant<int32_t>({2, 2}, {0, 1, 1, 0})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(0, 5, 0, 0));
}

// The remainder is filled in order, not cropped.
TEST(Pad, NegativePaddingsTakeTheFirstElements) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kPad)
                  .Input<int32_t>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({2, 2}, {0, 0, -1, 1})
                  .Output<int32_t>({2, 3})
                  .Run<int32_t>(),
              ElementsAre(1, 2, 0, 3, 4, 0));
}

TEST(PadV2, TakesTheValueOfATensor) {
  OpRunner runner(BuiltinOperator::kPadv2);
  runner.Input<float>({1}, {5})
      .Constant<int32_t>({1, 2}, {1, 1})
      .Input<float>({1}, {-1.5F})
      .Output<float>({3});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(-1.5F, 5, -1.5F));
  EXPECT_THAT(runner.Set<float>(1, {7}).Run<float>(), ElementsAre(7, 5, 7));
}

TEST(PadCmsisNn, AgreesUpToFourAxes) {
  OpRunner runner(BuiltinOperator::kPad);
  runner.Input<int8_t>({1, 1, 2, 1}, {5, 6}, {0.5F, 3})
      .Constant<int32_t>({4, 2}, {0, 0, 1, 0, 0, 1, 0, 0})
      .Output<int8_t>({1, 2, 3, 1}, {0.5F, 3})
      .CmsisNn();
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(3, 3, 3, 5, 6, 3));
}

// It sees the last four and takes them for all.
TEST(PadCmsisNn, PadsOnlyTheFirstOfAFifthAxis) {
  OpRunner runner(BuiltinOperator::kPad);
  runner.Input<int8_t>({2, 1, 1, 1, 1}, {5, 6}, {0.5F, 3})
      .Constant<int32_t>({5, 2}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
      .Output<int8_t>({2, 1, 1, 1, 2}, {0.5F, 3})
      .CmsisNn();
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(5, 3, 0, 0));
}

}  // namespace
}  // namespace tinyml
