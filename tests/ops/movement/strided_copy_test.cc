#include "ops/movement/strided_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tinyml::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

TEST(StridedCopy, WithoutAxesIsOneElement) {
  const std::vector<uint8_t> from = {1, 2, 3};
  std::vector<uint8_t> to(3);
  StridedCopy(2).Run(from.data(), to.data());
  EXPECT_THAT(to, ElementsAre(1, 2, 0));
}

TEST(StridedCopy, AnEmptyAxisCopiesNothing) {
  const StridedCopy copy(1, {{3, 1, 1}, {0, 1, 1}});
  EXPECT_EQ(copy.Count(), 0);
  EXPECT_TRUE(copy.Fits(100, 1, 100, 1));
  uint8_t untouched = 7;
  copy.Run(nullptr, &untouched);
  EXPECT_EQ(untouched, 7);
}

TEST(StridedCopy, KnowsWhereItReads) {
  // Reads 4, 2 and 0.
  const StridedCopy copy(1, {{3, -2, 1}});
  EXPECT_TRUE(copy.Fits(4, 5, 0, 3));
  EXPECT_FALSE(copy.Fits(4, 4, 0, 3));
  EXPECT_FALSE(copy.Fits(3, 5, 0, 3));
  EXPECT_FALSE(copy.Fits(4, 5, 0, 2));
  EXPECT_FALSE(copy.Fits(4, 5, 1, 3));
}

// Merged axes, runs and tiles give the same result as the plain loops.
TEST(StridedCopy, AgreesWithItsLoops) {
  std::mt19937 random(7);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 2000; ++round) {
    const int64_t width = int64_t{1} << draw(0, 3);
    const int rank = draw(1, 4);
    std::vector<StridedCopy::Axis> axes(static_cast<size_t>(rank));
    // A permutation of a row-major walk, some axes backwards.
    std::vector<size_t> order(axes.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    int64_t elements = 1;
    for (size_t i = axes.size(); i-- > 0;) {
      axes[i].count = draw(1, round % 10 == 0 ? 70 : 5);
      axes[i].to = elements;
      elements *= axes[i].count;
    }
    int64_t stride = 1;
    int64_t start = 0;
    for (const size_t i : order) {
      axes[i].from = stride;
      if (draw(0, 3) == 0) {
        axes[i].from = -stride;
        start += stride * (axes[i].count - 1);
      }
      stride *= axes[i].count;
    }
    if (elements > 100000) continue;
    StridedCopy copy(width);
    for (const auto& axis : axes) copy.Add(axis);
    ASSERT_TRUE(copy.Fits(start, elements, 0, elements));
    ASSERT_EQ(copy.Count(), elements);

    std::vector<uint8_t> from(static_cast<size_t>(elements * width));
    for (uint8_t& byte : from) byte = static_cast<uint8_t>(draw(0, 255));
    std::vector<uint8_t> to(from.size());
    copy.Run(from.data() + start * width, to.data());
    std::vector<uint8_t> expected;
    for (int64_t at = 0; at < elements; ++at) {
      int64_t source = start;
      for (const auto& axis : axes) {
        source += at / axis.to % axis.count * axis.from;
      }
      const auto* place = from.data() + source * width;
      expected.insert(expected.end(), place, place + width);
    }
    ASSERT_THAT(to, ElementsAreArray(expected)) << "round " << round;
  }
}

}  // namespace
}  // namespace tinyml::ops
