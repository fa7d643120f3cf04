// CONV_2D: missing scales.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Conv2D, AnOutputWithoutScaleIsAWarning) {
  const Model model = OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, 1, 11, 4}, 0.5F),
       MakeTensor(TensorType::kInt8, {2, 1, 2, 4}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, 1, 4, 2})},
      MakeOptions(Conv2DOptions{
          .padding = Padding::kValid,
          .stride_w = 3,
          .stride_h = 1,
          .fused_activation_function = ActivationFunctionType::kNone,
          .dilation_w_factor = 1,
          .dilation_h_factor = 1,
          .quantized_bias_type = TensorType::kFloat32}));
  const auto result = Allocate(model);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("no finite multiplier")));
}

}  // namespace
}  // namespace tinyml::runtime
