#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/op_runner.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Conv2DOptions Same() {
  Conv2DOptions options;
  options.padding = Padding::kSame;
  options.stride_h = options.stride_w = 1;
  return options;
}

Conv2DOptions Valid() {
  Conv2DOptions options = Same();
  options.padding = Padding::kValid;
  return options;
}

OpRunner Conv(const Conv2DOptions& options) {
  OpRunner runner(BuiltinOperator::kConv2D);
  runner.Options(options);
  return runner;
}

// Both forms, and what they share.
class Conv2D : public ::testing::TestWithParam<bool> {
 protected:
  static OpRunner Runner(const Conv2DOptions& options) {
    OpRunner runner = Conv(options);
    if (GetParam()) runner.PlainKernels();
    return runner;
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, Conv2D, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "Plain" : "Fast";
                         });

// With zero point -128 the inputs are 0 and 255. Factors 0.5 and 2:
//   (0 + 10) * 0.5 - 1 = 4, (0 + 20) * 2 - 1 = 39,
//   (255 + 10) * 0.5 - 1 = 131.5, (-255 + 20) * 2 - 1 = -471, which saturate.
TEST_P(Conv2D, Int8PerChannelAtTheExtremes) {
  EXPECT_THAT(
      Runner(Same())
          .Input<int8_t>({1, 1, 2, 1}, {-128, 127}, {1.0F, -128})
          .Constant<int8_t>({2, 1, 1, 1}, {1, -1}, {{0.5F, 2.0F}, {0, 0}, 0})
          .Constant<int32_t>({2}, {10, 20})
          .Output<int8_t>({1, 1, 2, 2}, {1.0F, -1})
          .Run<int8_t>(),
      ElementsAre(4, 39, 127, -128));
}

// Zero point 127: -128 - 127 = -255, 127 - 127 = 0.
TEST_P(Conv2D, Int8ZeroPointOf127) {
  EXPECT_THAT(Runner(Same())
                  .Input<int8_t>({1, 1, 2, 1}, {-128, 127}, {1.0F, 127})
                  .Constant<int8_t>({1, 1, 1, 1}, {-128}, {0.0078125F, 0})
                  .Output<int8_t>({1, 1, 2, 1}, {4.0F, -20})
                  .Run<int8_t>(),
              // 255 * 128 / 128 / 4 = 63.75, and 0.
              ElementsAre(44, -20));
}

// Factor 0.25: first half of the sum, halves up, then half of that, halves
// away from zero. 6: 3, 1.5 -> 2. -6: -3, -1.5 -> -2. -5: -2.5 -> -2, -1.
// 7: 3.5 -> 4, 2.
TEST_P(Conv2D, Int8RoundsTwice) {
  EXPECT_THAT(Runner(Same())
                  .Input<int8_t>({1, 1, 4, 1}, {6, -6, -5, 7}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {0.25F, 0})
                  .Output<int8_t>({1, 1, 4, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(2, -2, -1, 2));
}

// Padding counts as the zero point, not as 0: each output is the sum of the 4,
// 6 or 9 values (x - 3) under the filter.
TEST_P(Conv2D, Int8PadsWithTheZeroPoint) {
  EXPECT_THAT(
      Runner(Same())
          .Input<int8_t>({1, 3, 3, 1}, {4, 5, 6, 7, 8, 9, 10, 11, 12},
                         {1.0F, 3})
          .Constant<int8_t>({1, 3, 3, 1}, std::vector<int8_t>(9, 1), {1.0F, 0})
          .Output<int8_t>({1, 3, 3, 1}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(12, 21, 16, 27, 45, 33, 24, 39, 28));
}

// Dilation 2 of a 3x3 filter on 3x3 values pads 2: outputs see the corners, the
// middles of two sides, or the centre.
TEST_P(Conv2D, FloatDilationReachesOverTheBorder) {
  Conv2DOptions options = Same();
  options.dilation_h_factor = options.dilation_w_factor = 2;
  EXPECT_THAT(Runner(options)
                  .Input<float>({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9})
                  .Constant<float>({1, 3, 3, 1}, std::vector<float>(9, 1.0F))
                  .Constant<float>({1}, {0.5F})
                  .Output<float>({1, 3, 3, 1})
                  .Run<float>(),
              ElementsAre(20.5F, 10.5F, 20.5F, 10.5F, 5.5F, 10.5F, 20.5F, 10.5F,
                          20.5F));
}

// Windows start at columns 0 and 3 of 5; the second one reaches past the end.
TEST_P(Conv2D, FloatStrideLeavesGaps) {
  Conv2DOptions options = Same();
  options.stride_w = 3;
  EXPECT_THAT(Runner(options)
                  .Input<float>({1, 1, 5, 1}, {1, 2, 3, 4, 5})
                  .Constant<float>({1, 1, 2, 1}, {1, 10})
                  .Output<float>({1, 1, 2, 1})
                  .Run<float>(),
              ElementsAre(21, 54));
}

TEST_P(Conv2D, FloatActivationAndBatches) {
  Conv2DOptions options = Valid();
  options.fused_activation_function = ActivationFunctionType::kRelu6;
  EXPECT_THAT(Runner(options)
                  .Input<float>({2, 1, 1, 2}, {1, 2, -3, 4})
                  .Constant<float>({2, 1, 1, 2}, {1, 1, 4, 1})
                  .Output<float>({2, 1, 1, 2})
                  .Run<float>(),
              // 3, 6; 1, -8.
              ElementsAre(3, 6, 1, 0));
}

// RELU_N1_TO_1 of an output with scale 0.25 and zero point 5: 1 to 9.
TEST_P(Conv2D, Int8ActivationInTheOutputsScale) {
  Conv2DOptions options = Valid();
  options.fused_activation_function = ActivationFunctionType::kReluN1To1;
  EXPECT_THAT(Runner(options)
                  .Input<int8_t>({1, 1, 4, 1}, {-10, -1, 1, 10}, {0.25F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Output<int8_t>({1, 1, 4, 1}, {0.25F, 5})
                  .Run<int8_t>(),
              ElementsAre(1, 4, 6, 9));
}

// A factor of 2^10, which shifts sums to the left before they are multiplied.
TEST_P(Conv2D, Int8FactorAboveOne) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int8_t>({1, 1, 3, 1}, {0, 1, -1}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Output<int8_t>({1, 1, 3, 1}, {0.0009765625F, 7})
                  .Run<int8_t>(),
              ElementsAre(7, 127, -128));
}

// The first output sees inputs 0 and 1, the second 2 and 3.
TEST_P(Conv2D, Groups) {
  EXPECT_THAT(Runner(Valid())
                  .Input<float>({1, 1, 1, 4}, {1, 2, 3, 4})
                  .Constant<float>({2, 1, 1, 2}, {1, 1, 10, 20})
                  .Output<float>({1, 1, 1, 2})
                  .Run<float>(),
              ElementsAre(3, 110));
  // Four outputs each, so that vectors are used.
  EXPECT_THAT(
      Runner(Valid())
          .Input<int8_t>({1, 1, 1, 2}, {3, 5}, {1.0F, 1})
          .Constant<int8_t>({8, 1, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}, {1.0F, 0})
          .Output<int8_t>({1, 1, 1, 8}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(2, 4, 6, 8, 20, 24, 28, 32));
}

TEST_P(Conv2D, Int4Filter) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int8_t>({1, 1, 1, 3}, {1, 2, 4}, {1.0F, 0})
                  .Int4Constant({1, 1, 1, 3}, {-8, 7, 3}, {1.0F, 0})
                  .Output<int8_t>({1, 1, 1, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(-8 + 14 + 12));
}

TEST_P(Conv2D, FilterThatIsNoConstant) {
  OpRunner runner = Runner(Valid());
  runner.Input<int8_t>({1, 1, 1, 2}, {1, 2}, {1.0F, 0})
      .Input<int8_t>({1, 1, 1, 2}, {3, 4}, {1.0F, 0})
      .Output<int8_t>({1, 1, 1, 1}, {1.0F, 0});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(11));
  EXPECT_THAT(runner.Set<int8_t>(1, {5, 6}).Run<int8_t>(), ElementsAre(17));
}

// (2 * 1000 + 5 * 10^9) / 2^20 = 4768.4.
TEST_P(Conv2D, Int16BiasOf64Bits) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int16_t>({1, 1, 1, 1}, {1000}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {2}, {1.0F, 0})
                  .Constant<int64_t>({1}, {5'000'000'000})
                  .Output<int16_t>({1, 1, 1, 1}, {1048576.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(4768));
}

// A factor of 0.7 is 22938 / 2^15 = 0.70001 for sums of 64 bits and exact for
// those of 32: 29999 times it is 20999.67 or 20999.30.
OpRunner Int16Factor(const Conv2DOptions& options) {
  OpRunner runner = Conv(options);
  runner.Input<int16_t>({1, 1, 1, 1}, {29999}, {1.0F, 0})
      .Constant<int8_t>({1, 1, 1, 1}, {1}, {0.7F, 0});
  return runner;
}

TEST_P(Conv2D, Int16SumsFollowTheBias) {
  const Affine output = {1.0F, 0};
  EXPECT_THAT(Int16Factor(Valid())
                  .Constant<int64_t>({1}, {0})
                  .Output<int16_t>({1, 1, 1, 1}, output)
                  .Run<int16_t>(),
              ElementsAre(21000));
  EXPECT_THAT(Int16Factor(Valid())
                  .Constant<int32_t>({1}, {0})
                  .Output<int16_t>({1, 1, 1, 1}, output)
                  .Run<int16_t>(),
              ElementsAre(20999));
  EXPECT_THAT(
      Int16Factor(Valid()).Output<int16_t>({1, 1, 1, 1}, output).Run<int16_t>(),
      ElementsAre(21000));
  Conv2DOptions int32_sums = Valid();
  int32_sums.quantized_bias_type = TensorType::kInt32;
  EXPECT_THAT(Int16Factor(int32_sums)
                  .Output<int16_t>({1, 1, 1, 1}, output)
                  .Run<int16_t>(),
              ElementsAre(20999));
  // CMSIS-NN uses 32 bits wherever there is no bias.
  EXPECT_THAT(Int16Factor(Valid())
                  .CmsisNn()
                  .Output<int16_t>({1, 1, 1, 1}, output)
                  .Run<int16_t>(),
              ElementsAre(20999));
}

// The zero points of int16 tensors are ignored.
TEST_P(Conv2D, Int16IgnoresZeroPoints) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int16_t>({1, 1, 1, 1}, {7}, {1.0F, 100})
                  .Constant<int8_t>({1, 1, 1, 1}, {2}, {1.0F, 0})
                  .Constant<int32_t>({1}, {0})
                  .Output<int16_t>({1, 1, 1, 1}, {1.0F, 50})
                  .Run<int16_t>(),
              ElementsAre(14));
}

// The runtime reads the bias of an int8 convolution as int32, whatever it is.
TEST_P(Conv2D, Int8BiasIsReadAsInt32) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int8_t>({1, 1, 1, 1}, {0}, {1.0F, 0})
                  .Constant<int8_t>({2, 1, 1, 1}, {1, 1}, {1.0F, 0})
                  .Constant<int64_t>({2}, {(int64_t{3} << 32) + 4, 5})
                  .Output<int8_t>({1, 1, 1, 2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(4, 3));
}

// Without an options table strides and dilations are 0: every output sees the
// first pixel with each of its taps.
TEST_P(Conv2D, WithoutOptionsNothingMoves) {
  OpRunner runner(BuiltinOperator::kConv2D);
  if (GetParam()) runner.PlainKernels();
  EXPECT_THAT(runner.Input<float>({1, 1, 3, 1}, {2, 30, 400})
                  .Constant<float>({1, 1, 2, 1}, {1, 10})
                  .Output<float>({1, 1, 3, 1})
                  .Run<float>(),
              ElementsAre(22, 22, 22));
}

// The size of the output is the file's; outputs beyond the input see only
// padding.
TEST_P(Conv2D, OutputLargerThanFollows) {
  EXPECT_THAT(Runner(Valid())
                  .Input<int8_t>({1, 1, 2, 1}, {1, 2}, {1.0F, -3})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Constant<int32_t>({1}, {50})
                  .Output<int8_t>({1, 1, 4, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(54, 55, 50, 50));
}

TEST(Conv2DErrors, FactorsThatShiftOutOfRange) {
  EXPECT_THAT(Conv(Valid())
                  .Input<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {4.0e9F, 0})
                  .Output<int8_t>({1, 1, 1, 1}, {1.0F, 0})
                  .Error(),
              HasSubstr("shifts out of range"));
}

TEST(Conv2DErrors, Int16BiasOfAnotherType) {
  EXPECT_THAT(Conv(Valid())
                  .Input<int16_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
                  .Constant<int64_t>({1}, {1})
                  .Output<int16_t>({1, 1, 1, 1}, {0.001F, 0})
                  .Error(),
              HasSubstr("below 128"));
}

}  // namespace
}  // namespace tinyml::testing
