// RELU, RELU6, PRELU and LEAKY_RELU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using testing::OpRunner;
using Op = BuiltinOperator;

template <typename T>
OpRunner Unary(Op code, const std::vector<T>& values, const Affine& input,
               const Affine& output) {
  OpRunner runner(code);
  const auto size = static_cast<int32_t>(values.size());
  runner.Input<T>({size}, values, input).template Output<T>({size}, output);
  return runner;
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
  // 6 is beyond the type, and beyond int32, which x86 makes the smallest of.
  EXPECT_THAT(Unary<int16_t>(Op::kRelu6, {-1, 32767}, {1e-12F, 0}, {1.0F, 0})
                  .On("cortex-m4")
                  .Run<int16_t>(),
              ElementsAre(0, 32767));
  EXPECT_THAT(Unary<int16_t>(Op::kRelu6, {-1, 32767}, {1e-12F, 0}, {1.0F, 0})
                  .On("x86-64")
                  .Run<int16_t>(),
              ElementsAre(-32768, -32768));
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

}  // namespace
}  // namespace tinyml
