// LOGISTIC and TANH.
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
  // The table starts with exactly one half.
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
