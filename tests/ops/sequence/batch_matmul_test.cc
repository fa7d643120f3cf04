#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

OpRunner MatMul(bool adj_x = false, bool adj_y = false) {
  OpRunner runner(BuiltinOperator::kBatchMatmul);
  BatchMatMulOptions options;
  options.adj_x = adj_x;
  options.adj_y = adj_y;
  runner.Options(options);
  return runner;
}

// [1 2 3; 4 5 6] x [1 0; 2 1; 0 3] = [5 11; 14 23], however they are stored.
TEST(BatchMatMul, TransposesEitherOperand) {
  const std::vector<float> lhs = {1, 2, 3, 4, 5, 6};
  const std::vector<float> lhs_transposed = {1, 4, 2, 5, 3, 6};
  const std::vector<float> rhs = {1, 0, 2, 1, 0, 3};
  const std::vector<float> rhs_transposed = {1, 2, 0, 0, 1, 3};
  for (const bool x : {false, true}) {
    for (const bool y : {false, true}) {
      for (const bool constant : {false, true}) {
        OpRunner runner = MatMul(x, y);
        if (x) {
          runner.Input<float>({3, 2}, lhs_transposed);
        } else {
          runner.Input<float>({2, 3}, lhs);
        }
        const std::vector<int32_t> shape =
            y ? std::vector<int32_t>{2, 3} : std::vector<int32_t>{3, 2};
        const auto& values = y ? rhs_transposed : rhs;
        if (constant) {
          runner.Constant<float>(shape, values);
        } else {
          runner.Input<float>(shape, values);
        }
        runner.Output<float>({2, 2});
        EXPECT_THAT(runner.Run<float>(), ElementsAre(5, 11, 14, 23));
        EXPECT_THAT(runner.Run<float>(), ElementsAre(5, 11, 14, 23));
      }
    }
  }
}

// Batches [2,1] and [3] become [2,3].
TEST(BatchMatMul, BroadcastsBatches) {
  EXPECT_THAT(MatMul()
                  .Input<float>({2, 1, 1, 1}, {1, 10})
                  .Input<float>({3, 1, 1}, {1, 2, 3})
                  .Output<float>({2, 3, 1, 1})
                  .Run<float>(),
              ElementsAre(1, 2, 3, 10, 20, 30));
}

TEST(BatchMatMul, OneMatrixForAllBatches) {
  EXPECT_THAT(MatMul()
                  .Input<float>({3, 1, 2}, {1, 2, 3, 4, 5, 6})
                  .Constant<float>({1, 2, 1}, {1, 10})
                  .Output<float>({3, 1, 1})
                  .Run<float>(),
              ElementsAre(21, 43, 65));
}

// (2 - -1)(4 - 2) + (-3 - -1)(5 - 2) = 0; (2 - -1)(-8 - 2) + (-3 - -1)(1 - 2) =
// -28. Scales of 1/2 each and 1/4: the factor is 1.
TEST(BatchMatMul, OfInt8WithZeroPoints) {
  for (const bool cmsis_nn : {false, true}) {
    OpRunner runner = MatMul();
    if (cmsis_nn) runner.CmsisNn();
    EXPECT_THAT(runner.Input<int8_t>({1, 2}, {2, -3}, {0.5F, -1})
                    .Input<int8_t>({2, 2}, {4, -8, 5, 1}, {0.5F, 2})
                    .Output<int8_t>({1, 2}, {0.25F, 7})
                    .Run<int8_t>(),
                ElementsAre(7, -21));
  }
}

TEST(BatchMatMul, OfInt8Saturates) {
  EXPECT_THAT(MatMul()
                  .Input<int8_t>({2, 1}, {127, -128}, {1.0F, 0})
                  .Input<int8_t>({1, 2}, {127, -128}, {1.0F, 0})
                  .Output<int8_t>({2, 2}, {1.0F, 0})
                  .Run<int8_t>(),
              ElementsAre(127, -128, -128, 127));
}

// 3 * 5 / 2 = 7.5 rounds up, -7.5 too.
TEST(BatchMatMul, OfInt16) {
  for (const bool cmsis_nn : {false, true}) {
    OpRunner runner = MatMul();
    if (cmsis_nn) runner.CmsisNn();
    EXPECT_THAT(runner.Input<int16_t>({2, 1}, {3, -3}, {1.0F, 0})
                    .Input<int16_t>({1, 1}, {5}, {1.0F, 0})
                    .Output<int16_t>({2, 1}, {2.0F, 0})
                    .Run<int16_t>(),
                ElementsAre(8, -7));
  }
}

// 2 x 2^30 x 1/2 fits 32 bits, but not with one more bit below, where CMSIS-NN
// truncates.
TEST(BatchMatMul, OfInt16IsCutOnCmsisNn) {
  const auto make = [] {
    OpRunner runner = MatMul();
    runner.Input<int16_t>({1, 2}, {-32768, -32768}, {1.0F, 0})
        .Input<int16_t>({2, 1}, {-32768, -32768}, {1.0F, 0})
        .Output<int16_t>({1, 1}, {2.0F, 0});
    return runner;
  };
  EXPECT_THAT(make().Run<int16_t>(), ElementsAre(32767));
  EXPECT_THAT(make().CmsisNn().Run<int16_t>(), ElementsAre(-32768));
}

}  // namespace
}  // namespace tinyml
