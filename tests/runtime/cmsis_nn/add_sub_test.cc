// ADD on CMSIS-NN, whose checks of zero points differ from the reference
// kernel's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

TEST(CmsisAdd, Int16NeedsZeroPointZeroAndInt8IsNotAsserted) {
  const auto allocates = [](TensorType type, std::vector<int32_t> second,
                            int64_t zero_point, KernelLibrary library) {
    return Allocate(OneOperator(BuiltinOperator::kAdd,
                                {MakeTensor(type, {2, 3}, 0.5F, zero_point),
                                 MakeTensor(type, std::move(second), 0.5F),
                                 MakeTensor(type, {2, 3}, 0.5F)}),
                    library)
        .has_value();
  };
  constexpr auto kInt8 = TensorType::kInt8;
  constexpr auto kInt16 = TensorType::kInt16;
  EXPECT_TRUE(allocates(kInt16, {2, 3}, 5, KernelLibrary::kReference));
  EXPECT_FALSE(allocates(kInt16, {2, 3}, 5, KernelLibrary::kCmsisNn));
  // Only a loop that broadcasts is the reference kernel's.
  EXPECT_FALSE(allocates(kInt8, {2, 3}, 200, KernelLibrary::kReference));
  EXPECT_TRUE(allocates(kInt8, {2, 3}, 200, KernelLibrary::kCmsisNn));
  EXPECT_FALSE(allocates(kInt8, {1}, 200, KernelLibrary::kCmsisNn));
}

}  // namespace
}  // namespace tinyml::runtime
