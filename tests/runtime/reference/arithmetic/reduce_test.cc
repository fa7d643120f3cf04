// MEAN: scratch memory and axes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;

TEST(Mean, RequestsSumsIndexAndAxesWithDuplicates) {
  const auto model = [](TensorType type) {
    Model model = OneOperator(
        BuiltinOperator::kMean,
        {MakeTensor(type, {2, 3, 5}, 0.5F), MakeTensor(TensorType::kInt32, {4}),
         MakeTensor(type, {2}, 0.5F)});
    SetConstant(model, 1, {1, 2, -1, -2});
    return model;
  };
  const auto quantized = Allocate(model(TensorType::kInt8));
  ASSERT_TRUE(quantized);
  EXPECT_THAT(ScratchBytes(*quantized), ElementsAre(4 * 2, 4 * 3, 4 * 4));
  const auto real = Allocate(model(TensorType::kFloat32));
  ASSERT_TRUE(real);
  EXPECT_THAT(ScratchBytes(*real), ElementsAre(4 * 3, 4 * 4));
}

TEST(Mean, AxisOutOfRangeAborts) {
  Model model = OneOperator(BuiltinOperator::kMean,
                            {MakeTensor(TensorType::kFloat32, {2, 3}),
                             MakeTensor(TensorType::kInt32, {1}),
                             MakeTensor(TensorType::kFloat32, {2})});
  SetConstant(model, 1, {2});
  EXPECT_FALSE(Allocate(model));
}

}  // namespace
}  // namespace tinyml::runtime
