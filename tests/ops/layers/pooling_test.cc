#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tests/support/op_runner.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

OpRunner Pool(BuiltinOperator code, Pool2DOptions options) {
  OpRunner runner(code);
  runner.Options(options);
  return runner;
}

// One row: a window of `width` columns at stride `stride`.
Pool2DOptions Row(Padding padding, int32_t width, int32_t stride) {
  Pool2DOptions options;
  options.padding = padding;
  options.filter_height = 1;
  options.filter_width = width;
  options.stride_h = 1;
  options.stride_w = stride;
  return options;
}

class Pooling : public ::testing::TestWithParam<bool> {
 protected:
  static OpRunner Runner(BuiltinOperator code, const Pool2DOptions& options) {
    OpRunner runner = Pool(code, options);
    if (GetParam()) runner.PlainKernels();
    return runner;
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, Pooling, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "Plain" : "Fast";
                         });

// 1.5, -1.5, 0.5, -0.5: halves go away from zero. -128 stays.
TEST_P(Pooling, AverageRoundsHalvesAwayFromZero) {
  EXPECT_THAT(
      Runner(BuiltinOperator::kAveragePool2D, Row(Padding::kValid, 2, 2))
          .Input<int8_t>({1, 1, 10, 1}, {1, 2, -1, -2, 0, 1, 0, -1, -128, -128},
                         {1.0F, 0})
          .Output<int8_t>({1, 1, 5, 1}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(2, -2, 1, -1, -128));
}

// Padding does not count: windows of 2, 3, 3 and 2 values.
TEST_P(Pooling, AverageLeavesPaddingOut) {
  EXPECT_THAT(
      Runner(BuiltinOperator::kAveragePool2D, Row(Padding::kSame, 3, 1))
          .Input<int16_t>({1, 1, 4, 1}, {100, 200, 600, 1000}, {1.0F, 0})
          .Output<int16_t>({1, 1, 4, 1}, {1.0F, 0})
          .Run<int16_t>(),
      ElementsAre(150, 300, 600, 800));
}

TEST_P(Pooling, AverageOfFloats) {
  Pool2DOptions options;
  options.padding = Padding::kValid;
  options.filter_height = options.filter_width = 2;
  options.stride_h = options.stride_w = 2;
  options.fused_activation_function = ActivationFunctionType::kReluN1To1;
  EXPECT_THAT(Runner(BuiltinOperator::kAveragePool2D, options)
                  .Input<float>({1, 2, 2, 2}, {1, 9, 2, 9, -3, 9, 1, 9})
                  .Output<float>({1, 1, 1, 2})
                  .Run<float>(),
              ElementsAre(0.25F, 1));
}

TEST_P(Pooling, MaximumByChannel) {
  EXPECT_THAT(
      Runner(BuiltinOperator::kMaxPool2D, Row(Padding::kSame, 2, 2))
          .Input<int8_t>({1, 1, 3, 2}, {-128, 5, -7, 6, 127, -3}, {1.0F, 0})
          .Output<int8_t>({1, 1, 2, 2}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(-7, 6, 127, -3));
}

// RELU6 of an output with scale 0.5 and zero point -10: -10 to 2.
TEST_P(Pooling, MaximumWithActivation) {
  Pool2DOptions options = Row(Padding::kValid, 1, 1);
  options.fused_activation_function = ActivationFunctionType::kRelu6;
  EXPECT_THAT(Runner(BuiltinOperator::kMaxPool2D, options)
                  .Input<int16_t>({1, 1, 3, 1}, {-500, 0, 500}, {0.5F, -10})
                  .Output<int16_t>({1, 1, 3, 1}, {0.5F, -10})
                  .Run<int16_t>(),
              ElementsAre(-10, 0, 2));
}

TEST_P(Pooling, MaximumOfFloats) {
  EXPECT_THAT(
      Runner(BuiltinOperator::kMaxPool2D, Row(Padding::kValid, 2, 1))
          .Input<float>({1, 1, 3, 1},
                        {-std::numeric_limits<float>::infinity(), -2, -3})
          .Output<float>({1, 1, 2, 1})
          .Run<float>(),
      ElementsAre(-2, -2));
}

// The file's output is larger than the input implies: the third window begins
// after the input. An average stops there for good; a maximum is the least
// value.
TEST_P(Pooling, WindowsWithoutInput) {
  EXPECT_THAT(
      Runner(BuiltinOperator::kAveragePool2D, Row(Padding::kValid, 1, 2))
          .Input<int8_t>({2, 1, 3, 1}, {1, 2, 3, 4, 5, 6}, {1.0F, 0})
          .Output<int8_t>({2, 1, 3, 1}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(1, 3, 0, 0, 0, 0));
  EXPECT_THAT(Runner(BuiltinOperator::kMaxPool2D, Row(Padding::kValid, 1, 2))
                  .Input<int8_t>({2, 1, 3, 1}, {1, 2, 3, 4, 5, 6}, {1.0F, 0})
                  .Output<int8_t>({2, 1, 3, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(1, 3, -128, 4, 6, -128));
}

TEST(L2Pool2D, RootOfTheMeanSquare) {
  const std::vector<float> values =
      Pool(BuiltinOperator::kL2Pool2D, Row(Padding::kSame, 2, 1))
          .Input<float>({1, 1, 2, 1}, {3, -4})
          .Output<float>({1, 1, 2, 1})
          .Run<float>();
  ASSERT_EQ(values.size(), 2U);
  EXPECT_FLOAT_EQ(values[0], std::sqrt(12.5F));
  EXPECT_FLOAT_EQ(values[1], 4);
}

TEST(PoolingErrors, ActivationThatLeavesNothing) {
  Pool2DOptions options = Row(Padding::kValid, 1, 1);
  options.fused_activation_function = ActivationFunctionType::kRelu;
  EXPECT_THAT(Pool(BuiltinOperator::kMaxPool2D, options)
                  .Input<int8_t>({1, 1, 1, 1}, {0}, {1.0F, 200})
                  .Output<int8_t>({1, 1, 1, 1}, {1.0F, 200})
                  .Error(),
              HasSubstr("leaves no value"));
}

}  // namespace
}  // namespace tinyml::testing
