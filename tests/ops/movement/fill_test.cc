// ZEROS_LIKE and FILL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;
using Op = BuiltinOperator;
using ::testing::HasSubstr;

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

TEST(Fill, RepeatsAValue) {
  OpRunner runner(BuiltinOperator::kFill);
  runner.Constant<int64_t>({2}, {2, 2})
      .Input<float>({}, {1.5F})
      .Output<float>({2, 2});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(1.5F, 1.5F, 1.5F, 1.5F));
  EXPECT_THAT(runner.Set<float>(0, {-2}).Run<float>(),
              ElementsAre(-2, -2, -2, -2));
  EXPECT_THAT(OpRunner(BuiltinOperator::kFill)
                  .Constant<int32_t>({1}, {3})
                  .Constant<int8_t>({}, {-7})
                  .Output<int8_t>({3})
                  .Run<int8_t>(),
              ElementsAre(-7, -7, -7));
  EXPECT_THAT(OpRunner(BuiltinOperator::kFill)
                  .Constant<int32_t>({1}, {1})
                  .Constant<int64_t>({}, {1})
                  .Output<int64_t>({1})
                  .Error(),
              HasSubstr("type"));
}

// A zero and not a quantized zero.
TEST(ZerosLike, WritesZeros) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kZerosLike)
                  .Input<int8_t>({2}, {1, 2}, {0.5F, 9})
                  .Output<int8_t>({2}, {0.5F, 9})
                  .Run<int8_t>(),
              ElementsAre(0, 0));
  EXPECT_THAT(OpRunner(BuiltinOperator::kZerosLike)
                  .Input<int16_t>({2}, {1, 2})
                  .Output<int16_t>({2})
                  .Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
