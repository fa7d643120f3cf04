#include "runtime/messages/log_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tinyml/explain.h"

namespace tinyml {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What the runtime would print for `pattern`.
std::string Example(std::string_view pattern) {
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      text += pattern[i];
      continue;
    }
    text += pattern[++i] == 'd' ? "17" : "file.cc";
  }
  return text;
}

TEST(LogMessagesTest, EveryMessageIsFoundBeforeAnyOther) {
  for (const runtime::LogMessage& message : runtime::LogMessages()) {
    const std::string line = "[12:30:59] <err> " + Example(message.pattern);
    const runtime::LogMessage* found = nullptr;
    for (const runtime::LogMessage& other : runtime::LogMessages()) {
      if (found == nullptr && runtime::MatchMessage(other.pattern, line)) {
        found = &other;
      }
    }
    ASSERT_NE(found, nullptr) << line;
    EXPECT_EQ(found->pattern, message.pattern);
    const auto explanations = ExplainLog(line);
    ASSERT_EQ(explanations.size(), 1U);
    // Every value that is mentioned exists.
    EXPECT_EQ(explanations[0].what.find('{'), std::string::npos)
        << explanations[0].what;
    EXPECT_FALSE(explanations[0].set.empty());
  }
}

TEST(LogMessagesTest, AMissingOperatorIsNamed) {
  const auto explanations = ExplainLog(
      "Didn't find op for builtin opcode 'REVERSE_V2' version '1'\n"
      "Failed to allocate memory for node_and_registrations.\n");
  ASSERT_EQ(explanations.size(), 2U);
  EXPECT_EQ(explanations[0].missing_operator, "REVERSE_V2");
  EXPECT_EQ(explanations[1].missing_operator, "");
  const Target old = Target::Parse("cortex-m4:runtime=2024-01").value();
  EXPECT_THAT(ExplainMissingOperator(old, "REVERSE_V2"),
              AllOf(HasSubstr("has no such operator; it came with tflm"),
                    HasSubstr("the model is newer than the runtime")));
  EXPECT_THAT(
      ExplainMissingOperator(Target::Parse("cortex-m4").value(), "REVERSE_V2"),
      HasSubstr("only the application's resolver does not"));
  EXPECT_THAT(ExplainMissingOperator(old, "NO_SUCH_OPERATOR"),
              HasSubstr("no operator of that name"));
}

TEST(LogMessagesTest, ValuesAreReadWhereTheyStand) {
  using runtime::MatchMessage;
  EXPECT_THAT(*MatchMessage("a %d, b %d", "x a 1a 2, b -3 more"),
              ElementsAre("2", "-3"));
  EXPECT_THAT(*MatchMessage("op '%s' is", "op 'CONV_2D' is"),
              ElementsAre("CONV_2D"));
  EXPECT_FALSE(MatchMessage("a %d", "a x"));
  EXPECT_FALSE(MatchMessage("a %d", "a -"));
  EXPECT_FALSE(MatchMessage("op '%s' is", "op ''"));
  EXPECT_THAT(*MatchMessage("%s:%d %s was not true.",
                            "10:22:01 kernels/add.cc:7 n > 0 was not true."),
              ElementsAre("add.cc", "7", "n > 0"));
}

TEST(LogMessagesTest, RepetitionsAreCountedAndConsequencesTold) {
  const auto explanations = ExplainLog(
      "Didn't find op for builtin opcode 'SOFTMAX'\r\n"
      "Failed to get registration from op code SOFTMAX\n"
      "Didn't find op for builtin opcode 'SOFTMAX'\n");
  // Both lines say the same about the same operator.
  ASSERT_EQ(explanations.size(), 1U);
  EXPECT_EQ(explanations[0].count, 3);
  EXPECT_TRUE(explanations[0].is_cause);
  const auto others = ExplainLog(
      "Failed to allocate tail memory. Requested: 2088, available 1552, "
      "missing: 536\n"
      "Failed to initialize input tensor 0\n");
  ASSERT_EQ(others.size(), 2U);
  EXPECT_TRUE(others[0].arena);
  EXPECT_THAT(others[0].what, HasSubstr("2088 bytes, and 1552 were left"));
  EXPECT_FALSE(others[1].is_cause);
}

TEST(LogMessagesTest, LogsOfAnythingEnd) {
  std::string log;
  for (int i = 0; i < 3000; ++i) {
    log += "Failed to allocate variable tensor of size " + std::to_string(i) +
           "\n";
  }
  EXPECT_EQ(ExplainLog(log).size(), 1000U);
  EXPECT_TRUE(ExplainLog(std::string(1 << 20, ':')).empty());
  EXPECT_TRUE(ExplainLog("").empty());
}

}  // namespace
}  // namespace tinyml
