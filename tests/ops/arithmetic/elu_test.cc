// ELU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

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

TEST(RunElu, Int8) {
  // exp(-1) - 1 = -0.632 in units of 1/64: -40.5 and a little; 1 is 64.
  EXPECT_THAT(
      Unary<int8_t>(Op::kElu, {-16, 0, 16, 127}, {1.0F / 16, 0}, {1.0F / 64, 2})
          .Run<int8_t>(),
      ElementsAre(-38, 2, 66, 127));
  EXPECT_NEAR(Unary<float>(Op::kElu, {-1.0F}, {}, {}).Run<float>().at(0),
              std::exp(-1.0) - 1.0, 1e-6);
}

}  // namespace
}  // namespace tinyml
