// SELECT_V2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

TEST(RunSelect, RepeatsAllThree) {
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({2, 1}, {true, false})
                  .Input<int16_t>({3}, {1, 2, 3})
                  .Input<int16_t>({1}, {9})
                  .Output<int16_t>({2, 3})
                  .Run<int16_t>(),
              ElementsAre(1, 2, 3, 9, 9, 9));
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({3}, {true, false, true})
                  .Input<float>({3}, {1, 2, 3})
                  .Input<float>({3}, {7, 8, 9})
                  .Output<float>({3})
                  .Run<float>(),
              ElementsAre(1, 8, 3));
  EXPECT_THAT(OpRunner(Op::kSelectV2)
                  .Input<bool>({1}, {true})
                  .Input<int32_t>({1}, {1})
                  .Input<int32_t>({1}, {1})
                  .Output<int32_t>({1})
                  .Error(),
              HasSubstr("type of"));
}

TEST(SelectV2, ChoosesElementByElement) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSelectV2)
                  .Input<bool>({3}, {true, false, true})
                  .Input<int8_t>({3}, {1, 2, 3})
                  .Input<int8_t>({3}, {-1, -2, -3})
                  .Output<int8_t>({3})
                  .Run<int8_t>(),
              ElementsAre(1, -2, 3));
}

TEST(SelectV2, Broadcasts) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSelectV2)
                  .Input<bool>({2, 1}, {true, false})
                  .Input<float>({3}, {1, 2, 3})
                  .Input<float>({}, {9})
                  .Output<float>({2, 3})
                  .Run<float>(),
              ElementsAre(1, 2, 3, 9, 9, 9));
}

TEST(SelectV2, TakesScalarsOfMixedRanks) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSelectV2)
                  .Input<bool>({}, {false})
                  .Input<int16_t>({1, 1}, {1})
                  .Input<int16_t>({1}, {2})
                  .Output<int16_t>({1})
                  .Run<int16_t>(),
              ElementsAre(2));
}

TEST(SelectV2, RefusesInt32) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSelectV2)
                  .Input<bool>({1}, {true})
                  .Input<int32_t>({1}, {1})
                  .Input<int32_t>({1}, {2})
                  .Output<int32_t>({1})
                  .Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
