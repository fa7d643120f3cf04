// FULLY_CONNECTED on CMSIS-NN, which runs as a convolution for wide outputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

Model FullyConnected(std::vector<int32_t> output_shape, int32_t depth) {
  return OneOperator(
      BuiltinOperator::kFullyConnected,
      {MakeTensor(TensorType::kInt8, {1, 2, depth}, 0.5F),
       MakeTensor(TensorType::kInt8, {3, depth}, 0.5F),
       MakeTensor(TensorType::kInt8, std::move(output_shape), 0.5F)},
      MakeOptions(FullyConnectedOptions{}));
}

TEST(CmsisFullyConnected, AbortsOnWideOutputsWithoutEarlierScratch) {
  const Model kept = FullyConnected({1, 2, 3}, 4);
  EXPECT_EQ(ErrorOf(kept, MakeTarget()), "");
  EXPECT_THAT(ErrorOf(kept, MakeTarget(KernelLibrary::kCmsisNn)),
              HasSubstr("scratch buffers"));
  EXPECT_EQ(
      ErrorOf(FullyConnected({2, 3}, 4), MakeTarget(KernelLibrary::kCmsisNn)),
      "");
  EXPECT_EQ(ErrorOf(FullyConnected({1, 2, 3}, 5),
                    MakeTarget(KernelLibrary::kCmsisNn)),
            "");
}

}  // namespace
}  // namespace tinyml::runtime
