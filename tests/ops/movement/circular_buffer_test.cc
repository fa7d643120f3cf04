// CIRCULAR_BUFFER.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;

std::vector<uint8_t> Cycles(int32_t cycles) {
  flexbuffers::Builder builder;
  builder.Map([&] { builder.Int("cycles_max", cycles); });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(CircularBuffer, KeepsTheLastInputs) {
  OpRunner runner("CIRCULAR_BUFFER", Cycles(1));
  runner.Input<int8_t>({1, 1, 1, 2}, {1, 2}).Output<int8_t>({1, 2, 1, 2});
  EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(0, 0, 1, 2));
  EXPECT_FALSE(runner.EndedEarly());
  EXPECT_THAT(runner.Set<int8_t>(0, {3, 4}).Run<int8_t>(),
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(runner.Set<int8_t>(0, {5, 6}).Run<int8_t>(),
              ElementsAre(3, 4, 5, 6));
}

TEST(CircularBuffer, GoesOnOnlyEverySoManyTimes) {
  OpRunner runner("CIRCULAR_BUFFER", Cycles(3));
  runner.Input<int8_t>({1, 1, 1, 1}, {1}).Output<int8_t>({1, 2, 1, 1});
  for (const bool early : {true, true, false, true, true, false}) {
    runner.Run<int8_t>();
    EXPECT_EQ(runner.EndedEarly(), early);
  }
}

// It guesses: 5 slots run every time, 4 every other time.
TEST(CircularBuffer, GuessesWithoutOptions) {
  OpRunner five("CIRCULAR_BUFFER", {});
  five.Input<int8_t>({1, 1, 1, 1}, {1}).Output<int8_t>({1, 5, 1, 1});
  five.Run<int8_t>();
  EXPECT_FALSE(five.EndedEarly());
  OpRunner four("CIRCULAR_BUFFER", {});
  four.Input<int8_t>({1, 1, 1, 1}, {1}).Output<int8_t>({1, 4, 1, 1});
  four.Run<int8_t>();
  EXPECT_TRUE(four.EndedEarly());
}

}  // namespace
}  // namespace tinyml
