// The arena from both ends. Drawings show it from offset 0, on the left, to its
// end: head, temporary allocations, free bytes, tail.
#include "runtime/arena/arena.h"

#include <gtest/gtest.h>

#include <optional>

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml::runtime {
namespace {

Event Persistent(int64_t size, int32_t alignment = 1) {
  return {.kind = EventKind::kPersistent, .size = size, .alignment = alignment};
}
Event Temp(int64_t size, int32_t alignment = 1) {
  return {.kind = EventKind::kTemp, .size = size, .alignment = alignment};
}
Event ResetTemps() { return {.kind = EventKind::kResetTemps}; }
Event ResizeHead(int64_t size) {
  return {.kind = EventKind::kResizeHead, .size = size};
}
Event PlannerSpace(int64_t size) {
  return {.kind = EventKind::kPlannerSpace, .size = size};
}

// Head and tail after an event that fits.
struct Ends {
  int64_t head = 0;
  int64_t tail = 0;
  friend bool operator==(const Ends&, const Ends&) = default;
};

class ArenaTest : public ::testing::Test {
 protected:
  Ends After(const Event& event) {
    EXPECT_TRUE(arena_.Apply(event));
    return {arena_.HeadBytes(), arena_.TailBytes()};
  }
  // Expects that `event` does not fit, and so changes nothing.
  void ExpectFull(const Event& event) {
    const Ends before = {arena_.HeadBytes(), arena_.TailBytes()};
    const int64_t peak = arena_.PeakBytes();
    EXPECT_FALSE(arena_.Apply(event));
    EXPECT_EQ((Ends{arena_.HeadBytes(), arena_.TailBytes()}), before);
    EXPECT_EQ(arena_.PeakBytes(), peak);
  }

  Arena arena_{128};
};

// |                    |5| -> 123 is aligned down to 120, then to 96
TEST_F(ArenaTest, PersistentMemoryGrowsDownFromTheEnd) {
  EXPECT_EQ(After(Persistent(5)), (Ends{0, 5}));
  EXPECT_EQ(After(Persistent(3, 8)), (Ends{0, 8}));
  EXPECT_EQ(After(Persistent(9, 16)), (Ends{0, 32}));
}

TEST_F(ArenaTest, AnEndThatIsNotAlignedCostsItsFirstAllocation) {
  arena_ = Arena(125);
  EXPECT_EQ(After(Persistent(16, 16)), (Ends{0, 29}));  // From 96.
}

// |head 32|t 5|.|t 8|
TEST_F(ArenaTest, TemporaryMemoryGrowsUpFromTheHead) {
  EXPECT_EQ(After(ResizeHead(32)), (Ends{32, 0}));
  EXPECT_EQ(After(Temp(5)), (Ends{37, 0}));
  EXPECT_EQ(After(Temp(8, 8)), (Ends{48, 0}));  // From 40.
  EXPECT_EQ(After(ResetTemps()), (Ends{32, 0}));
}

TEST_F(ArenaTest, TheHeadIsResizedBothWaysAndTakesTheTempsWithIt) {
  EXPECT_EQ(After(ResizeHead(64)), (Ends{64, 0}));
  EXPECT_EQ(After(Temp(8)), (Ends{72, 0}));
  EXPECT_EQ(After(ResizeHead(16)), (Ends{16, 0}));
  EXPECT_EQ(After(Temp(8)), (Ends{24, 0}));
}

TEST_F(ArenaTest, ThePlannerNeedsSpaceAndKeepsNone) {
  EXPECT_EQ(After(Temp(5)), (Ends{5, 0}));
  EXPECT_EQ(After(Persistent(5)), (Ends{5, 5}));
  // From 16 to the aligned end, 112.
  ExpectFull(PlannerSpace(97));
  EXPECT_EQ(After(PlannerSpace(96)), (Ends{5, 5}));
  EXPECT_EQ(arena_.PeakBytes(), 128);
}

TEST_F(ArenaTest, EachKindIsRefusedPastTheOtherEnd) {
  EXPECT_EQ(After(ResizeHead(64)), (Ends{64, 0}));
  EXPECT_EQ(After(Persistent(32)), (Ends{64, 32}));
  // 32 bytes are free.
  ExpectFull(Persistent(33));
  ExpectFull(Persistent(16, 128));
  ExpectFull(Temp(33));
  ExpectFull(ResizeHead(97));
  ExpectFull(PlannerSpace(33));
  EXPECT_EQ(After(Temp(32)), (Ends{96, 32}));
  // Nothing is.
  ExpectFull(Persistent(1));
  ExpectFull(Temp(1));
  EXPECT_EQ(After(Persistent(0)), (Ends{96, 32}));
  EXPECT_EQ(After(ResetTemps()), (Ends{64, 32}));
  EXPECT_EQ(After(Persistent(32)), (Ends{64, 64}));
}

TEST_F(ArenaTest, ThePeakRemembersWhatIsGone) {
  EXPECT_EQ(After(Temp(100)), (Ends{100, 0}));
  EXPECT_EQ(After(ResetTemps()), (Ends{0, 0}));
  EXPECT_EQ(After(Persistent(16)), (Ends{0, 16}));
  EXPECT_EQ(arena_.PeakBytes(), 100);
}

// Peak at event 1, of 53 bytes: 48 of them free again at the end.
TEST(ReplayTest, SaysWhereTheArenaIsFullest) {
  const EventLog events = {Persistent(5), Temp(48), ResetTemps(), Temp(48),
                           ResetTemps()};
  const ReplayResult result = Replay(events);
  EXPECT_EQ(result.used_bytes, 5);
  EXPECT_EQ(result.head_bytes, 0);
  EXPECT_EQ(result.tail_bytes, 5);
  EXPECT_EQ(result.peak_bytes, 53);
  EXPECT_EQ(result.required_bytes, 64);
  EXPECT_EQ(result.peak_event, 1U);
  EXPECT_EQ(result.failed_event, std::nullopt);
}

TEST(ReplayTest, StopsAtTheFirstEventThatDoesNotFit) {
  const EventLog events = {Persistent(16), Temp(48), Temp(1), ResetTemps()};
  const ReplayResult result = Replay(events, 64);
  EXPECT_EQ(result.failed_event, 2U);
  EXPECT_EQ(result.head_bytes, 48);
  EXPECT_EQ(result.tail_bytes, 16);
  EXPECT_EQ(Replay(events, 65).failed_event, std::nullopt);
}

TEST(ReplayTest, OfNothingNeedsNothing) {
  const ReplayResult result = Replay({});
  EXPECT_EQ(result.required_bytes, 0);
  EXPECT_EQ(result.failed_event, std::nullopt);
}

TEST(ReplayTest, PhasesHaveTheirNamesInReports) {
  EXPECT_EQ(ArenaPhaseName(Phase::kConstructor), "constructor");
  EXPECT_EQ(ArenaPhaseName(Phase::kPrepare), "prepare");
  EXPECT_EQ(ArenaPhaseName(Phase::kIoTensors), "io_tensors");
}

}  // namespace
}  // namespace tinyml::runtime
