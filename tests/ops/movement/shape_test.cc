// SHAPE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

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

}  // namespace
}  // namespace tinyml
