// ADD_N: its table of pointers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AddN, TakesAPointerTableAndNoWarning) {
  const Tensor tensor = MakeTensor(TensorType::kFloat32, {4});
  const auto result = Allocate(
      OneOperator(BuiltinOperator::kAddN, {tensor, tensor, tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(ScratchBytes(*result), ElementsAre(4 * 3));
  EXPECT_THAT(result->warnings, IsEmpty());
}

}  // namespace
}  // namespace tinyml::runtime
