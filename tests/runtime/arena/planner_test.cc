// The runtime's greedy planner on buffers that can be drawn: offsets go up,
// allocation scopes to the right.
#include "runtime/arena/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(GreedyPlanTest, OfNothingIsEmpty) {
  const Plan plan = GreedyPlan({});
  EXPECT_THAT(plan.offsets, IsEmpty());
  EXPECT_EQ(plan.size, 0);
}

// 80 [ 0 ]
// 48 [ 2 ]
//  0 [ 1 ]
TEST(GreedyPlanTest, LargestFirst) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 16, .first_used = 0, .last_used = 0},
      {.size = 48, .first_used = 0, .last_used = 0},
      {.size = 32, .first_used = 0, .last_used = 0},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(80, 0, 48));
  EXPECT_EQ(plan.size, 96);
}

// 64 [ 0 ]
// 32 [ 1 ]
//  0 [ 2 ]
TEST(GreedyPlanTest, OfEqualSizesTheLaterOneFirst) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 32, .first_used = 0, .last_used = 0},
      {.size = 32, .first_used = 0, .last_used = 0},
      {.size = 32, .first_used = 0, .last_used = 0},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(64, 32, 0));
}

//  0 [ 0    ] [ 1    ]
TEST(GreedyPlanTest, BuffersThatNeverMeetShareTheirPlace) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 64, .first_used = 0, .last_used = 1},
      {.size = 48, .first_used = 2, .last_used = 3},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(0, 0));
  EXPECT_EQ(plan.size, 64);
}

// 64     [ 1    ]
//  0 [ 0    ]
TEST(GreedyPlanTest, BothEndsOfALifetimeAreInUse) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 64, .first_used = 0, .last_used = 1},
      {.size = 48, .first_used = 1, .last_used = 2},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(0, 64));
}

// 128     [ 1        ]
//  80             [3]   48 bytes of room between buffers 2 and 1
//   0 [ 0    ] [ 2 ]
TEST(GreedyPlanTest, AGapIsTakenIfItIsJustLargeEnough) {
  std::vector<PlanBuffer> buffers = {
      {.size = 128, .first_used = 0, .last_used = 1},
      {.size = 96, .first_used = 1, .last_used = 3},
      {.size = 80, .first_used = 2, .last_used = 3},
      {.size = 48, .first_used = 3, .last_used = 3},
  };
  EXPECT_THAT(GreedyPlan(buffers).offsets, ElementsAre(0, 128, 0, 80));
  buffers[3].size = 64;
  EXPECT_THAT(GreedyPlan(buffers).offsets, ElementsAre(0, 128, 0, 224));
}

// 112 [ 1 ]
//  80         32 bytes: they would fit better
//  64 [ 0 ]
//   0 [ 2 ]   64 bytes
TEST(GreedyPlanTest, TheLowestGapIsTakenAndNotTheTightest) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 16, .first_used = 0, .last_used = 0, .offline_offset = 64},
      {.size = 16, .first_used = 0, .last_used = 0, .offline_offset = 112},
      {.size = 32, .first_used = 0, .last_used = 0},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(64, 112, 0));
  EXPECT_EQ(plan.size, 128);
}

// Offline buffers are placed before the largest other one, and may overlap.
//
// 160 [ 2            ]
//  32     [ 1 |
//   0 [ 0     ]
TEST(GreedyPlanTest, OfflineBuffersStayWhereTheModelPutsThem) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 64, .first_used = 0, .last_used = 1, .offline_offset = 0},
      {.size = 128, .first_used = 1, .last_used = 1, .offline_offset = 32},
      {.size = 512, .first_used = 0, .last_used = 3},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(0, 32, 160));
  EXPECT_EQ(plan.size, 672);
}

// A small buffer inside a large one does not hide the end of the large one.
TEST(GreedyPlanTest, AGapBeginsAfterEverythingThatStartsBelowIt) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 128, .first_used = 0, .last_used = 0, .offline_offset = 0},
      {.size = 16, .first_used = 0, .last_used = 0, .offline_offset = 16},
      {.size = 32, .first_used = 0, .last_used = 0},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(0, 16, 128));
}

// As in the runtime: nothing rounds an offset up.
TEST(GreedyPlanTest, AfterAnUnalignedPlaceOthersAreUnaligned) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 16, .first_used = 0, .last_used = 0, .offline_offset = 4},
      {.size = 16, .first_used = 0, .last_used = 0},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(4, 20));
}

TEST(GreedyPlanTest, ABufferWithoutBytesTakesNoRoom) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 0, .first_used = 0, .last_used = 1},
      {.size = 32, .first_used = 0, .last_used = 1},
      {.size = 16, .first_used = 1, .last_used = 1},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(0, 0, 32));
  EXPECT_EQ(plan.size, 48);
}

// The case with five buffers of upstream's own test, TestGreedyMedium in
// tflite-micro's micro/memory_planner/greedy_memory_planner_test.cc.
TEST(GreedyPlanTest, AgreesWithUpstreamsTest) {
  const Plan plan = GreedyPlan(std::vector<PlanBuffer>{
      {.size = 10, .first_used = 0, .last_used = 1},
      {.size = 20, .first_used = 1, .last_used = 2},
      {.size = 30, .first_used = 2, .last_used = 3},
      {.size = 40, .first_used = 3, .last_used = 4},
      {.size = 50, .first_used = 0, .last_used = 1},
  });
  EXPECT_THAT(plan.offsets, ElementsAre(50, 70, 40, 0, 0));
  EXPECT_EQ(plan.size, 90);
}

}  // namespace
}  // namespace tinyml::runtime
