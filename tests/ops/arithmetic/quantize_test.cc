// DEQUANTIZE and QUANTIZE.
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

TEST(RunQuantize, FloatsRoundHalvesAwayFromZero) {
  EXPECT_THAT(
      (Map<float, int8_t>(Op::kQuantize, {0.25F, -0.25F, 0.75F, 1e6F, -1e6F},
                          {}, {0.5F, -128})),
      ElementsAre(-127, -128, -126, 127, -128));
  EXPECT_THAT((Map<float, int16_t>(Op::kQuantize, {1.25F, -1.25F, 16384.0F}, {},
                                   {0.5F, 100})),
              ElementsAre(103, 97, 32767));
}

// Floats too large, too small and not a number, with a zero point: the sum with
// it wraps around before it is clamped (AffineQuantize). `Lanes` copies of them
// go through the vector instructions.
template <typename Out>
std::vector<Out> OutOfRange(const char* target, int64_t zero_point,
                            bool plain) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr int32_t kLanes = 16;
  std::vector<float> values;
  for (const float value : {1e30F, kInfinity, -1e30F, -kInfinity, kNan}) {
    values.insert(values.end(), kLanes, value);
  }
  const auto size = static_cast<int32_t>(values.size());
  OpRunner runner(Op::kQuantize);
  if (plain) runner.PlainKernels();
  const auto all = runner.On(target)
                       .Input<float>({size}, values)
                       .Output<Out>({size}, {0.5F, zero_point})
                       .template Run<Out>();
  std::vector<Out> first;
  for (int32_t i = 0; i < size; i += kLanes) {
    first.push_back(all.at(i));
    for (int32_t j = 1; j < kLanes; ++j) {
      EXPECT_EQ(all.at(i + j), all.at(i)) << target << ", value " << i;
    }
  }
  return first;
}

TEST(RunQuantize, TheSumWithTheZeroPointWrapsAround) {
  for (const bool plain : {false, true}) {
    // 2^31 - 1 + 5 wraps to a number far below 0, and -2^31 - 5 to one above.
    EXPECT_THAT(OutOfRange<int8_t>("cortex-m4", 5, plain),
                ElementsAre(-128, -128, -128, -128, 5));
    EXPECT_THAT(OutOfRange<int8_t>("cortex-m4", 0, plain),
                ElementsAre(127, 127, -128, -128, 0));
    EXPECT_THAT(OutOfRange<int8_t>("cortex-m4", -5, plain),
                ElementsAre(127, 127, 127, 127, -5));
    // x86 turns all of them into -2^31.
    EXPECT_THAT(OutOfRange<int8_t>("x86-64", 5, plain),
                ElementsAre(-128, -128, -128, -128, -128));
    EXPECT_THAT(OutOfRange<int8_t>("x86-64", 0, plain),
                ElementsAre(-128, -128, -128, -128, -128));
    EXPECT_THAT(OutOfRange<int8_t>("x86-64", -5, plain),
                ElementsAre(127, 127, 127, 127, 127));
    // RISC-V and Xtensa take NaN for the largest number.
    for (const char* target : {"rv32", "esp32"}) {
      EXPECT_THAT(OutOfRange<int8_t>(target, 5, plain),
                  ElementsAre(-128, -128, -128, -128, -128));
      EXPECT_THAT(OutOfRange<int8_t>(target, 0, plain),
                  ElementsAre(127, 127, -128, -128, 127));
    }
    EXPECT_THAT(OutOfRange<int16_t>("cortex-m4", 100, plain),
                ElementsAre(-32768, -32768, -32768, -32768, 100));
    EXPECT_THAT(OutOfRange<int16_t>("cortex-m4", -100, plain),
                ElementsAre(32767, 32767, 32767, 32767, -100));
  }
}

// The rounding with vector instructions: like std::round in all cases.
TEST(RunQuantize, FloatsRoundAsStdRound) {
  std::mt19937 random(7);
  std::vector<float> values = {0.49999997F,   -0.49999997F,   0.50000006F,
                               8388607.5F,    -8388607.5F,    8388609.0F,
                               2147483000.0F, -2147483648.0F, -0.0F};
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
    const float expected =
        std::min(32767.0F, std::max(-32768.0F, std::round(values[i]) + 3.0F));
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
  // Saturation, and the shift by 128 between signed and unsigned.
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

}  // namespace
}  // namespace tinyml
