// RSQRT and ABS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
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

TEST(RunAbs, QuantizedAndNot) {
  // Distances of 227, 0 and 28 to the zero point; then half of them.
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kAbs, {-128, 99, 127}, {1.0F, 99},
                                   {1.0F, -100})),
              ElementsAre(127, -100, -72));
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kAbs, {-128, 99, 127}, {1.0F, 99},
                                   {2.0F, -100})),
              ElementsAre(14, -100, -86));
  // Without quantization the lowest value stays.
  EXPECT_THAT((Map<int16_t, int16_t>(Op::kAbs, {-32768, -5, 5})),
              ElementsAre(-32768, 5, 5));
  EXPECT_THAT(
      (Map<int16_t, int16_t>(Op::kAbs, {-32768, -5}, {1.0F, 0}, {0.5F, 0})),
      ElementsAre(32767, 10));
  EXPECT_THAT((Map<float, float>(Op::kAbs, {-1.5F, 2.0F})),
              ElementsAre(1.5F, 2.0F));
}

TEST(RunRsqrt, Int8) {
  // 1 / sqrt(4), 1 / sqrt(16) and 1 / sqrt(1) in units of 1/64; 0 is the limit.
  EXPECT_THAT((Map<int8_t, int8_t>(Op::kRsqrt, {-124, -112, -127, -128},
                                   {1.0F, -128}, {1.0F / 64, 0})),
              ElementsAre(32, 16, 64, 127));
  EXPECT_THAT(OpRunner(Op::kRsqrt)
                  .Input<int8_t>({2}, {1, -1}, {1.0F, 0})
                  .Output<int8_t>({2}, {1.0F, 0})
                  .Error(),
              HasSubstr("negative"));
}

TEST(RunRsqrt, Int16AndFloat) {
  EXPECT_THAT(
      (Map<int16_t, int16_t>(Op::kRsqrt, {10000, 0}, {1.0F, 0}, {0.001F, 0})),
      ElementsAre(10, 32767));
  EXPECT_THAT((Map<float, float>(Op::kRsqrt, {4.0F, 0.0F})),
              ElementsAre(0.5F, std::numeric_limits<float>::infinity()));
}

}  // namespace
}  // namespace tinyml
