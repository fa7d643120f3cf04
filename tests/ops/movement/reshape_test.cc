// RESHAPE, SQUEEZE and EXPAND_DIMS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

TEST(Reshape, CopiesTheBytesOfAnyType) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kReshape)
                  .Input<int8_t>({2, 3}, {1, 2, 3, 4, 5, 6})
                  .Constant<int32_t>({2}, {9, 9})  // Never read.
                  .Output<int8_t>({3, 2})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(OpRunner(BuiltinOperator::kReshape)
                  .Input<uint64_t>({1}, {~uint64_t{0}})
                  .Output<uint64_t>({1, 1})
                  .Run<uint64_t>(),
              ElementsAre(~uint64_t{0}));
}

TEST(Reshape, ComputesTheDimensionOfMinusOne) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kReshape)
                  .Input<float>({4}, {1, 2, 3, 4})
                  .Output<float>({2, -1})
                  .Run<float>(),
              ElementsAre(1, 2, 3, 4));
}

TEST(Squeeze, CopiesTheBytes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSqueeze)
                  .Input<int16_t>({1, 2, 1}, {-5, 5})
                  .Output<int16_t>({2})
                  .Run<int16_t>(),
              ElementsAre(-5, 5));
}

// The runtime notices at Invoke.
TEST(Squeeze, RefusesOtherBytes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kSqueeze)
                  .Input<int16_t>({1, 2}, {1, 2})
                  .Output<int32_t>({2})
                  .Error(),
              HasSubstr("differ in bytes"));
}

TEST(ExpandDims, CopiesThreeTypes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kExpandDims)
                  .Input<float>({2}, {1, 2})
                  .Constant<int32_t>({1}, {-1})
                  .Output<float>({2, 1})
                  .Run<float>(),
              ElementsAre(1, 2));
  EXPECT_THAT(OpRunner(BuiltinOperator::kExpandDims)
                  .Input<int32_t>({2}, {1, 2})
                  .Constant<int32_t>({1}, {0})
                  .Output<int32_t>({1, 2})
                  .Error(),
              HasSubstr("type"));
}

}  // namespace
}  // namespace tinyml
