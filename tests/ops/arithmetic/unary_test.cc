// ABS, RSQRT, functions of floats, QUANTIZE, DEQUANTIZE, CAST and CUMSUM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

template <typename In, typename Out>
std::vector<Out> Map(Op code, const std::vector<In>& values,
                     const Affine& input = {}, const Affine& output = {}) {
  const auto size = static_cast<int32_t>(values.size());
  return OpRunner(code)
      .Input<In>({size}, values, input)
      .template Output<Out>({size}, output)
      .template Run<Out>();
}

TEST(RunAbs, QuantizedAndNot) {
  // Distances of 227, 0 and 28 to the zero point; then half of them.
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kAbs, {-128, 99, 127}, {1.0F, 99},
                                   {1.0F, -100})),
              ElementsAre(127, -100, -72));
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kAbs, {-128, 99, 127}, {1.0F, 99},
                                   {2.0F, -100})),
              ElementsAre(14, -100, -86));
  // Without quantization the lowest value stays.
  EXPECT_THAT((Map<int16_t, int16_t>(Op::kAbs, {-32768, -5, 5})),
              ElementsAre(-32768, 5, 5));
  EXPECT_THAT(
      (Map<int16_t, int16_t>(Op::kAbs, {-32768, -5}, {1.0F, 0}, {0.5F, 0})),
      ElementsAre(32767, 10));
  EXPECT_THAT((Map<float, float>(Op::kAbs, {-1.5F, 2.0F})),
              ElementsAre(1.5F, 2.0F));
}

TEST(RunRsqrt, Int8) {
  // 1 / sqrt(4), 1 / sqrt(16) and 1 / sqrt(1) in units of 1/64; 0 is the limit.
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kRsqrt, {-124, -112, -127, -128},
                                   {1.0F, -128}, {1.0F / 64, 0})),
              ElementsAre(32, 16, 64, 127));
  EXPECT_THAT(OpRunner(Op::kRsqrt)
                  .Input<int8_t>({2}, {1, -1}, {1.0F, 0})
                  .Output<int8_t>({2}, {1.0F, 0})
                  .Error(),
              HasSubstr("negative"));
}

TEST(RunRsqrt, Int16AndFloat) {
  EXPECT_THAT(
      (Map<int16_t, int16_t>(Op::kRsqrt, {10000, 0}, {1.0F, 0}, {0.001F, 0})),
      ElementsAre(10, 32767));
  EXPECT_THAT((Map<float, float>(Op::kRsqrt, {4.0F, 0.0F})),
              ElementsAre(0.5F, std::numeric_limits<float>::infinity()));
}

TEST(RunFloatFunctions, Values) {
  EXPECT_THAT((Map<float, float>(Op::kSin, {0.5F})),
              ElementsAre(FloatEq(std::sin(0.5F))));
  EXPECT_THAT((Map<float, float>(Op::kCos, {0.5F})),
              ElementsAre(FloatEq(std::cos(0.5F))));
  EXPECT_THAT((Map<float, float>(Op::kLog, {1.0F})), ElementsAre(0.0F));
  EXPECT_THAT((Map<float, float>(Op::kSqrt, {9.0F})), ElementsAre(3.0F));
  EXPECT_THAT((Map<float, float>(Op::kSquare, {-3.0F})), ElementsAre(9.0F));
  EXPECT_THAT((Map<float, float>(Op::kNeg, {-3.0F})), ElementsAre(3.0F));
  EXPECT_THAT((Map<float, float>(Op::kExp, {0.0F})), ElementsAre(1.0F));
  EXPECT_THAT((Map<float, float>(Op::kFloor, {-1.5F, 1.5F})),
              ElementsAre(-2.0F, 1.0F));
  EXPECT_THAT((Map<float, float>(Op::kCeil, {-1.5F, 1.5F})),
              ElementsAre(-1.0F, 2.0F));
  EXPECT_THAT((Map<float, float>(
                  Op::kRound, {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 2.6F, 1e30F})),
              ElementsAre(0.0F, 2.0F, 2.0F, 0.0F, -2.0F, 3.0F, 1e30F));
  EXPECT_THAT(OpRunner(Op::kSin)
                  .Input<int8_t>({1}, {1}, {1.0F, 0})
                  .Output<int8_t>({1}, {1.0F, 0})
                  .Error(),
              HasSubstr("no code"));
}

TEST(RunFloatFunctions, AnOutputThatIsTooSmallIsRefused) {
  EXPECT_THAT(OpRunner(Op::kSquare)
                  .Input<float>({3}, {1, 2, 3})
                  .Output<float>({2})
                  .Error(),
              HasSubstr("fewer elements"));
}

TEST(RunFloatFunctions, TheRestOfALongerOutputIsZero) {
  EXPECT_THAT(OpRunner(Op::kSquare)
                  .Input<float>({2}, {1, 2})
                  .Output<float>({4})
                  .Run<float>(),
              ElementsAre(1, 4, 0, 0));
}

TEST(RunQuantize, FloatsRoundHalvesAwayFromZero) {
  EXPECT_THAT(
      (Map<float, int8_t>(Op::kQuantize, {0.25F, -0.25F, 0.75F, 1e30F, -1e30F},
                          {}, {0.5F, -128})),
      ElementsAre(-127, -128, -126, 127, -128));
  EXPECT_THAT((Map<float, int16_t>(Op::kQuantize, {1.25F, -1.25F, 16384.0F}, {},
                                   {0.5F, 100})),
              ElementsAre(103, 97, 32767));
}

// The rounding is made of vector instructions: as std::round in all cases.
TEST(RunQuantize, FloatsRoundAsStdRound) {
  std::mt19937 random(7);
  std::vector<float> values = {0.49999997F,
                               -0.49999997F,
                               0.50000006F,
                               8388607.5F,
                               -8388607.5F,
                               8388609.0F,
                               3e9F,
                               -3e9F,
                               std::numeric_limits<float>::infinity(),
                               -1e38F,
                               std::numeric_limits<float>::quiet_NaN(),
                               -0.0F};
  for (int i = 0; i < 2000; ++i) {
    const int eighths = static_cast<int>(random() % 300000) - 150000;
    values.push_back(static_cast<float>(eighths) / 8.0F);
  }
  const auto size = static_cast<int32_t>(values.size());
  const auto run = [&](bool plain) {
    OpRunner runner(Op::kQuantize);
    if (plain) runner.PlainKernels();
    return runner.Input<float>({size}, values)
        .Output<int16_t>({size}, {1.0F, 3})
        .Run<int16_t>();
  };
  const auto outputs = run(false);
  ASSERT_EQ(outputs.size(), values.size());
  EXPECT_EQ(outputs, run(true));
  for (size_t i = 0; i < values.size(); ++i) {
    const float number = std::isnan(values[i]) ? 0.0F : values[i];
    const float expected =
        std::min(32767.0F, std::max(-32768.0F, std::round(number) + 3.0F));
    ASSERT_EQ(outputs.at(i), static_cast<int>(expected)) << values[i];
  }
}

TEST(RunQuantize, VectorsAgreeWithThePlainForm) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    const float scale =
        std::exp2(std::uniform_real_distribution<float>(-12.0F, 4.0F)(random));
    const auto zero_point = static_cast<int64_t>(random() % 256) - 128;
    std::normal_distribution<float> normal(0.0F, 80.0F * scale);
    std::vector<float> values(131);
    for (float& value : values) value = normal(random);
    const auto run = [&](bool plain) {
      OpRunner runner(Op::kQuantize);
      if (plain) runner.PlainKernels();
      return runner.Input<float>({131}, values)
          .Output<int8_t>({131}, {scale, zero_point})
          .Run<int8_t>();
    };
    ASSERT_EQ(run(false), run(true)) << "round " << round;
  }
}

// Real 10 and -10 from units of 0.5 to units of 0.25, zero points 3 and 5.
template <typename In, typename Out>
void CheckRequantize() {
  EXPECT_THAT((Map<In, Out>(Op::kQuantize, {23, 3}, {0.5F, 3}, {0.25F, 5})),
              ElementsAre(45, 5));
}

TEST(RunQuantize, BetweenIntegers) {
  CheckRequantize<int32_t, int8_t>();
  CheckRequantize<int32_t, int16_t>();
  CheckRequantize<int16_t, int8_t>();
  CheckRequantize<int16_t, int16_t>();
  CheckRequantize<int16_t, int32_t>();
  CheckRequantize<int8_t, int8_t>();
  CheckRequantize<int8_t, uint8_t>();
  CheckRequantize<int8_t, int16_t>();
  CheckRequantize<int8_t, int32_t>();
  CheckRequantize<uint8_t, int8_t>();
  // Saturation, and the shift by 128 between signed and not.
  EXPECT_THAT((Map<int16_t, int8_t>(Op::kQuantize, {32767, -32768}, {1.0F, 0},
                                    {1.0F, 7})),
              ElementsAre(127, -128));
  EXPECT_THAT((Map<int8_t, uint8_t>(Op::kQuantize, {-128, 0, 127}, {0.5F, 0},
                                    {0.5F, 128})),
              ElementsAre(0, 128, 255));
  EXPECT_THAT((Map<uint8_t, int8_t>(Op::kQuantize, {0, 128, 255}, {0.5F, 128},
                                    {0.5F, 0})),
              ElementsAre(-128, 0, 127));
}

TEST(RunQuantize, OtherPairsFail) {
  EXPECT_THAT(OpRunner(Op::kQuantize)
                  .Input<float>({1}, {1})
                  .Output<int32_t>({1}, {1.0F, 0})
                  .Error(),
              HasSubstr("no code from"));
  EXPECT_THAT(OpRunner(Op::kQuantize)
                  .Input<uint8_t>({1}, {1}, {1.0F, 0})
                  .Output<int16_t>({1}, {1.0F, 0})
                  .Error(),
              HasSubstr("no code from"));
}

TEST(RunDequantize, AllTypes) {
  EXPECT_THAT((Map<int8_t, float>(Op::kDequantize, {-128, 127}, {0.5F, 127})),
              ElementsAre(-127.5F, 0.0F));
  EXPECT_THAT((Map<uint8_t, float>(Op::kDequantize, {0, 255}, {0.5F, 255})),
              ElementsAre(-127.5F, 0.0F));
  EXPECT_THAT(
      (Map<int16_t, float>(Op::kDequantize, {-32768, 32767}, {0.25F, 1})),
      ElementsAre(-8192.25F, 8191.5F));
}

TEST(RunCast, CutsIntegersAndFractions) {
  EXPECT_THAT((Map<int32_t, int8_t>(Op::kCast, {300, -129})),
              ElementsAre(44, 127));
  EXPECT_THAT((Map<float, int8_t>(Op::kCast, {1.9F, -1.9F, 300.5F})),
              ElementsAre(1, -1, 44));
  EXPECT_THAT((Map<float, int32_t>(Op::kCast, {-1.9F, 1e20F})),
              ElementsAre(-1, std::numeric_limits<int32_t>::max()));
  EXPECT_THAT((Map<float, uint32_t>(Op::kCast, {3e9F, -1.5F})),
              ElementsAre(3000000000U, 4294967295U));
  EXPECT_THAT((Map<uint32_t, float>(Op::kCast, {4294967295U})),
              ElementsAre(4294967296.0F));
  EXPECT_THAT((Map<bool, int16_t>(Op::kCast, {true, false})),
              ElementsAre(1, 0));
  EXPECT_THAT((Map<int8_t, uint32_t>(Op::kCast, {-1})),
              ElementsAre(4294967295U));
  EXPECT_THAT(
      OpRunner(Op::kCast).Input<float>({1}, {1}).Output<bool>({1}).Error(),
      HasSubstr("no code from"));
}

TEST(RunCast, FloatToUnsignedSaturatesOnArm) {
  EXPECT_THAT(OpRunner(Op::kCast)
                  .CmsisNn()
                  .Input<float>({3}, {3e9F, -1.5F, 1e20F})
                  .Output<uint32_t>({3})
                  .Run<uint32_t>(),
              ElementsAre(3000000000U, 0U, 4294967295U));
}

std::vector<float> Cumsum(std::vector<int32_t> shape, int32_t axis,
                          bool exclusive, bool reverse) {
  CumsumOptions options;
  options.exclusive = exclusive;
  options.reverse = reverse;
  return OpRunner(Op::kCumsum)
      .Options(options)
      .Input<float>(shape, {1, 2, 3, 4, 5, 6})
      .Constant<int32_t>({1}, {axis})
      .Output<float>(shape)
      .Run<float>();
}

TEST(RunCumsum, AxesAndDirections) {
  EXPECT_THAT(Cumsum({2, 3}, 1, false, false), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(Cumsum({2, 3}, -2, false, false), ElementsAre(1, 2, 3, 5, 7, 9));
  EXPECT_THAT(Cumsum({2, 3}, 1, true, false), ElementsAre(0, 1, 3, 0, 4, 9));
  EXPECT_THAT(Cumsum({2, 3}, 1, false, true), ElementsAre(6, 5, 3, 15, 11, 6));
  EXPECT_THAT(Cumsum({3, 1, 2}, 0, true, true), ElementsAre(8, 10, 5, 6, 0, 0));
}

TEST(RunCumsum, Int8) {
  EXPECT_THAT(OpRunner(Op::kCumsum)
                  .Input<int8_t>({4}, {7, 9, 5, 1}, {1.0F, 5})
                  .Constant<int32_t>({1}, {0})
                  .Output<int8_t>({4}, {0.5F, -10})
                  .Run<int8_t>(),
              // Sums of 2, 6, 6 and 2, but that the runtime starts with the
              // zero point's term, -5.
              ElementsAre(-16, -8, -8, -16));
}

TEST(RunCumsum, AnAxisOutOfRangeFails) {
  OpRunner runner(Op::kCumsum);
  runner.Input<float>({2}, {1, 2}).Input<int32_t>({1}, {1}).Output<float>({2});
  EXPECT_THAT(runner.Error(), HasSubstr("axis 1"));
  runner.Set<int32_t>(1, {-1});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(1, 3));
}

}  // namespace
}  // namespace tinyml
