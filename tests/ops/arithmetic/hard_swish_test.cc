// HARD_SWISH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

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

// -128 to 127.
std::vector<int8_t> AllInt8() {
  std::vector<int8_t> values(256);
  std::iota(values.begin(), values.end(), int8_t{-128});
  return values;
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

}  // namespace
}  // namespace tinyml
