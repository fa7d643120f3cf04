// RELU and its kind, ELU, HARD_SWISH, LOGISTIC and TANH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using ::testing::Pointwise;
using Op = BuiltinOperator;

template <typename T>
OpRunner Unary(Op code, const std::vector<T>& values, const Affine& input,
               const Affine& output) {
  OpRunner runner(code);
  const auto size = static_cast<int32_t>(values.size());
  runner.Input<T>({size}, values, input).template Output<T>({size}, output);
  return runner;
}

// -128 to 127.
std::vector<int8_t> AllInt8() {
  std::vector<int8_t> values(256);
  std::iota(values.begin(), values.end(), int8_t{-128});
  return values;
}

TEST(RunRelu, Int8Rescales) {
  // Real -0.5, 0, 1, 62.5 in units of 0.25, from zero point -100.
  EXPECT_THAT(Unary<int8_t>(Op::kRelu, {1, 2, 4, 127}, {0.5F, 2}, {0.25F, -100})
                  .Run<int8_t>(),
              ElementsAre(-100, -100, -96, 127));
}

TEST(RunRelu, Int16AndFloat) {
  EXPECT_THAT(Unary<int16_t>(Op::kRelu, {-5, 5, 32767}, {1.0F, 0}, {2.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(0, 3, 16384));
  EXPECT_THAT(Unary<float>(Op::kRelu, {-5, 5}, {}, {}).Run<float>(),
              ElementsAre(0, 5));
}

TEST(RunRelu6, IgnoresTheOutputsQuantization) {
  // 6 is 10 + 12 in the input's units.
  EXPECT_THAT(
      Unary<int8_t>(Op::kRelu6, {-128, 9, 15, 127}, {0.5F, 10}, {9.0F, 99})
          .Run<int8_t>(),
      ElementsAre(10, 10, 15, 22));
  // 6 is beyond the type.
  EXPECT_THAT(Unary<int16_t>(Op::kRelu6, {-1, 32767}, {1e-12F, 0}, {1.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(0, 32767));
  EXPECT_THAT(Unary<float>(Op::kRelu6, {-1, 5, 7}, {}, {}).Run<float>(),
              ElementsAre(0, 5, 6));
}

TEST(RunLeakyRelu, SlopesOfEitherSign) {
  const auto run = [](float alpha) {
    LeakyReluOptions options;
    options.alpha = alpha;
    return Unary<int8_t>(Op::kLeakyRelu, {10, -10, 127, -128}, {1.0F, 0},
                         {0.5F, 1})
        .Options(options)
        .Run<int8_t>();
  };
  EXPECT_THAT(run(0.25F), ElementsAre(21, -4, 127, -63));
  EXPECT_THAT(run(-0.25F), ElementsAre(21, 6, 127, 65));
  EXPECT_THAT(run(4.0F), ElementsAre(21, -79, 127, -128));
  LeakyReluOptions options;
  options.alpha = 0.5F;
  EXPECT_THAT(Unary<float>(Op::kLeakyRelu, {4, -4}, {}, {})
                  .Options(options)
                  .Run<float>(),
              ElementsAre(4, -2));
}

TEST(RunPrelu, AlphaRepeats) {
  // Alpha 0.5 and -2.
  EXPECT_THAT(OpRunner(Op::kPrelu)
                  .Input<int8_t>({2, 2}, {8, -8, -8, -8}, {1.0F, 0})
                  .Constant<int8_t>({2}, {3, -17}, {0.125F, -1})
                  .Output<int8_t>({2, 2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(8, 16, -4, 16));
  EXPECT_THAT(OpRunner(Op::kPrelu)
                  .Input<int16_t>({2}, {-1000, 1000}, {1.0F, 0})
                  .Constant<int8_t>({1}, {2}, {0.25F, 0})
                  .Output<int16_t>({2}, {0.5F, 0})
                  .Run<int16_t>(),
              ElementsAre(-1000, 2000));
  EXPECT_THAT(OpRunner(Op::kPrelu)
                  .Input<float>({2}, {-4, 4})
                  .Constant<float>({2}, {0.5F, 7})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(-2, 4));
}

TEST(RunElu, Int8) {
  // exp(-1) - 1 = -0.632 in units of 1/64: -40.5 and a little; 1 is 64.
  EXPECT_THAT(
      Unary<int8_t>(Op::kElu, {-16, 0, 16, 127}, {1.0F / 16, 0}, {1.0F / 64, 2})
          .Run<int8_t>(),
      ElementsAre(-38, 2, 66, 127));
  EXPECT_NEAR(Unary<float>(Op::kElu, {-1.0F}, {}, {}).Run<float>().at(0),
              std::exp(-1.0) - 1.0, 1e-6);
}

TEST(RunHardSwish, Int8FollowsTheFunction) {
  const auto outputs =
      Unary<int8_t>(Op::kHardSwish, AllInt8(), {0.0625F, 0}, {0.0625F, 0})
          .Run<int8_t>();
  for (int i = -128; i < 128; ++i) {
    const double x = i * 0.0625;
    const double expected = x * std::min(6.0, std::max(0.0, x + 3.0)) / 6.0;
    EXPECT_NEAR(outputs.at(static_cast<size_t>(i + 128)), expected / 0.0625,
                1.0)
        << i;
  }
  EXPECT_THAT(Unary<float>(Op::kHardSwish, {-4, 0, 3, 10}, {}, {}).Run<float>(),
              ElementsAre(0, 0, 3, 10));
}

TEST(RunLogistic, Int8FollowsTheFunction) {
  const auto outputs =
      Unary<int8_t>(Op::kLogistic, AllInt8(), {0.1F, 10}, {1.0F / 256, -128})
          .Run<int8_t>();
  for (int i = -128; i < 128; ++i) {
    const double expected = 256.0 / (1.0 + std::exp(-0.1 * (i - 10))) - 128.0;
    EXPECT_NEAR(outputs.at(static_cast<size_t>(i + 128)),
                std::min(expected, 127.0), 0.51)
        << i;
  }
}

TEST(RunLogistic, Int8OfLargeScalesIsAStep) {
  // From 2^4 on nothing is representable but 0, which counts as positive.
  EXPECT_THAT(
      Unary<int8_t>(Op::kLogistic, {-1, 0, 1}, {16.0F, 0}, {1.0F / 256, -128})
          .Run<int8_t>(),
      ElementsAre(-128, -128, 127));
}

TEST(RunLogistic, RefusesAScaleThatShiftsByNegativeNumbers) {
  EXPECT_THAT(Unary<int8_t>(Op::kLogistic, {1}, {1e-12F, 0}, {1.0F / 256, -128})
                  .Error(),
              HasSubstr("out of range"));
}

TEST(RunLogistic, Int16FollowsTheFunction) {
  const std::vector<int16_t> inputs = {-32768, -4096, -1, 0, 1, 4096, 32767};
  for (const float scale : {0x1P-12F, 0.0003F}) {
    const auto outputs =
        Unary<int16_t>(Op::kLogistic, inputs, {scale, 0}, {0x1P-15F, 0})
            .Run<int16_t>();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const double x = inputs[i] * static_cast<double>(scale);
      EXPECT_NEAR(outputs.at(i), 32768.0 / (1.0 + std::exp(-x)), 12.0) << x;
    }
  }
  // The table starts with a half, exactly.
  EXPECT_THAT(Unary<int16_t>(Op::kLogistic, {0}, {0x1P-12F, 0}, {0x1P-15F, 0})
                  .Run<int16_t>(),
              ElementsAre(16384));
}

TEST(RunTanh, Int8FollowsTheFunction) {
  const auto outputs =
      Unary<int8_t>(Op::kTanh, AllInt8(), {0.05F, -20}, {1.0F / 128, 0})
          .Run<int8_t>();
  for (int i = -128; i < 128; ++i) {
    const double expected = 128.0 * std::tanh(0.05 * (i + 20));
    EXPECT_NEAR(outputs.at(static_cast<size_t>(i + 128)),
                std::min(expected, 127.0), 0.51)
        << i;
  }
}

TEST(RunTanh, Int16FollowsTheFunction) {
  const std::vector<int16_t> inputs = {-32768, -2048, -1, 0, 1, 2048, 32767};
  for (const float scale : {0x1P-12F, 0x1P-11F, 0.0002F}) {
    const auto outputs =
        Unary<int16_t>(Op::kTanh, inputs, {scale, 0}, {0x1P-15F, 0})
            .Run<int16_t>();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const double x = inputs[i] * static_cast<double>(scale);
      EXPECT_NEAR(outputs.at(i), 32768.0 * std::tanh(x), 24.0) << x;
    }
  }
}

TEST(RunLogisticTanh, Float) {
  EXPECT_THAT(Unary<float>(Op::kLogistic, {-100, 0, 20}, {}, {}).Run<float>(),
              Pointwise(::testing::FloatEq(), {std::exp(-100.0F), 0.5F, 1.0F}));
  EXPECT_THAT(Unary<float>(Op::kTanh, {-1, 0}, {}, {}).Run<float>(),
              Pointwise(::testing::FloatEq(), {std::tanh(-1.0F), 0.0F}));
}

}  // namespace
}  // namespace tinyml
