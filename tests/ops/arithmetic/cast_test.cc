// CAST.
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

TEST(RunCast, CutsIntegersAndFractions) {
  EXPECT_THAT((Map<int32_t, int8_t>(Op::kCast, {300, -129})),
              ElementsAre(44, 127));
  EXPECT_THAT((Map<float, int8_t>(Op::kCast, {1.9F, -1.9F, 300.5F})),
              ElementsAre(1, -1, 44));
  EXPECT_THAT((Map<float, int32_t>(Op::kCast, {-1.9F, 1e9F})),
              ElementsAre(-1, 1000000000));
  EXPECT_THAT((Map<float, uint32_t>(Op::kCast, {3e9F, -1.5F})),
              ElementsAre(3000000000U, 4294967295U));
  EXPECT_THAT((Map<uint32_t, float>(Op::kCast, {4294967295U})),
              ElementsAre(4294967296.0F));
  EXPECT_THAT((Map<bool, int16_t>(Op::kCast, {true, false})),
              ElementsAre(1, 0));
  EXPECT_THAT((Map<int8_t, uint32_t>(Op::kCast, {-1})),
              ElementsAre(4294967295U));
  EXPECT_THAT(
      OpRunner(Op::kCast).Input<float>({1}, {1}).Output<bool>({1}).Error(),
      HasSubstr("no code from"));
}

// The instructions differ: Arm and RISC-V saturate, x86 gives the smallest.
TEST(RunCast, FloatsOutOfRangeAsTheCoreConvertsThem) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  const auto cast = [](const char* target) {
    return OpRunner(Op::kCast)
        .On(target)
        .Input<float>({3},
                      {1e20F, -1e20F, std::numeric_limits<float>::quiet_NaN()})
        .Output<int32_t>({3})
        .Run<int32_t>();
  };
  EXPECT_THAT(cast("cortex-m4"), ElementsAre(kMax, kMin, 0));
  EXPECT_THAT(cast("rv32"), ElementsAre(kMax, kMin, kMax));
  EXPECT_THAT(cast("x86-64"), ElementsAre(kMin, kMin, kMin));
}

TEST(RunCast, FloatToUnsignedSaturatesOnArm) {
  EXPECT_THAT(OpRunner(Op::kCast)
                  .CmsisNn()
                  .Input<float>({3}, {3e9F, -1.5F, 1e20F})
                  .Output<uint32_t>({3})
                  .Run<uint32_t>(),
              ElementsAre(3000000000U, 0U, 4294967295U));
}

}  // namespace
}  // namespace tinyml
