#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/op_runner.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;

// Its shape tensor is never read.
OpRunner Transposed(
    Padding padding, int32_t stride,
    ActivationFunctionType activation = ActivationFunctionType::kNone) {
  TransposeConvOptions options;
  options.padding = padding;
  options.stride_h = options.stride_w = stride;
  options.fused_activation_function = activation;
  OpRunner runner(BuiltinOperator::kTransposeConv);
  runner.Options(options).Constant<int32_t>({4}, {9, 9, 9, 9});
  return runner;
}

// Inputs 1 and 2 put the filter at columns 0 and 2.
TEST(TransposeConv, FloatOverlapsAreAdded) {
  EXPECT_THAT(Transposed(Padding::kValid, 2)
                  .Constant<float>({1, 1, 3, 1}, {1, 10, 100})
                  .Input<float>({1, 1, 2, 1}, {1, 2})
                  .Constant<float>({1}, {0.5F})
                  .Output<float>({1, 1, 5, 1})
                  .Run<float>(),
              ElementsAre(1.5F, 10.5F, 102.5F, 20.5F, 200.5F));
}

// SAME with filter 3 and stride 1 cuts a column off each side.
TEST(TransposeConv, FloatPaddingCutsOff) {
  EXPECT_THAT(Transposed(Padding::kSame, 1, ActivationFunctionType::kRelu6)
                  .Constant<float>({1, 1, 3, 1}, {1, 2, -3})
                  .Input<float>({1, 1, 3, 1}, {1, 2, 1})
                  .Output<float>({1, 1, 3, 1})
                  .Run<float>(),
              // 1 * 2 + 2 * 1; 1 * -3 + 2 * 2 + 1 * 1; 2 * -3 + 1 * 2.
              ElementsAre(4, 2, 0));
}

// Per channel 1 and 0.5, zero points -1 and 3, two batches.
TEST(TransposeConv, Int8PerChannel) {
  EXPECT_THAT(Transposed(Padding::kValid, 1)
                  .Constant<int8_t>({2, 1, 1, 2}, {1, 2, 3, 4},
                                    {{1.0F, 0.5F}, {0, 0}, 0})
                  .Input<int8_t>({2, 1, 1, 2}, {0, 1, 2, -128}, {1.0F, -1})
                  .Constant<int32_t>({2}, {10, 1})
                  .Output<int8_t>({2, 1, 1, 2}, {1.0F, 3})
                  .Run<int8_t>(),
              // 1 + 4 + 10 + 3; (3 + 8 + 1) / 2 + 3; 3 - 254 + 10 + 3;
              // (9 - 508 + 1) / 2 + 3.
              ElementsAre(18, 9, -128, -128));
}

OpRunner Int8Relu() {
  OpRunner runner =
      Transposed(Padding::kValid, 1, ActivationFunctionType::kRelu);
  runner.Constant<int8_t>({1, 1, 1, 1}, {1}, {1.0F, 0})
      .Input<int8_t>({1, 1, 2, 1}, {-5, 5}, {1.0F, 0})
      .Output<int8_t>({1, 1, 2, 1}, {1.0F, 0});
  return runner;
}

TEST(TransposeConv, CmsisNnIgnoresTheActivation) {
  EXPECT_THAT(Int8Relu().Run<int8_t>(), ElementsAre(0, 5));
  EXPECT_THAT(Int8Relu().CmsisNn().Run<int8_t>(), ElementsAre(-5, 5));
}

TEST(TransposeConv, Int16BiasOf16Bits) {
  EXPECT_THAT(Transposed(Padding::kValid, 1)
                  .Constant<int8_t>({1, 1, 1, 1}, {2}, {1.0F, 0})
                  .Input<int16_t>({1, 1, 2, 1}, {1000, -7}, {1.0F, 0})
                  .Constant<int16_t>({1}, {-5})
                  .Output<int16_t>({1, 1, 2, 1}, {1.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(1995, -19));
}

TEST(TransposeConv, Int16BiasOf64Bits) {
  EXPECT_THAT(Transposed(Padding::kValid, 1)
                  .Constant<int8_t>({1, 1, 1, 1}, {2}, {1.0F, 0})
                  .Input<int16_t>({1, 1, 1, 1}, {1000}, {1.0F, 0})
                  .Constant<int64_t>({1}, {5'000'000'000})
                  .Output<int16_t>({1, 1, 1, 1}, {1048576.0F, 0})
                  .Run<int16_t>(),
              ElementsAre(4768));  // As in conv_2d_test.cc.
}

// Two rows of input at stride 2, a filter of 4 rows, padding 1.
OpRunner FourRows(const std::vector<int8_t>& input, int32_t channels) {
  std::vector<int8_t> filter;
  for (int8_t weight : {1, 2, 3, 4}) {
    filter.insert(filter.end(), static_cast<size_t>(channels), 0);
    filter[filter.size() - static_cast<size_t>(channels)] = weight;
  }
  OpRunner runner = Transposed(Padding::kSame, 2);
  runner.Constant<int8_t>({1, 4, 1, channels}, filter, {1.0F, 0})
      .Input<int8_t>({1, 2, 1, channels}, input, {1.0F, 0})
      .Output<int8_t>({1, 4, 1, 1}, {1.0F, 0});
  return runner;
}

// CMSIS-NN does not move on after the first row of the input, of which the
// padding cuts a row off, so that the second one is added to the same rows: it
// writes three rows, and the fourth is left.
TEST(TransposeConv, CmsisNnShiftsRowsIfThePaddingIsNoMultipleOfTheStride) {
  EXPECT_THAT(FourRows({1, 10}, 1).Run<int8_t>(), ElementsAre(2, 13, 24, 30));
  EXPECT_THAT(FourRows({1, 10}, 1).CmsisNn().Run<int8_t>(),
              ElementsAre(12, 23, 34, 0));
}

// With more than 16 channels it takes another path.
TEST(TransposeConv, CmsisNnWithManyChannels) {
  std::vector<int8_t> input(34, 0);
  input[0] = 1;
  input[17] = 10;
  EXPECT_THAT(FourRows(input, 17).CmsisNn().Run<int8_t>(),
              ElementsAre(2, 13, 24, 30));
}

}  // namespace
}  // namespace tinyml::testing
