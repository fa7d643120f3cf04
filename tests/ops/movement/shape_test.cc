// RESHAPE, SQUEEZE, EXPAND_DIMS, SHAPE, FILL, ZEROS_LIKE, BROADCAST_TO,
// BROADCAST_ARGS and SELECT_V2.
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
                  .Constant<int32_t>({2}, {9, 9})  // Nobody reads it.
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

// The runtime finds out while it is invoked.
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

TEST(Shape, GivesTheDimensions) {
  ShapeOptions options;
  options.out_type = TensorType::kInt32;
  EXPECT_THAT(OpRunner(BuiltinOperator::kShape)
                  .Options(options)
                  .Input<int8_t>({2, 1, 3}, {1, 2, 3, 4, 5, 6})
                  .Output<int32_t>({3})
                  .Run<int32_t>(),
              ElementsAre(2, 1, 3));
  EXPECT_THAT(OpRunner(BuiltinOperator::kShape)
                  .Options(options)
                  .Input<int8_t>({2, 1}, {1, 2})
                  .Output<int32_t>({1})
                  .Error(),
              HasSubstr("room"));
  EXPECT_THAT(OpRunner(BuiltinOperator::kShape)
                  .Options(options)
                  .Input<int8_t>({1}, {1})
                  .Output<int64_t>({1})
                  .Error(),
              HasSubstr("type"));
}

TEST(Fill, RepeatsAValue) {
  OpRunner runner(BuiltinOperator::kFill);
  runner.Constant<int64_t>({2}, {2, 2})
      .Input<float>({}, {1.5F})
      .Output<float>({2, 2});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(1.5F, 1.5F, 1.5F, 1.5F));
  EXPECT_THAT(runner.Set<float>(0, {-2}).Run<float>(),
              ElementsAre(-2, -2, -2, -2));
  EXPECT_THAT(OpRunner(BuiltinOperator::kFill)
                  .Constant<int32_t>({1}, {3})
                  .Constant<int8_t>({}, {-7})
                  .Output<int8_t>({3})
                  .Run<int8_t>(),
              ElementsAre(-7, -7, -7));
  EXPECT_THAT(OpRunner(BuiltinOperator::kFill)
                  .Constant<int32_t>({1}, {1})
                  .Constant<int64_t>({}, {1})
                  .Output<int64_t>({1})
                  .Error(),
              HasSubstr("type"));
}

// A zero and not a quantized zero.
TEST(ZerosLike, WritesZeros) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kZerosLike)
                  .Input<int8_t>({2}, {1, 2}, {0.5F, 9})
                  .Output<int8_t>({2}, {0.5F, 9})
                  .Run<int8_t>(),
              ElementsAre(0, 0));
  EXPECT_THAT(OpRunner(BuiltinOperator::kZerosLike)
                  .Input<int16_t>({2}, {1, 2})
                  .Output<int16_t>({2})
                  .Error(),
              HasSubstr("type"));
}

TEST(BroadcastTo, RepeatsAlongAxes) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastTo)
                  .Input<int16_t>({2, 1}, {1, 2})
                  .Constant<int32_t>({3}, {2, 2, 3})
                  .Output<int16_t>({2, 2, 3})
                  .Run<int16_t>(),
              ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastTo)
                  .Input<bool>({}, {true})
                  .Constant<int64_t>({1}, {2})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, true));
}

TEST(BroadcastArgs, TakesTheLargerShape) {
  OpRunner runner(BuiltinOperator::kBroadcastArgs);
  runner.Input<int32_t>({1}, {3})
      .Input<int32_t>({3}, {2, 4, 1})
      .Output<int32_t>({3});
  EXPECT_THAT(runner.Run<int32_t>(), ElementsAre(2, 4, 3));
  EXPECT_THAT(runner.Set<int32_t>(0, {1}).Run<int32_t>(), ElementsAre(2, 4, 1));
  EXPECT_THAT(runner.Set<int32_t>(0, {3}).Set<int32_t>(1, {2, 4, 5}).Error(),
              HasSubstr("3 and 5"));
}

// They go through an int.
TEST(BroadcastArgs, CutsInt64) {
  EXPECT_THAT(OpRunner(BuiltinOperator::kBroadcastArgs)
                  .Input<int64_t>({1}, {(int64_t{1} << 32) + 5})
                  .Input<int64_t>({1}, {1})
                  .Output<int64_t>({1})
                  .Run<int64_t>(),
              ElementsAre(5));
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
