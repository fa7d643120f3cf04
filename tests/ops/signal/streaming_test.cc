// SignalDelay, SignalFramer and SignalStacker.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Pairs = std::vector<std::pair<const char*, int64_t>>;

std::vector<uint8_t> MapOfPairs(const Pairs& pairs) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [key, value] : pairs) builder.Int(key, value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(SignalDelay, GivesEachRowBackLater) {
  OpRunner runner("SignalDelay", MapOfPairs({{"delay_length", 3}}));
  runner.Input<int16_t>({2, 2}, {1, 2, 10, 20}).Output<int16_t>({2, 2});
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(runner.Set<int16_t>(0, {3, 4, 30, 40}).Run<int16_t>(),
              ElementsAre(0, 1, 0, 10));
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(2, 3, 20, 30));
}

TEST(SignalDelay, WithoutADelayIsACopy) {
  OpRunner runner("SignalDelay", MapOfPairs({{"delay_length", 0}}));
  runner.Input<int16_t>({2}, {1, 2}).Output<int16_t>({2});
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(1, 2));
}

OpRunner Framer(int prefill) {
  OpRunner runner(
      "SignalFramer",
      MapOfPairs({{"frame_size", 3}, {"frame_step", 2}, {"prefill", prefill}}));
  runner.Input<int16_t>({4}, {1, 2, 3, 4})
      .Output<int16_t>({2, 3})
      .Output<bool>({});
  return runner;
}

TEST(SignalFramer, CutsOverlappingFrames) {
  OpRunner runner = Framer(1);
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(0, 1, 2, 2, 3, 4));
  EXPECT_THAT(runner.Run<bool>(1), ElementsAre(true));
  EXPECT_THAT(runner.Set<int16_t>(0, {5, 6, 7, 8}).Run<int16_t>(0),
              ElementsAre(4, 5, 6, 6, 7, 8));
}

TEST(SignalFramer, WaitsForItsFirstFrame) {
  OpRunner runner = Framer(0);
  // Two samples are too few, four give the first three.
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(0, 0, 0, 1, 2, 3));
  OpRunner again = Framer(0);
  EXPECT_THAT(again.Run<bool>(1), ElementsAre(false));
  EXPECT_THAT(again.Run<bool>(1), ElementsAre(true));
}

TEST(SignalFramer, RefusesFramesOfNothing) {
  EXPECT_THAT(
      OpRunner(
          "SignalFramer",
          MapOfPairs({{"frame_size", 0}, {"frame_step", 1}, {"prefill", 0}}))
          .Input<int16_t>({1}, {1})
          .Output<int16_t>({1, 1})
          .Output<bool>({})
          .Error(),
      HasSubstr("frame_size"));
}

OpRunner Stacker(int left, int right, int step, int32_t output) {
  OpRunner runner("SignalStacker", MapOfPairs({{"num_channels", 2},
                                               {"stacker_left_context", left},
                                               {"stacker_right_context", right},
                                               {"stacker_step", step}}));
  runner.Input<int16_t>({2}, {1, 2}).Output<int16_t>({output}).Output<bool>({});
  return runner;
}

TEST(SignalStacker, RepeatsTheFirstFrameToTheLeft) {
  OpRunner runner = Stacker(1, 0, 1, 4);
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(runner.Set<int16_t>(0, {3, 4}).Run<int16_t>(0),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(runner.Run<bool>(1), ElementsAre(true));
}

TEST(SignalStacker, WaitsForFramesToTheRight) {
  OpRunner runner = Stacker(0, 1, 2, 4);
  EXPECT_THAT(runner.Run<bool>(1), ElementsAre(false));
  EXPECT_THAT(runner.Set<int16_t>(0, {3, 4}).Run<int16_t>(0),
              ElementsAre(1, 2, 3, 4));
  // A step of two empties the buffer.
  EXPECT_THAT(runner.Run<int16_t>(0), Each(0));
  EXPECT_THAT(runner.Run<bool>(1), ElementsAre(true));
}

// The runtime aborts at that point.
TEST(SignalStacker, RefusesAStepBeyondWhatIsStacked) {
  OpRunner runner = Stacker(0, 1, 3, 4);
  EXPECT_THAT(runner.Run<bool>(1), ElementsAre(false));
  EXPECT_THAT(runner.Error(), HasSubstr("stacker_step"));
}

}  // namespace
}  // namespace tinyml
