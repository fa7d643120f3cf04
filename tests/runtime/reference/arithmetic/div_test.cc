// DIV's shifts: what the int8 kernel asserts (reference/div.h, DivElementwise).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

// Int8 by int8 with zero points 0, where the quotient of the scales is `ratio`.
Model Division(float ratio) {
  return OneOperator(BuiltinOperator::kDiv,
                     {MakeTensor(TensorType::kInt8, {3}, ratio),
                      MakeTensor(TensorType::kInt8, {3}, 1.0F),
                      MakeTensor(TensorType::kInt8, {3}, 1.0F)},
                     MakeOptions(DivOptions()));
}

Model ByConstant(float ratio, int8_t divisor) {
  Model model = Division(ratio);
  model.buffers.emplace_back().data =
      BufferData(std::vector<uint8_t>(3, static_cast<uint8_t>(divisor)));
  model.subgraphs[0].tensors[1].buffer =
      static_cast<uint32_t>(model.buffers.size() - 1);
  model.subgraphs[0].inputs = {0};
  return model;
}

// The shift to the right is 31, for a dividend of 0, plus that of the divisor's
// reciprocal (4 for 16 to 31) less that of the ratio (1 for a ratio of 1).
TEST(DivAllocation, AShiftPast31Aborts) {
  const Target target = MakeTarget();
  EXPECT_EQ(ErrorOf(ByConstant(1.0F, 3), target), "");  // 31 + 1 - 1.
  EXPECT_THAT(ErrorOf(ByConstant(1.0F, 4), target),     // 31 + 2 - 1.
              HasSubstr("quotients of some dividends"));
  EXPECT_EQ(ErrorOf(ByConstant(2.0F, 4), target), "");
  EXPECT_EQ(ErrorOf(ByConstant(8.0F, -31), target), "");
  EXPECT_THAT(ErrorOf(ByConstant(8.0F, -32), target),
              HasSubstr("quotients of some dividends"));
}

// 128 has 23 leading sign bits: 23 and that of the reciprocal shift right what
// a ratio of 2^23, which is 24, may shift left.
TEST(DivAllocation, AShiftToTheLeftAborts) {
  const Target target = MakeTarget();
  EXPECT_EQ(ErrorOf(ByConstant(0x1p22F, 1), target), "");
  EXPECT_THAT(ErrorOf(ByConstant(0x1p23F, 1), target),
              HasSubstr("quotients of some dividends"));
  EXPECT_EQ(ErrorOf(ByConstant(0x1p23F, 2), target), "");
}

TEST(DivAllocation, ADivisorThatIsComputedMayFit) {
  const Target target = MakeTarget();
  EXPECT_EQ(ErrorOf(Division(1.0F), target), "");
  EXPECT_THAT(ErrorOf(Division(0.25F), target),  // 31 + 0 - -1.
              HasSubstr("whatever the divisor"));
}

}  // namespace
}  // namespace tinyml::runtime
