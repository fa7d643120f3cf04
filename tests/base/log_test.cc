// The log, as a program that sets a sink receives it.
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tinyml {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

class LogTest : public testing::Test {
 protected:
  void Listen(LogLevel level) {
    SetLogSink(level, [this](LogLevel /*level*/, std::string_view message) {
      heard_.emplace_back(message);
    });
  }
  void TearDown() override { SetLogSink(LogLevel::kNone, nullptr); }

  std::vector<std::string> heard_;
};

TEST_F(LogTest, IsSilentWithoutASink) {
  EXPECT_FALSE(IsLogged(LogLevel::kInfo));
  Log(LogLevel::kInfo, "nobody hears {}", 1);
  Listen(LogLevel::kDebug);
  SetLogSink(LogLevel::kDebug, nullptr);
  EXPECT_FALSE(IsLogged(LogLevel::kInfo));
  Log(LogLevel::kInfo, "nobody hears {}", 2);
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(LogTest, HearsUpToItsLevel) {
  Listen(LogLevel::kInfo);
  EXPECT_TRUE(IsLogged(LogLevel::kInfo));
  EXPECT_FALSE(IsLogged(LogLevel::kDebug));
  Log(LogLevel::kInfo, "read {} bytes", 3);
  Log(LogLevel::kDebug, "a detail");
  Listen(LogLevel::kDebug);
  Log(LogLevel::kDebug, "another detail");
  EXPECT_THAT(heard_, ElementsAre("read 3 bytes", "another detail"));
}

TEST_F(LogTest, ASecondSinkReplacesTheFirst) {
  Listen(LogLevel::kInfo);
  int count = 0;
  SetLogSink(LogLevel::kInfo, [&](LogLevel /*level*/,
                                  std::string_view /*message*/) { ++count; });
  Log(LogLevel::kInfo, "once");
  EXPECT_THAT(heard_, IsEmpty());
  EXPECT_EQ(count, 1);
}

TEST_F(LogTest, OneThreadAtATimeCallsIt) {
  Listen(LogLevel::kInfo);
  constexpr int kThreads = 4;
  constexpr int kMessages = 200;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < kMessages; ++j) Log(LogLevel::kInfo, "{}", j);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(heard_.size(), size_t{kThreads * kMessages});
}

TEST_F(LogTest, AStopwatchSaysMilliseconds) {
  EXPECT_THAT(Stopwatch().Text(), MatchesRegex("\\([0-9]+\\.[0-9] ms\\)"));
}

}  // namespace
}  // namespace tinyml
