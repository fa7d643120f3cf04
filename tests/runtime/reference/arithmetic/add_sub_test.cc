// ADD and SUB: scales and zero points.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

Model Int8Add(float input_scale, float output_scale) {
  return OneOperator(BuiltinOperator::kAdd,
                     {MakeTensor(TensorType::kInt8, {4}, input_scale),
                      MakeTensor(TensorType::kInt8, {4}, input_scale),
                      MakeTensor(TensorType::kInt8, {4}, output_scale)});
}

TEST(Add, OutputMultiplierMustStayBelowOne) {
  // 2 * 0.5 / (2^20 * output scale): 0.5, then 1.
  EXPECT_TRUE(Allocate(Int8Add(0.5F, std::ldexp(1.0F, -19))));
  const auto refused = Allocate(Int8Add(0.5F, std::ldexp(1.0F, -20)));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("the output's multiplier is 1"));
}

TEST(Add, Int16ZeroPointAbortsWithoutBroadcast) {
  const auto model = [](std::vector<int32_t> second, int64_t zero_point) {
    return OneOperator(
        BuiltinOperator::kAdd,
        {MakeTensor(TensorType::kInt16, {2, 3}, 0.5F, zero_point),
         MakeTensor(TensorType::kInt16, std::move(second), 0.5F),
         MakeTensor(TensorType::kInt16, {2, 3}, 0.5F)});
  };
  EXPECT_TRUE(Allocate(model({2, 3}, 5)));
  EXPECT_TRUE(Allocate(model({1}, -32768)));
  EXPECT_FALSE(Allocate(model({2, 3}, -32768)));
}

TEST(Sub, Int16ZeroPointAbortsAtInvokeWithoutBroadcast) {
  Model model = OneOperator(BuiltinOperator::kSub,
                            {MakeTensor(TensorType::kInt16, {2, 3}, 0.5F, 1),
                             MakeTensor(TensorType::kInt16, {2, 3}, 0.5F),
                             MakeTensor(TensorType::kInt16, {2, 3}, 0.5F)});
  EXPECT_FALSE(Allocate(model));
  model.subgraphs[0].tensors[1].shape = {3};
  EXPECT_TRUE(Allocate(model));
}

}  // namespace
}  // namespace tinyml::runtime
