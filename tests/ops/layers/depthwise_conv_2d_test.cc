#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/op_runner.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;

DepthwiseConv2DOptions Options(Padding padding, int32_t multiplier) {
  DepthwiseConv2DOptions options;
  options.padding = padding;
  options.stride_h = options.stride_w = 1;
  options.depth_multiplier = multiplier;
  return options;
}

OpRunner Depthwise(const DepthwiseConv2DOptions& options) {
  OpRunner runner(BuiltinOperator::kDepthwiseConv2D);
  runner.Options(options);
  return runner;
}

class DepthwiseConv2D : public ::testing::TestWithParam<bool> {
 protected:
  static OpRunner Runner(const DepthwiseConv2DOptions& options) {
    OpRunner runner = Depthwise(options);
    if (GetParam()) runner.PlainKernels();
    return runner;
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, DepthwiseConv2D, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "Plain" : "Fast";
                         });

// Channel by channel: 1 * 1 + 3 * 100, 2 * 10 + 4 * 1000.
TEST_P(DepthwiseConv2D, FloatKeepsChannelsApart) {
  EXPECT_THAT(Runner(Options(Padding::kValid, 1))
                  .Input<float>({1, 1, 2, 2}, {1, 2, 3, 4})
                  .Constant<float>({1, 1, 2, 2}, {1, 10, 100, 1000})
                  .Constant<float>({2}, {0.5F, 0.25F})
                  .Output<float>({1, 1, 1, 2})
                  .Run<float>(),
              ElementsAre(301.5F, 4020.25F));
}

// Outputs 2c and 2c + 1 see input channel c.
TEST_P(DepthwiseConv2D, Multiplier) {
  EXPECT_THAT(Runner(Options(Padding::kValid, 2))
                  .Input<int8_t>({1, 1, 1, 2}, {3, -2}, {1.0F, 1})
                  .Constant<int8_t>({1, 1, 1, 4}, {1, 2, 3, 4}, {1.0F, 0})
                  .Constant<int32_t>({4}, {0, 0, 0, 100})
                  .Output<int8_t>({1, 1, 1, 4}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(2, 4, -9, 88));
}

// Zero point -128; SAME padding of a 3-wide filter on two columns; per channel
// 1 and 0.5. Values are 0, 10 and 4, 255 by column.
TEST_P(DepthwiseConv2D, Int8PerChannelWithPadding) {
  EXPECT_THAT(
      Runner(Options(Padding::kSame, 1))
          .Input<int8_t>({1, 1, 2, 2}, {-128, -118, -124, 127}, {1.0F, -128})
          .Constant<int8_t>({1, 1, 3, 2}, {1, 1, 2, 2, 3, 4},
                            {{1.0F, 0.5F}, {0, 0}, 3})
          .Constant<int32_t>({2}, {1, -3})
          .Output<int8_t>({1, 1, 2, 2}, {1.0F, -128})
          .Run<int8_t>(),
      // 0 * 2 + 4 * 3 + 1 = 13; (10 * 2 + 255 * 4 - 3) / 2 = 518.5;
      // 0 * 1 + 4 * 2 + 1 = 9; (10 * 1 + 255 * 2 - 3) / 2 = 258.5.
      ElementsAre(-115, 127, -119, 127));
}

// Dilation 2 and stride 2, SAME: 5 columns pad 1 before, outputs at columns 0,
// 2 and 4 see those 1 before and 1 after.
TEST_P(DepthwiseConv2D, FloatDilationAndStride) {
  DepthwiseConv2DOptions options = Options(Padding::kSame, 1);
  options.dilation_w_factor = 2;
  options.stride_w = 2;
  EXPECT_THAT(Runner(options)
                  .Input<float>({1, 1, 5, 1}, {1, 2, 3, 4, 5})
                  .Constant<float>({1, 1, 2, 1}, {1, 10})
                  .Output<float>({1, 1, 3, 1})
                  .Run<float>(),
              ElementsAre(20, 42, 4));
}

TEST_P(DepthwiseConv2D, Batches) {
  EXPECT_THAT(Runner(Options(Padding::kValid, 1))
                  .Input<int8_t>({2, 2, 1, 1}, {1, 2, 3, 4}, {1.0F, 0})
                  .Constant<int8_t>({1, 2, 1, 1}, {1, 10}, {1.0F, 0})
                  .Constant<int32_t>({1}, {0})
                  .Output<int8_t>({2, 1, 1, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(21, 43));
}

TEST_P(DepthwiseConv2D, Int16SumsOf64Bits) {
  EXPECT_THAT(Runner(Options(Padding::kValid, 1))
                  .Input<int16_t>({1, 1, 1, 1}, {29999}, {1.0F, 0})
                  .Constant<int8_t>({1, 1, 1, 1}, {1}, {0.7F, 0})
                  .Constant<int64_t>({1}, {0})
                  .Output<int16_t>({1, 1, 1, 1}, {1.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(21000));  // As in conv_2d_test.cc.
}

TEST_P(DepthwiseConv2D, Int4Filter) {
  EXPECT_THAT(Runner(Options(Padding::kValid, 1))
                  .Input<int8_t>({1, 1, 3, 1}, {1, 2, 4}, {1.0F, 0})
                  .Int4Constant({1, 1, 3, 1}, {-8, 7, 3}, {1.0F, 0})
                  .Constant<int32_t>({1}, {0})
                  .Output<int8_t>({1, 1, 1, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(-8 + 14 + 12));
}

OpRunner Int4OddChannels() {
  OpRunner runner = Depthwise(Options(Padding::kValid, 2));
  runner.Input<int8_t>({1, 1, 2, 1}, {1, 10}, {1.0F, 0})
      .Int4Constant({1, 1, 2, 2}, {1, 2, 3, 4}, {1.0F, 0})
      .Constant<int32_t>({2}, {0, 0})
      .Output<int8_t>({1, 1, 1, 2}, {1.0F, 0});
  return runner;
}

// CMSIS-NN does not move on by a byte from tap to tap: its first output takes
// weights 1 and 2 (not 1 and 3), its second 2 and 3 (not 2 and 4).
TEST(DepthwiseConv2DInt4, CmsisNnMisreadsOddChannels) {
  EXPECT_THAT(Int4OddChannels().Run<int8_t>(), ElementsAre(31, 42));
  EXPECT_THAT(Int4OddChannels().CmsisNn().Run<int8_t>(), ElementsAre(21, 32));
}

// With one output per input and one image, it reads correctly.
TEST(DepthwiseConv2DInt4, CmsisNnReadsOddChannelsOfOneImage) {
  EXPECT_THAT(Depthwise(Options(Padding::kValid, 1))
                  .CmsisNn()
                  .Input<int8_t>({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}, {1.0F, 0})
                  .Int4Constant({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}, {1.0F, 0})
                  .Output<int8_t>({1, 1, 1, 3}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(17, 29, 45));
}

}  // namespace
}  // namespace tinyml::testing
