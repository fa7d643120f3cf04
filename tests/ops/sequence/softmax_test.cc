// SOFTMAX.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using testing::OpRunner;

const float kLog3 = std::log(3.0F);
const Affine kInt8Output(1.0F / 256, -128);
const Affine kInt16Output(1.0F / 32768, 0);

OpRunner Softmax(float beta = 1.0F) {
  OpRunner runner(BuiltinOperator::kSoftmax);
  SoftmaxOptions options;
  options.beta = beta;
  runner.Options(options);
  return runner;
}

TEST(Softmax, OfFloatsAlongTheLastDimension) {
  EXPECT_THAT(Softmax()
                  .Input<float>({2, 2}, {0.0F, kLog3, 5.0F, 5.0F})
                  .Output<float>({2, 2})
                  .Run<float>(),
              ElementsAre(FloatNear(0.25F, 1e-6F), FloatNear(0.75F, 1e-6F),
                          0.5F, 0.5F));
}

TEST(Softmax, ANegativeBetaPrefersTheLeast) {
  EXPECT_THAT(Softmax(-1.0F)
                  .Input<float>({2}, {0.0F, kLog3})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(FloatNear(0.75F, 1e-6F), FloatNear(0.25F, 1e-6F)));
}

// Shares of 1/4 and 3/4 in units of 1/256, from -128 on.
TEST(Softmax, OfInt8) {
  for (const int first : {-128, 0, 126}) {
    EXPECT_THAT(Softmax()
                    .Input<int8_t>({1, 2},
                                   {static_cast<int8_t>(first),
                                    static_cast<int8_t>(first + 1)},
                                   {kLog3, 7})
                    .Output<int8_t>({1, 2}, kInt8Output)
                    .Run<int8_t>(),
                ElementsAre(-64, 64));
  }
}

TEST(Softmax, SaturatesAtOne) {
  EXPECT_THAT(Softmax()
                  .Input<int8_t>({2, 1}, {-128, 127}, {0.1F, 0})
                  .Output<int8_t>({2, 1}, kInt8Output)
                  .Run<int8_t>(),
              ElementsAre(127, 127));
}

// exp(-25.5) is less than one part in 256, exp(-32) is not even computed.
TEST(Softmax, FarBelowTheLargestNothingIsLeft) {
  EXPECT_THAT(Softmax()
                  .Input<int8_t>({2}, {127, -128}, {0.1F, 0})
                  .Output<int8_t>({2}, kInt8Output)
                  .Run<int8_t>(),
              ElementsAre(127, -128));
  EXPECT_THAT(Softmax(100.0F)
                  .Input<int8_t>({2}, {1, 0}, {10.0F, 0})
                  .Output<int8_t>({2}, kInt8Output)
                  .Run<int8_t>(),
              ElementsAre(127, -128));
}

TEST(Softmax, OfInt8ToInt16) {
  const auto result = Softmax()
                          .Input<int8_t>({2}, {0, 1}, {kLog3, 0})
                          .Output<int16_t>({2}, {1.0F / 65536, -32768})
                          .Run<int16_t>();
  ASSERT_EQ(result.size(), 2U);
  EXPECT_NEAR(result[0], 16384 - 32768, 2);
  EXPECT_NEAR(result[1], 49152 - 32768, 2);
}

TEST(Softmax, TableOfExponentialsIsTheFormula) {
  std::mt19937 random(7);
  for (const float scale : {0.0001F, 0.02F, 0.3F, 3.0F}) {
    std::vector<int8_t> input(3 * 40);
    for (int8_t& x : input) x = static_cast<int8_t>(random());
    const auto run = [&](bool plain) {
      OpRunner runner = Softmax();
      if (plain) runner.PlainKernels();
      return runner.Input<int8_t>({3, 40}, input, {scale, 0})
          .Output<int8_t>({3, 40}, kInt8Output)
          .Run<int8_t>();
    };
    EXPECT_EQ(run(false), run(true)) << scale;
  }
}

// 511 shares of 1/511 are half a unit and a little each: 1 above -128.
TEST(Softmax, SumsOf512AbortInTheRuntime) {
  const auto make = [](size_t count) {
    OpRunner runner = Softmax();
    runner
        .Input<int8_t>({static_cast<int32_t>(count)},
                       std::vector<int8_t>(count, 5), {0.1F, 0})
        .Output<int8_t>({static_cast<int32_t>(count)}, kInt8Output);
    return runner;
  };
  EXPECT_THAT(make(511).Run<int8_t>(), Each(-127));
  EXPECT_THAT(make(512).Error(), HasSubstr("sum up to 512"));
  EXPECT_EQ(make(512).CmsisNn().Run<int8_t>().size(), 512U);
}

TEST(Softmax, OfInt16) {
  const auto result = Softmax()
                          .Input<int16_t>({2}, {-32768, -32767}, {kLog3, 0})
                          .Output<int16_t>({2}, kInt16Output)
                          .Run<int16_t>();
  ASSERT_EQ(result.size(), 2U);
  EXPECT_NEAR(result[0], 8192, 8);
  EXPECT_NEAR(result[1], 24576, 8);
}

// Eight exponentials of 32762 (of a difference 0, interpolated at the very end
// of the last step) and one of 47 sum up to 2^18 - 1, which rounds up to 2: one
// past the end of the table of reciprocals. The reference takes its last entry
// (1/2), CMSIS-NN its first (1).
TEST(Softmax, OfInt16WrapsAroundOnCmsisNn) {
  std::vector<int16_t> input(9, 32767);
  std::vector<std::pair<int, int>> shares;
  for (int16_t last = -10300; last < -9900; ++last) {
    input[8] = last;
    OpRunner reference = Softmax();
    OpRunner cmsis_nn = Softmax();
    for (OpRunner* runner : {&reference, &cmsis_nn}) {
      runner->Input<int16_t>({9}, input, {10.0F / 65535, 0})
          .Output<int16_t>({9}, kInt16Output);
    }
    const int a = reference.Run<int16_t>()[0];
    const int b = cmsis_nn.CmsisNn().Run<int16_t>()[0];
    EXPECT_NEAR(a, 4096, 8);
    if (a != b) shares.emplace_back(a, b);
  }
  ASSERT_FALSE(shares.empty());
  for (const auto& [a, b] : shares) EXPECT_NEAR(b, 8190, 8);
}

}  // namespace
}  // namespace tinyml
