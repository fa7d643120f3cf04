// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Bilinear(bool align_corners, bool half_pixel_centers) {
  OpRunner runner(BuiltinOperator::kResizeBilinear);
  ResizeBilinearOptions options;
  options.align_corners = align_corners;
  options.half_pixel_centers = half_pixel_centers;
  runner.Options(options);
  return runner;
}

TEST(ResizeBilinear, InterpolatesFloats) {
  // Scale 2/4: positions 0, 0.5, 1, 1.5; the last has no neighbour.
  EXPECT_THAT(Bilinear(false, false)
                  .Input<float>({1, 1, 2, 1}, {10, 20})
                  .Constant<int32_t>({2}, {1, 4})
                  .Output<float>({1, 1, 4, 1})
                  .Run<float>(),
              ElementsAre(10, 15, 20, 20));
  // Scale 1/3: positions 0, 1/3, 2/3, 1.
  EXPECT_THAT(Bilinear(true, false)
                  .Input<float>({1, 1, 2, 1}, {10, 40})
                  .Constant<int32_t>({2}, {1, 4})
                  .Output<float>({1, 1, 4, 1})
                  .Run<float>(),
              ElementsAre(10, FloatNear(20, 1e-4F), FloatNear(30, 1e-4F), 40));
  // Positions -0.25, 0.25, 0.75, 1.25.
  EXPECT_THAT(Bilinear(false, true)
                  .Input<float>({1, 1, 2, 1}, {10, 20})
                  .Constant<int32_t>({2}, {1, 4})
                  .Output<float>({1, 1, 4, 1})
                  .Run<float>(),
              ElementsAre(10, 12.5F, 17.5F, 20));
}

TEST(ResizeBilinear, InterpolatesInBothDirections) {
  // The middle is the mean of the four.
  EXPECT_THAT(Bilinear(true, false)
                  .Input<float>({1, 2, 2, 1}, {0, 4, 8, 16})
                  .Constant<int32_t>({2}, {3, 3})
                  .Output<float>({1, 3, 3, 1})
                  .Run<float>(),
              ElementsAre(0, 2, 4, 4, 7, 10, 8, 12, 16));
}

TEST(ResizeBilinear, RoundsInt8AwayFromZero) {
  // Halves: (1 + 2) / 2 and (-1 - 2) / 2.
  EXPECT_THAT(Bilinear(false, false)
                  .Input<int8_t>({1, 1, 2, 2}, {1, -1, 2, -2})
                  .Constant<int32_t>({2}, {1, 4})
                  .Output<int8_t>({1, 1, 4, 2})
                  .Run<int8_t>(),
              ElementsAre(1, -1, 2, -2, 2, -2, 2, -2));
  EXPECT_THAT(Bilinear(false, true)
                  .Input<int8_t>({1, 1, 2, 1}, {-128, 127})
                  .Constant<int32_t>({2}, {1, 4})
                  .Output<int8_t>({1, 1, 4, 1})
                  // -128 * 3/4 + 127 / 4 = -64.25; -128 / 4 + 127 * 3/4 = 63.25
                  .Run<int8_t>(),
              ElementsAre(-128, -64, 63, 127));
}

TEST(ResizeBilinear, Shrinks) {
  EXPECT_THAT(Bilinear(false, false)
                  .Input<int8_t>({1, 1, 4, 1}, {1, 2, 3, 4})
                  .Constant<int32_t>({2}, {1, 2})
                  .Output<int8_t>({1, 1, 2, 1})
                  .Run<int8_t>(),
              ElementsAre(1, 3));
}

// The output's size does not matter.
TEST(ResizeBilinear, LeavesWhatIsBeyondTheSizeUnwritten) {
  EXPECT_THAT(Bilinear(false, false)
                  .Input<float>({1, 1, 1, 1}, {7})
                  .Constant<int32_t>({2}, {2, 1})
                  .Output<float>({1, 2, 2, 1})
                  .Run<float>(),
              ElementsAre(7, 0, 7, 0));
  EXPECT_THAT(Bilinear(false, false)
                  .Input<float>({1, 1, 1, 1}, {7})
                  .Constant<int32_t>({2}, {3, 1})
                  .Output<float>({1, 2, 2, 1})
                  .Error(),
              HasSubstr("room"));
}

// The rounded scale of 1 / 1024 makes the last position a whole one.
TEST(ResizeBilinear, RefusesToReadPastTheInput) {
  EXPECT_THAT(Bilinear(false, false)
                  .Input<int8_t>({1, 1, 1, 1}, {7})
                  .Constant<int32_t>({2}, {1, 2048})
                  .Output<int8_t>({1, 1, 2048, 1})
                  .Error(),
              HasSubstr("outside"));
}

TEST(ResizeBilinear, RefusesInt16) {
  EXPECT_THAT(Bilinear(false, false)
                  .Input<int16_t>({1, 1, 1, 1}, {7})
                  .Constant<int32_t>({2}, {1, 1})
                  .Output<int16_t>({1, 1, 1, 1})
                  .Error(),
              HasSubstr("type"));
}

OpRunner Nearest(bool align_corners, bool half_pixel_centers) {
  OpRunner runner(BuiltinOperator::kResizeNearestNeighbor);
  ResizeNearestNeighborOptions options;
  options.align_corners = align_corners;
  options.half_pixel_centers = half_pixel_centers;
  runner.Options(options);
  return runner;
}

TEST(ResizeNearestNeighbor, TakesTheNearest) {
  // Floor of 0, 2/3, 4/3.
  EXPECT_THAT(Nearest(false, false)
                  .Input<int16_t>({1, 1, 2, 1}, {10, 20})
                  .Constant<int32_t>({2}, {1, 3})
                  .Output<int16_t>({1, 1, 3, 1})
                  .Run<int16_t>(),
              ElementsAre(10, 10, 20));
  // Rounded 0, 1/2, 1.
  EXPECT_THAT(Nearest(true, false)
                  .Input<int8_t>({1, 1, 2, 1}, {10, 20})
                  .Constant<int32_t>({2}, {1, 3})
                  .Output<int8_t>({1, 1, 3, 1})
                  .Run<int8_t>(),
              ElementsAre(10, 20, 20));
  // Floor of 1/3, 1, 5/3.
  EXPECT_THAT(Nearest(false, true)
                  .Input<float>({1, 1, 2, 1}, {10, 20})
                  .Constant<int32_t>({2}, {1, 3})
                  .Output<float>({1, 1, 3, 1})
                  .Run<float>(),
              ElementsAre(10, 20, 20));
}

TEST(ResizeNearestNeighbor, KeepsChannelsTogether) {
  EXPECT_THAT(Nearest(false, false)
                  .Input<int8_t>({2, 1, 1, 2}, {1, 2, 3, 4})
                  .Constant<int32_t>({2}, {2, 1})
                  .Output<int8_t>({2, 2, 1, 2})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
}

}  // namespace
}  // namespace tinyml
