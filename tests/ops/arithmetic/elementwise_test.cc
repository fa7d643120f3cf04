// FLOOR, EXP, NEG, SIN, LOG, SQRT, SQUARE, CEIL, COS and ROUND.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

template <typename In, typename Out>
std::vector<Out> Map(Op code, const std::vector<In>& values,
                     const Affine& input = {}, const Affine& output = {}) {
  const auto size = static_cast<int32_t>(values.size());
  return OpRunner(code)
      .Input<In>({size}, values, input)
      .template Output<Out>({size}, output)
      .template Run<Out>();
}

TEST(RunFloatFunctions, Values) {
  EXPECT_THAT((Map<float, float>(Op::kSin, {0.5F})),
              ElementsAre(FloatEq(std::sin(0.5F))));
  EXPECT_THAT((Map<float, float>(Op::kCos, {0.5F})),
              ElementsAre(FloatEq(std::cos(0.5F))));
  EXPECT_THAT((Map<float, float>(Op::kLog, {1.0F})), ElementsAre(0.0F));
  EXPECT_THAT((Map<float, float>(Op::kSqrt, {9.0F})), ElementsAre(3.0F));
  EXPECT_THAT((Map<float, float>(Op::kSquare, {-3.0F})), ElementsAre(9.0F));
  EXPECT_THAT((Map<float, float>(Op::kNeg, {-3.0F})), ElementsAre(3.0F));
  EXPECT_THAT((Map<float, float>(Op::kExp, {0.0F})), ElementsAre(1.0F));
  EXPECT_THAT((Map<float, float>(Op::kFloor, {-1.5F, 1.5F})),
              ElementsAre(-2.0F, 1.0F));
  EXPECT_THAT((Map<float, float>(Op::kCeil, {-1.5F, 1.5F})),
              ElementsAre(-1.0F, 2.0F));
  EXPECT_THAT((Map<float, float>(
                  Op::kRound, {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 2.6F, 1e30F})),
              ElementsAre(0.0F, 2.0F, 2.0F, 0.0F, -2.0F, 3.0F, 1e30F));
  EXPECT_THAT(OpRunner(Op::kSin)
                  .Input<int8_t>({1}, {1}, {1.0F, 0})
                  .Output<int8_t>({1}, {1.0F, 0})
                  .Error(),
              HasSubstr("no code"));
}

TEST(RunFloatFunctions, AnOutputThatIsTooSmallIsRefused) {
  EXPECT_THAT(OpRunner(Op::kSquare)
                  .Input<float>({3}, {1, 2, 3})
                  .Output<float>({2})
                  .Error(),
              HasSubstr("fewer elements"));
}

TEST(RunFloatFunctions, TheRestOfALongerOutputIsZero) {
  EXPECT_THAT(OpRunner(Op::kSquare)
                  .Input<float>({2}, {1, 2})
                  .Output<float>({4})
                  .Run<float>(),
              ElementsAre(1, 4, 0, 0));
}

}  // namespace
}  // namespace tinyml
