// MAXIMUM and MINIMUM, which are checked only when they run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Maximum, WrongTypeFailsOnlyAtInvoke) {
  const Tensor tensor = MakeTensor(TensorType::kUInt8, {4});
  const auto result = Allocate(
      OneOperator(BuiltinOperator::kMaximum, {tensor, tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("Invoke will fail")));
}

}  // namespace
}  // namespace tinyml::runtime
