#include "ops/window.h"

#include <gtest/gtest.h>

namespace tinyml {
namespace {

TEST(Window, SameAddsTheOddElementBehind) {
  // 5 wide, window 2: output 5, one element of padding, none before.
  const WindowAxis even = {.input = 5, .filter = 2};
  EXPECT_EQ(WindowOutput(Padding::kSame, even), 5);
  EXPECT_EQ(WindowPadding(even, 5), 0);
  const WindowAxis dilated = {.input = 7, .filter = 3, .dilation = 2};
  EXPECT_EQ(WindowPadding(dilated, 7), 2);
}

TEST(Window, ValidLeavesARest) {
  const WindowAxis axis = {.input = 10, .filter = 2, .stride = 4};
  EXPECT_EQ(WindowOutput(Padding::kValid, axis), 3);
  EXPECT_EQ(WindowPadding(axis, 3), 0);
}

TEST(Window, OneImpossibleAxisLeavesBothWithoutPadding) {
  const WindowAxis good = {.input = 4, .filter = 3};
  const WindowAxis too_large = {.input = 2, .filter = 9};
  const WindowAxis no_stride = {.input = 4, .filter = 3, .stride = 0};
  EXPECT_EQ(WindowOutput(Padding::kValid, too_large), 0);
  EXPECT_EQ(WindowPadding(Padding::kSame, good, good).width, 1);
  EXPECT_EQ(WindowPadding(Padding::kSame, no_stride, good).width, 0);
  EXPECT_EQ(WindowPadding(Padding::kValid, too_large, good).height, 0);
}

}  // namespace
}  // namespace tinyml
