// ADD_N.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

TEST(RunAddN, Int8AndFloat) {
  // 2 + 4 + 6, except that the runtime starts with the term of the integer 0,
  // which is -5 here: 7, or 3.5 in units of 2, away from zero.
  EXPECT_THAT(OpRunner(BuiltinOperator::kAddN)
                  .Input<int8_t>({3}, {7, 127, -128}, {1.0F, 5})
                  .Input<int8_t>({3}, {9, 127, -128}, {1.0F, 5})
                  .Input<int8_t>({3}, {11, 127, -128}, {1.0F, 5})
                  .Output<int8_t>({3}, {2.0F, -1})
                  .Run<int8_t>(),
              ElementsAre(3, 127, -128));
  EXPECT_THAT(OpRunner(BuiltinOperator::kAddN)
                  .Input<float>({2}, {1, 2})
                  .Constant<float>({2}, {10, 20})
                  .Input<float>({2}, {100, 200})
                  .Output<float>({2})
                  .Run<float>(),
              ElementsAre(111, 222));
}

}  // namespace
}  // namespace tinyml
