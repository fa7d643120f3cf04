// Each fault of a plan, and what only looks like one.
#include "runtime/arena/plan_check.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace tinyml::runtime {
namespace {

using enum PlanFaultKind;
using Buffers = std::vector<PlanBuffer>;

// Two that are live at the same time, and one after them.
Buffers Three() {
  return {
      {.size = 32, .first_used = 0, .last_used = 1},
      {.size = 16, .first_used = 1, .last_used = 2},
      {.size = 48, .first_used = 3, .last_used = 4},
  };
}

std::optional<PlanFault> FaultOf(const Buffers& buffers, Plan plan) {
  return FindPlanFault(buffers, plan);
}

TEST(PlanCheckTest, AGoodPlanHasNoFault) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 32, 0}, .size = 48}),
            std::nullopt);
  EXPECT_EQ(FaultOf({}, {}), std::nullopt);
}

TEST(PlanCheckTest, OffsetCount) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 32}, .size = 48}),
            PlanFault{kOffsetCount});
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 32, 0, 0}, .size = 48}),
            PlanFault{kOffsetCount});
}

TEST(PlanCheckTest, NegativeOffset) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 32, -16}, .size = 48}),
            (PlanFault{kNegativeOffset, 2}));
}

TEST(PlanCheckTest, PastEnd) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 32, 0}, .size = 47}),
            (PlanFault{kPastEnd, 1}));
}

TEST(PlanCheckTest, Unaligned) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 40, 0}, .size = 64}),
            (PlanFault{kUnaligned, 1}));
}

TEST(PlanCheckTest, AnUnalignedPlaceOfTheModelMayMoveOthers) {
  Buffers buffers = Three();
  buffers[0].offline_offset = 4;
  EXPECT_EQ(FaultOf(buffers, {.offsets = {4, 36, 0}, .size = 52}),
            std::nullopt);
}

TEST(PlanCheckTest, OverlapByTheLastByte) {
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 16, 0}, .size = 48}),
            (PlanFault{kOverlap, 1, 0}));
  EXPECT_EQ(FaultOf(Three(), {.offsets = {0, 0, 0}, .size = 48}),
            (PlanFault{kOverlap, 1, 0}));
}

//  16 [   | 1 |
//   0 [ 0     ]
TEST(PlanCheckTest, OverlapOfOneInsideTheOther) {
  const Buffers buffers = {
      {.size = 48, .first_used = 0, .last_used = 2},
      {.size = 16, .first_used = 1, .last_used = 1},
  };
  EXPECT_EQ(FaultOf(buffers, {.offsets = {0, 16}, .size = 48}),
            (PlanFault{kOverlap, 1, 0}));
}

TEST(PlanCheckTest, OverlapOfOneThatHasLivedLong) {
  const Buffers buffers = {
      {.size = 16, .first_used = 0, .last_used = 9},
      {.size = 16, .first_used = 1, .last_used = 1},
      {.size = 32, .first_used = 9, .last_used = 9},
  };
  EXPECT_EQ(FaultOf(buffers, {.offsets = {16, 0, 0}, .size = 32}),
            (PlanFault{kOverlap, 2, 0}));
}

TEST(PlanCheckTest, NoOverlapWithoutBytes) {
  const Buffers buffers = {
      {.size = 32, .first_used = 0, .last_used = 1},
      {.size = 0, .first_used = 0, .last_used = 1},
  };
  EXPECT_EQ(FaultOf(buffers, {.offsets = {0, 16}, .size = 32}), std::nullopt);
}

// The model may overlap its own buffers, but nothing else may overlap them.
TEST(PlanCheckTest, OverlapWithAPlaceOfTheModel) {
  const Buffers buffers = {
      {.size = 32, .first_used = 0, .last_used = 1, .offline_offset = 0},
      {.size = 32, .first_used = 0, .last_used = 1, .offline_offset = 16},
      {.size = 16, .first_used = 1, .last_used = 2},
  };
  EXPECT_EQ(FaultOf(buffers, {.offsets = {0, 16, 48}, .size = 64}),
            std::nullopt);
  EXPECT_EQ(FaultOf(buffers, {.offsets = {0, 16, 32}, .size = 64}),
            (PlanFault{kOverlap, 2, 1}));
}

TEST(PlanCheckTest, FaultsHaveWords) {
  EXPECT_EQ(Describe({kOffsetCount}),
            "it does not have one offset for each buffer");
  EXPECT_EQ(Describe({kNegativeOffset, 7}), "buffer 7 starts before the arena");
  EXPECT_EQ(Describe({kPastEnd, 7}), "buffer 7 ends past the plan's size");
  EXPECT_EQ(Describe({kUnaligned, 7}), "buffer 7 is not aligned");
  EXPECT_EQ(Describe({kOverlap, 7, 3}),
            "buffer 7 overlaps buffer 3, which lives at the same time");
}

}  // namespace
}  // namespace tinyml::runtime
