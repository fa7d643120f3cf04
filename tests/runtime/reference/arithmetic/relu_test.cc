// RELU without scales.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Relu, MissingQuantizationIsAWarning) {
  const Tensor tensor = MakeTensor(TensorType::kInt8, {4});
  const auto result =
      Allocate(OneOperator(BuiltinOperator::kRelu, {tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("no finite multiplier")));
}

}  // namespace
}  // namespace tinyml::runtime
