#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/op_runner.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

OpRunner Layer(const FullyConnectedOptions& options = {}) {
  OpRunner runner(BuiltinOperator::kFullyConnected);
  runner.Options(options);
  return runner;
}

class FullyConnected : public ::testing::TestWithParam<bool> {
 protected:
  static OpRunner Runner(const FullyConnectedOptions& options = {}) {
    OpRunner runner = Layer(options);
    if (GetParam()) runner.PlainKernels();
    return runner;
  }
};

INSTANTIATE_TEST_SUITE_P(Forms, FullyConnected, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "Plain" : "Fast";
                         });

TEST_P(FullyConnected, FloatRows) {
  FullyConnectedOptions options;
  options.fused_activation_function = ActivationFunctionType::kRelu;
  EXPECT_THAT(Runner(options)
                  .Input<float>({2, 2}, {1, 2, 3, -4})
                  .Constant<float>({3, 2}, {1, 0, 0, 1, 10, 20})
                  .Constant<float>({3}, {0.5F, 0.25F, 0})
                  .Output<float>({2, 3})
                  .Run<float>(),
              ElementsAre(1.5F, 2.25F, 50, 3.5F, 0, 0));
}

// An input of any shape is taken as rows of the filter's depth.
TEST_P(FullyConnected, InputIsFlattened) {
  EXPECT_THAT(Runner()
                  .Input<float>({1, 2, 1, 2}, {1, 2, 3, 4})
                  .Constant<float>({1, 4}, {1, 10, 100, 1000})
                  .Output<float>({1, 1})
                  .Run<float>(),
              ElementsAre(4321));
}

// Zero point -128: inputs 0 and 255. Factor 0.5 * 0.5 / 1.
TEST_P(FullyConnected, Int8PerTensor) {
  EXPECT_THAT(Runner()
                  .Input<int8_t>({1, 2}, {-128, 127}, {0.5F, -128})
                  .Constant<int8_t>({3, 2}, {1, 1, 5, -1, 100, 0}, {0.5F, 0})
                  .Constant<int32_t>({3}, {1, -1, 40}, {0.25F, 0})
                  .Output<int8_t>({1, 3}, {1.0F, 10})
                  .Run<int8_t>(),
              // 256 / 4 + 10, -256 / 4 + 10, 40 / 4 + 10.
              ElementsAre(74, -54, 20));
}

TEST_P(FullyConnected, Int8PerChannel) {
  EXPECT_THAT(
      Runner()
          .Input<int8_t>({1, 2}, {3, 4}, {1.0F, 0})
          .Constant<int8_t>({2, 2}, {1, 2, 3, 4}, {{1.0F, 2.0F}, {0, 0}, 0})
          .Output<int8_t>({1, 2}, {1.0F, 0})
          .Run<int8_t>(),
      ElementsAre(11, 50));
}

// Only as many of the filter's rows as the output has channels.
TEST_P(FullyConnected, Int8MoreRowsThanOutputs) {
  EXPECT_THAT(Runner()
                  .Input<int8_t>({1, 2}, {3, 4}, {1.0F, 0})
                  .Constant<int8_t>({3, 2}, {1, 2, 3, 4, 5, 6}, {1.0F, 0})
                  .Output<int8_t>({1, 2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(11, 25));
}

// Rows of an odd number of int4 weights begin within a byte.
TEST_P(FullyConnected, Int4OddRows) {
  EXPECT_THAT(Runner()
                  .Input<int8_t>({2, 3}, {1, 2, 4, -1, 0, 1}, {1.0F, 0})
                  .Int4Constant({2, 3}, {-8, 7, 3, 1, -1, 2}, {1.0F, 0})
                  .Output<int8_t>({2, 2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(18, 7, 11, 1));
}

// Unlike convolutions, it uses the zero points of int16.
TEST_P(FullyConnected, Int16ZeroPoints) {
  EXPECT_THAT(Runner()
                  .Input<int16_t>({1, 1}, {7}, {1.0F, 2})
                  .Constant<int8_t>({1, 1}, {3}, {1.0F, 0})
                  .Constant<int64_t>({1}, {100}, {1.0F, 0})
                  .Output<int16_t>({1, 1}, {1.0F, 10})
                  .Run<int16_t>(),
              ElementsAre(125));
}

OpRunner Int16WithBias32() {
  OpRunner runner = Layer();
  runner.Input<int16_t>({1, 1}, {29999}, {1.0F, 0})
      .Constant<int8_t>({2, 1}, {1, 1}, {0.7F, 0})
      .Constant<int32_t>({2}, {10, 0}, {0.7F, 0})
      .Output<int16_t>({1, 2}, {1.0F, 0});
  return runner;
}

// 30009 * 0.7 = 21006.3 in 32 bits. CMSIS-NN reads the two 32-bit values as one
// of 64 bits, and nothing for the second: both sums are 64 bits wide, with a
// factor of 0.70001: 21006.67 and 20999.67.
TEST(FullyConnectedInt16, CmsisNnReadsTheBiasAs64Bits) {
  EXPECT_THAT(Int16WithBias32().Run<int16_t>(), ElementsAre(21006, 20999));
  EXPECT_THAT(Int16WithBias32().CmsisNn().Run<int16_t>(),
              ElementsAre(21007, 21000));
}

TEST(FullyConnectedErrors, InputShorterThanARow) {
  EXPECT_THAT(Layer()
                  .Input<float>({1, 2}, {1, 2})
                  .Constant<float>({1, 3}, {1, 2, 3})
                  .Output<float>({1, 1})
                  .Error(),
              HasSubstr("do not match"));
}

}  // namespace
}  // namespace tinyml::testing
