// L2_NORMALIZATION.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using testing::OpRunner;

OpRunner L2Normalization() {
  return OpRunner(BuiltinOperator::kL2Normalization);
}

TEST(L2Normalization, OfFloats) {
  EXPECT_THAT(
      L2Normalization()
          .Input<float>({2, 2}, {3.0F, -4.0F, 0.0F, 0.0F})
          .Output<float>({2, 2})
          .Run<float>(),
      ElementsAre(FloatNear(0.6F, 1e-6F), FloatNear(-0.8F, 1e-6F), 0.0F, 0.0F));
}

// 3/5 and 4/5 of 128 are 76.8 and 102.4, whatever the scales and the output's
// zero point are; 1 and -1 are 128 and -128.
TEST(L2Normalization, OfInt8) {
  for (const int zero_point : {-128, 0, 100}) {
    const auto at = [&](int x) { return static_cast<int8_t>(zero_point + x); };
    EXPECT_THAT(L2Normalization()
                    .Input<int8_t>({2, 2}, {at(3), at(4), at(0), at(0)},
                                   {0.7F, zero_point})
                    .Output<int8_t>({2, 2}, {0.3F, 9})
                    .Run<int8_t>(),
                ElementsAre(77, 102, 0, 0));
  }
  EXPECT_THAT(L2Normalization()
                  .Input<int8_t>({4, 1}, {-128, 126, 127, -1}, {1.0F, 127})
                  .Output<int8_t>({4, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(-128, -128, 0, -128));
  EXPECT_THAT(L2Normalization()
                  .Input<int8_t>({2, 1}, {1, 100}, {1.0F, 0})
                  .Output<int8_t>({2, 1}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(127, 127));
}

}  // namespace
}  // namespace tinyml
