// SOFTMAX: its scales.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

Model Softmax(float input_scale, float output_scale) {
  return OneOperator(
      BuiltinOperator::kSoftmax,
      {MakeTensor(TensorType::kInt8, {1, 4}, input_scale),
       MakeTensor(TensorType::kInt8, {1, 4}, output_scale, -128)},
      MakeOptions(SoftmaxOptions{.beta = 1.0F}));
}

TEST(SoftmaxKernel, NeedsItsOutputScaleAndAMultiplierAboveOne) {
  EXPECT_EQ(ErrorOf(Softmax(0.1F, 1.0F / 256), MakeTarget()), "");
  EXPECT_THAT(ErrorOf(Softmax(0.1F, 1.0F / 255), MakeTarget()),
              HasSubstr("scale 1/256"));
  // 2^26 x 2^-26 is exactly 1, for which the runtime aborts.
  EXPECT_THAT(ErrorOf(Softmax(0x1p-26F, 1.0F / 256), MakeTarget()),
              HasSubstr("above 1"));
}

}  // namespace
}  // namespace tinyml::runtime
