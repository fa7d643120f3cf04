// LOGICAL_OR, LOGICAL_AND and LOGICAL_NOT.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;
using Op = BuiltinOperator;

TEST(RunLogicalNot, Bool) {
  EXPECT_THAT(OpRunner(Op::kLogicalNot)
                  .Input<bool>({2}, {false, true})
                  .Output<bool>({2})
                  .Run<bool>(),
              ElementsAre(true, false));
}

}  // namespace
}  // namespace tinyml
