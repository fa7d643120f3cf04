// The vector forms of int8 ADD, SUB and MUL give the same integers as the plain
// ones.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using testing::OpRunner;

class RunInt8Pairs : public ::testing::TestWithParam<BuiltinOperator> {
 protected:
  std::vector<int8_t> Values(size_t count) {
    std::vector<int8_t> values(count);
    for (int8_t& value : values) value = static_cast<int8_t>(random_());
    return values;
  }
  Affine Quantization() {
    const float exponent =
        std::uniform_real_distribution<float>(-9.0F, 2.0F)(random_);
    return {std::exp2(exponent), static_cast<int64_t>(random_() % 256) - 128};
  }
  std::mt19937 random_{11};
};

TEST_P(RunInt8Pairs, AgreeWithPlainOnes) {
  struct Shapes {
    std::vector<int32_t> first, second;
    size_t count1, count2;
  };
  const std::vector<int32_t> full = {3, 67};
  const Shapes all[] = {{full, full, 201, 201},
                        {full, {1}, 201, 1},
                        {{3, 1}, full, 3, 201},
                        {full, {67}, 201, 67}};
  for (int round = 0; round < 100; ++round) {
    const Shapes& shapes = all[round % 4];
    const auto first = Values(shapes.count1);
    const auto second = Values(shapes.count2);
    const Affine scale1 = Quantization();
    const Affine scale2 = Quantization();
    const Affine scale3 = Quantization();
    const auto run = [&](bool plain) {
      OpRunner runner(GetParam());
      if (plain) runner.PlainKernels();
      if (GetParam() == BuiltinOperator::kAdd) {
        AddOptions options;
        if (round % 3 == 0) {
          options.fused_activation_function = ActivationFunctionType::kRelu6;
        }
        runner.Options(options);
      }
      return runner.Input<int8_t>(shapes.first, first, scale1)
          .Input<int8_t>(shapes.second, second, scale2)
          .Output<int8_t>(full, scale3)
          .Run<int8_t>();
    };
    const auto fast = run(false);
    ASSERT_EQ(fast.size(), 201U);
    ASSERT_EQ(fast, run(true)) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, RunInt8Pairs,
                         ::testing::Values(BuiltinOperator::kAdd,
                                           BuiltinOperator::kSub,
                                           BuiltinOperator::kMul));

}  // namespace
}  // namespace tinyml
