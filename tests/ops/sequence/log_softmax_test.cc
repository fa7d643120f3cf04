// LOG_SOFTMAX.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using testing::OpRunner;

const float kLog3 = std::log(3.0F);
const Affine kInt8Output(1.0F / 256, -128);
const Affine kInt16Output(1.0F / 32768, 0);

OpRunner LogSoftmax() { return OpRunner(BuiltinOperator::kLogSoftmax); }
const Affine kLogOutput(16.0F / 256, 127);

TEST(LogSoftmax, OfFloats) {
  EXPECT_THAT(LogSoftmax()
                  .Input<float>({2, 2}, {0.0F, kLog3, 7.0F, 7.0F})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(FloatNear(std::log(0.25F), 1e-6F),
                          FloatNear(std::log(0.75F), 1e-6F),
                          FloatNear(std::log(0.5F), 1e-6F),
                          FloatNear(std::log(0.5F), 1e-6F)));
}

// In units of 1/16 below 127: log 1 = 0, log 1/2 = -11.09, log 1/4 = -22.18,
// log 3/4 = -4.60; and no further than -128.
TEST(LogSoftmax, OfInt8) {
  EXPECT_THAT(
      LogSoftmax()
          .Input<int8_t>({3, 2}, {-128, -128, 0, 1, 127, -128}, {kLog3, 0})
          .Output<int8_t>({3, 2}, kLogOutput)
          .Run<int8_t>(),
      ElementsAre(116, 116, 105, 122, 127, -128));
  EXPECT_THAT(LogSoftmax()
                  .Input<int8_t>({1, 1}, {-128}, {0.1F, 0})
                  .Output<int8_t>({1, 1}, kLogOutput)
                  .Run<int8_t>(),
              ElementsAre(127));
}

// 16 units of 1/16 a step: 15 steps below the largest are -240, 16 are -256.
TEST(LogSoftmax, SaturatesBelow) {
  EXPECT_THAT(LogSoftmax()
                  .Input<int8_t>({3}, {100, 85, 84}, {1.0F, 0})
                  .Output<int8_t>({3}, kLogOutput)
                  .Run<int8_t>(),
              ElementsAre(127, -113, -128));
}

TEST(LogSoftmax, SumsOf4096AreRefused) {
  EXPECT_THAT(LogSoftmax()
                  .Input<int8_t>({4096}, std::vector<int8_t>(4096), {0.1F, 0})
                  .Output<int8_t>({4096}, kLogOutput)
                  .Error(),
              HasSubstr("4096"));
}

TEST(LogSoftmax, OtherTypesAreRefused) {
  EXPECT_THAT(LogSoftmax()
                  .Input<int16_t>({2}, {1, 2}, {0.1F, 0})
                  .Output<int16_t>({2}, {0.1F, 0})
                  .Error(),
              HasSubstr("float32 and int8"));
}

}  // namespace
}  // namespace tinyml
