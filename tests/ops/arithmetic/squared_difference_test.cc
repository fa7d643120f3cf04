// SQUARED_DIFFERENCE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

TEST(RunSquaredDifference, Int8) {
  // (3 - 1)^2 = 4 and (0 - 5)^2 = 25 in units of 0.5, from zero point -128.
  EXPECT_THAT(OpRunner(BuiltinOperator::kSquaredDifference)
                  .Input<int8_t>({3}, {6, 0, 127}, {0.5F, 0})
                  .Input<int8_t>({3}, {2, 10, -128}, {0.5F, 0})
                  .Output<int8_t>({3}, {0.5F, -128})
                  .Run<int8_t>(),
              ElementsAre(-120, -78, 127));
}

TEST(RunSquaredDifference, Int32WrapsAndFloat) {
  EXPECT_THAT(
      OpRunner(BuiltinOperator::kSquaredDifference)
          .Input<int32_t>({2}, {65537, 3})
          .Input<int32_t>({2}, {0, 10})
          .Output<int32_t>({2})
          .Run<int32_t>(),
      ElementsAre(131073, 49));  // 2^32 + 2^17 + 1 truncated to 32 bits.
  EXPECT_THAT(OpRunner(BuiltinOperator::kSquaredDifference)
                  .Input<float>({2}, {1.5F, -2.0F})
                  .Input<float>({1}, {1.0F})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(0.25F, 9.0F));
}

}  // namespace
}  // namespace tinyml
