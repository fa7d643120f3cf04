// LOGISTIC: the scales of int16.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

TEST(Logistic, Int16ScalesOfInputAndOutput) {
  const auto allocates = [](float input, float output) {
    return Allocate(OneOperator(BuiltinOperator::kLogistic,
                                {MakeTensor(TensorType::kInt16, {4}, input),
                                 MakeTensor(TensorType::kInt16, {4}, output)}))
        .has_value();
  };
  const float right = std::ldexp(1.0F, -15);
  EXPECT_TRUE(allocates(0.5F, right));
  EXPECT_FALSE(allocates(0.5F, std::ldexp(1.0F, -14)));
  EXPECT_FALSE(allocates(0.5F, right * 1.01F));
  // 2.6666 * 12288 is 32767.2, 2.6668 * 12288 is 32769.6.
  EXPECT_TRUE(allocates(2.6666F, right));
  EXPECT_FALSE(allocates(2.6668F, right));
}

}  // namespace
}  // namespace tinyml::runtime
