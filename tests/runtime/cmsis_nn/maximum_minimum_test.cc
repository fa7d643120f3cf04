// MAXIMUM and MINIMUM on CMSIS-NN, which takes fewer dimensions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

TEST(Maximum, FiveDimensionsAbortOnCmsisNnOnly) {
  const Tensor tensor = MakeTensor(TensorType::kFloat32, {1, 2, 1, 2, 1});
  const Model model =
      OneOperator(BuiltinOperator::kMaximum, {tensor, tensor, tensor});
  EXPECT_TRUE(Allocate(model));
  EXPECT_FALSE(Allocate(model, KernelLibrary::kCmsisNn));
}

}  // namespace
}  // namespace tinyml::runtime
