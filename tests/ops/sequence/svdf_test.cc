#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

OpRunner Svdf(int32_t rank, ActivationFunctionType activation =
                                ActivationFunctionType::kNone) {
  OpRunner runner(BuiltinOperator::kSvdf);
  SVDFOptions options;
  options.rank = rank;
  options.fused_activation_function = activation;
  runner.Options(options);
  return runner;
}

// One unit of two filters, which sum and subtract two inputs and remember two
// steps, the older one half as much. With inputs (1, 2), then (3, 1):
//   3 and -1, of which 3 + 2 * -1 = 1; plus the bias 10: 11.
//   4 and 2: (0.5 * 3 + 4) + 2 * (0.5 * -1 + 2) = 8.5; plus 10: 18.5.
TEST(Svdf, OfFloatsRemembers) {
  OpRunner runner = Svdf(2);
  runner.Input<float>({1, 2}, {1, 2})
      .Constant<float>({2, 2}, {1, 1, 1, -1})
      .Constant<float>({2, 2}, {0.5F, 1, 1, 2})
      .Constant<float>({1}, {10})
      .Variable<float>({1, 4})
      .Output<float>({1, 1});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(11));
  EXPECT_THAT(runner.Set<float>(0, {3, 1}).Run<float>(), ElementsAre(18.5F));
}

TEST(Svdf, OfFloatsActivates) {
  const auto run = [](ActivationFunctionType activation, float input) {
    return Svdf(1, activation)
        .Input<float>({1, 1}, {input})
        .Constant<float>({1, 1}, {1})
        .Constant<float>({1, 1}, {1})
        .Constant<float>({1}, {0})
        .Variable<float>({1, 1})
        .Output<float>({1, 1})
        .Run<float>();
  };
  EXPECT_THAT(run(ActivationFunctionType::kRelu, -2), ElementsAre(0));
  EXPECT_THAT(run(ActivationFunctionType::kRelu6, 7), ElementsAre(6));
  EXPECT_THAT(run(ActivationFunctionType::kReluN1To1, -2), ElementsAre(-1));
}

struct Int8Case {
  int8_t input = 0;
  int8_t weight = 0;
  int64_t state_zero_point = 0;
};

// One filter that remembers one step; all scales are 1, the input's zero point
// is 1, the output's -3.
template <typename State>
OpRunner OneFilter(const Int8Case& values) {
  OpRunner runner = Svdf(1);
  runner.Input<int8_t>({1, 1}, {values.input}, {1.0F, 1})
      .Constant<int8_t>({1, 1}, {values.weight}, {1.0F, 0});
  runner.Constant<State>({1, 1}, {2}, {1.0F, 0});
  runner.Constant<int32_t>({1}, {5}, {1.0F, 0});
  runner.Variable<State>({1, 1}, {1.0F, values.state_zero_point});
  runner.Output<int8_t>({1, 1}, {1.0F, -3});
  return runner;
}

// (3 - 1) * 5 * 2 + 5 - 3.
TEST(Svdf, OfInt8) {
  EXPECT_THAT(OneFilter<int16_t>({3, 5}).Run<int8_t>(), ElementsAre(22));
  EXPECT_THAT(OneFilter<int16_t>({3, 5}).CmsisNn().Run<int8_t>(),
              ElementsAre(22));
  EXPECT_THAT(OneFilter<int8_t>({3, 5, 4}).Run<int8_t>(), ElementsAre(22));
  EXPECT_THAT(OneFilter<int8_t>({3, 5, 4}).CmsisNn().Run<int8_t>(),
              ElementsAre(22));
}

// Helium's sums of the weights mix in the state's zero point: (3 - 1) * 5 + 4 *
// 1 = 14 is remembered, 14 * 2 + 5 - 3.
TEST(Svdf, OfInt8WithHelium) {
  EXPECT_THAT(OneFilter<int8_t>({3, 5, 4}).Helium().Run<int8_t>(),
              ElementsAre(30));
  EXPECT_THAT(OneFilter<int8_t>({3, 5, 0}).Helium().Run<int8_t>(),
              ElementsAre(22));
}

// (51 - 1) * 4 = 200 is too much for an int8 state. The reference keeps 127
// from the zero point 4 on, which wraps to -125, -129 from there: -128.
// CMSIS-NN truncates 200 to -56: -112 + 5 - 3.
TEST(Svdf, OfInt8StateOverflows) {
  EXPECT_THAT(OneFilter<int8_t>({51, 4, 4}).Run<int8_t>(), ElementsAre(-128));
  EXPECT_THAT(OneFilter<int8_t>({51, 4, 4}).CmsisNn().Run<int8_t>(),
              ElementsAre(-110));
}

// Two batches of two units, which remember two steps: the second batch's first
// value is not lost when the first one's memory moves on.
TEST(Svdf, OfInt8InBatches) {
  for (const bool cmsis_nn : {false, true}) {
    OpRunner runner = Svdf(1);
    if (cmsis_nn) runner.CmsisNn();
    runner.Input<int8_t>({2, 1}, {1, 2}, {1.0F, 0})
        .Constant<int8_t>({2, 1}, {1, 10}, {1.0F, 0})
        .Constant<int16_t>({2, 2}, {3, 1, -1, 1}, {1.0F, 0})
        .Constant<int32_t>({2}, {0, 0}, {1.0F, 0})
        .Variable<int16_t>({2, 4}, {1.0F, 0})
        .Output<int8_t>({2, 2}, {1.0F, 0});
    EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(1, 10, 2, 20));
    // 3 * 1 + 4, -10 + 40; 3 * 2 + 5, -20 + 50.
    EXPECT_THAT(runner.Set<int8_t>(0, {4, 5}).Run<int8_t>(),
                ElementsAre(7, 30, 11, 30));
  }
}

}  // namespace
}  // namespace tinyml
