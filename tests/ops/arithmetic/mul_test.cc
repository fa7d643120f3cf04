// MUL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(RunMul, Int8AtTheEndsOfZeroPoints) {
  // (255 * 0.1) * (-255 * 0.1) = -650.25 in units of 10: -65.025; one factor 0.
  EXPECT_THAT(OpRunner(BuiltinOperator::kMul)
                  .Input<int8_t>({2}, {127, -128}, {0.1F, -128})
                  .Input<int8_t>({2}, {-128, -128}, {0.1F, 127})
                  .Output<int8_t>({2}, {10.0F, 5})
                  .Run<int8_t>(),
              ElementsAre(-60, 5));
}

TEST(RunMul, Int8WithAMultiplierAboveOne) {
  // Real products 1, -1, 100 in units of 0.125.
  EXPECT_THAT(OpRunner(BuiltinOperator::kMul)
                  .Input<int8_t>({3}, {1, -1, 10}, {1.0F, 0})
                  .Input<int8_t>({3}, {1, 1, 10}, {1.0F, 0})
                  .Output<int8_t>({3}, {0.125F, 0})
                  .Run<int8_t>(),
              ElementsAre(8, -8, 127));
}

TEST(RunMul, Int16) {
  // 0.5 * 0.5, 1 * -1 in units of 2^-15: the latter just fits.
  EXPECT_THAT(OpRunner(BuiltinOperator::kMul)
                  .Input<int16_t>({2}, {16384, -32768}, {0x1P-15F, 0})
                  .Input<int16_t>({2}, {16384, 32767}, {0x1P-15F, 0})
                  .Output<int16_t>({2}, {0x1P-15F, 0})
                  .Run<int16_t>(),
              ElementsAre(8192, -32767));
}

TEST(RunMul, Int32Wraps) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kMul)
                  .Input<int32_t>({2}, {65536, -3})
                  .Input<int32_t>({2}, {65537, 7})
                  .Output<int32_t>({2})
                  .Run<int32_t>(),
              ElementsAre(65536, -21));
}

TEST(RunMul, RefusesAMultiplierBeyondItsShifts) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kMul)
                  .Input<int8_t>({1}, {1}, {1e6F, 0})
                  .Input<int8_t>({1}, {1}, {1e6F, 0})
                  .Output<int8_t>({1}, {1.0F, 0})
                  .Error(),
              HasSubstr("multiplier"));
}

}  // namespace
}  // namespace tinyml
