// The guard must find each kind of fault, made here by hand.
#include "exec/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tinyml::exec {
namespace {

using ::testing::HasSubstr;

// One operator 0 -> 1 beside a tensor 2 that stays live:
//
//   offset    0 ........ 16 ....... 32 ....... 48
//             input (4)  output(4)  other (16)
class GuardTest : public ::testing::Test {
 protected:
  GuardTest() {
    model_.operator_codes.resize(1);
    model_.subgraphs.resize(1);
    Subgraph& graph = model_.subgraphs[0];
    graph.tensors.resize(3);
    graph.tensors[0].name = "input";
    graph.tensors[1].name = "output";
    graph.tensors[2].name = "other";
    graph.operators.resize(1);
    graph.operators[0].inputs = {0};
    graph.operators[0].outputs = {1};
    simulation_.replay.head_bytes = 48;
    simulation_.buffers = {
        {.owner = {0, kNoOperatorIndex},
         .index = 0,
         .size_bytes = 4,
         .lifetime = {0, 1},
         .offset_bytes = 0},
        {.owner = {0, kNoOperatorIndex},
         .index = 1,
         .size_bytes = 4,
         .lifetime = {1, 2},
         .offset_bytes = 16},
        {.owner = {0, kNoOperatorIndex},
         .index = 2,
         .size_bytes = 16,
         .lifetime = {0, 2},
         .offset_bytes = 32},
    };
  }

  Status RunOperator(const std::vector<size_t>& written) {
    Guard guard(model_, simulation_, arena_, 0xA5);
    guard.Before({0, 0}, 1);
    for (const size_t at : written) arena_[at] ^= 0xFF;
    return guard.After({0, 0}, 1);
  }

  Model model_;
  runtime::Simulation simulation_;
  std::vector<uint8_t> arena_ = std::vector<uint8_t>(64);
};

TEST_F(GuardTest, AnOutputMayBeWritten) {
  EXPECT_TRUE(RunOperator({16, 17, 18, 19}).has_value());
}

TEST_F(GuardTest, DeadMemoryIsPoisoned) {
  Guard guard(model_, simulation_, arena_, 0x5A);
  guard.Before({0, 0}, 1);
  EXPECT_EQ(arena_[3], 0) << "the input is live";
  EXPECT_EQ(arena_[4], 0x5A) << "the bytes added by rounding up are dead";
  EXPECT_EQ(arena_[48], 0) << "it does not watch persistent memory";
}

TEST_F(GuardTest, WritingPastAnOutputIsFound) {
  const Status status = RunOperator({20});
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message,
              HasSubstr("memory outside of live buffers"));
}

TEST_F(GuardTest, OverwritingAnotherTensorIsFound) {
  const Status status = RunOperator({40});
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("overwrote tensor 'other'"));
}

TEST_F(GuardTest, APlanThatOverlapsLiveBuffersIsFound) {
  simulation_.buffers[1].offset_bytes = 32;  // The output on top of "other".
  const Status status = RunOperator({32});
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("overwrote tensor 'other'"));
}

TEST_F(GuardTest, ScratchMemoryIsPoisonedToo) {
  simulation_.buffers[2].is_scratch = true;
  simulation_.buffers[2].lifetime = {1, 1};
  Guard guard(model_, simulation_, arena_, 0xA5);
  guard.Before({0, 0}, 1);
  EXPECT_EQ(arena_[32], 0xA5);
  arena_[32] = 1;  // Its owner may write it.
  EXPECT_TRUE(guard.After({0, 0}, 1).has_value());
}

// A variable that an offline plan places is not used before its operator, but
// must keep its value nonetheless.
TEST_F(GuardTest, AVariableIsAlwaysAlive) {
  model_.subgraphs[0].tensors[2].is_variable = true;
  simulation_.buffers[2].lifetime = {-1, 0};
  ASSERT_FALSE(RunOperator({40}).has_value()) << "it is not an operand";
  model_.subgraphs[0].operators[0].inputs.push_back(2);
  EXPECT_TRUE(RunOperator({40}).has_value()) << "its operator updates it";
}

}  // namespace
}  // namespace tinyml::exec
