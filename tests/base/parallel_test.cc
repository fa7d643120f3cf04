// The parallel loop: order, failures, and a system without threads.
#include "base/parallel.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace tinyml {
namespace {

// During its lifetime no thread can be created: each would need a stack larger
// than the address space.
class NoNewThreads {
 public:
  NoNewThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_getstacksize(&attributes, &stack_bytes_);
    SetStack(size_t{1} << 62);
  }
  ~NoNewThreads() { SetStack(stack_bytes_); }
  NoNewThreads(const NoNewThreads&) = delete;
  NoNewThreads& operator=(const NoNewThreads&) = delete;

 private:
  static void SetStack(size_t bytes) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
    ASSERT_EQ(pthread_setattr_default_np(&attributes), 0);
  }

  size_t stack_bytes_ = 0;
};

TEST(Parallel, ThreadsForIsBoundByWorkAndByAsking) {
  EXPECT_EQ(ThreadsFor(4, 100), 4);
  EXPECT_EQ(ThreadsFor(4, 3), 3);
  EXPECT_EQ(ThreadsFor(4, 0), 1);
  EXPECT_EQ(ThreadsFor(1000, 1000), 256);
  EXPECT_GE(ThreadsFor(0, 1000), 1);
}

TEST(Parallel, EveryItemIsWorkedOnOnce) {
  for (const int threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> done(100);
    const Status status =
        ForEachInParallel(100, threads, [&](int thread, int64_t i) -> Status {
          EXPECT_GE(thread, 0);
          EXPECT_LT(thread, threads);
          ++done[i];
          return {};
        });
    EXPECT_TRUE(status.has_value());
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
}

TEST(Parallel, ItemsAreJoinedInTheirOrder) {
  std::vector<int64_t> order;
  const auto work = [](int, int64_t i) -> Status {
    if (i % 3 == 0) std::this_thread::yield();
    return {};
  };
  const auto join = [&](int, int64_t i) -> Status {
    order.push_back(i);
    return {};
  };
  ASSERT_TRUE(ForEachInParallel(200, 4, work, join).has_value());
  std::vector<int64_t> expected(200);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

TEST(Parallel, TheLowestFailureIsReturnedAndNothingAfterItIsJoined) {
  for (const int threads : {1, 4}) {
    std::vector<int64_t> order;
    const auto work = [](int, int64_t i) -> Status {
      if (i == 5) std::this_thread::yield();
      if (i >= 5) return Fail(ErrorCode::kInvalid, std::to_string(i));
      return {};
    };
    const auto join = [&](int, int64_t i) -> Status {
      order.push_back(i);
      return {};
    };
    const Status status = ForEachInParallel(50, threads, work, join);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().message, "5");
    EXPECT_EQ(order, (std::vector<int64_t>{0, 1, 2, 3, 4}));
  }
}

TEST(Parallel, AFailureStopsTheRest) {
  std::atomic<int> begun = 0;
  const Status status =
      ForEachInParallel(1'000'000, 2, [&](int, int64_t i) -> Status {
        ++begun;
        if (i == 10) return Fail(ErrorCode::kInvalid, "cancelled");
        return {};
      });
  EXPECT_FALSE(status.has_value());
  EXPECT_LT(begun, 1'000'000);
}

TEST(Parallel, AFailingJoinIsReturned) {
  const Status status = ForEachInParallel(
      20, 3, [](int, int64_t) -> Status { return {}; },
      [](int, int64_t i) -> Status {
        if (i == 7) return Fail(ErrorCode::kInvalid, "join 7");
        return {};
      });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "join 7");
}

TEST(Parallel, NothingToDoIsDone) {
  EXPECT_TRUE(ForEachInParallel(0, 4, [](int, int64_t) -> Status {
                return Fail(ErrorCode::kInternal, "called");
              }).has_value());
}

TEST(Parallel, WithoutNewThreadsTheCallerDoesItAll) {
  const NoNewThreads none;
  EXPECT_THROW(std::thread([] {}).join(), std::system_error);
  const auto caller = std::this_thread::get_id();
  int64_t sum = 0;
  const Status status =
      ForEachInParallel(10, 4, [&](int thread, int64_t i) -> Status {
        EXPECT_EQ(thread, 0);
        EXPECT_EQ(std::this_thread::get_id(), caller);
        sum += i;
        return {};
      });
  EXPECT_TRUE(status.has_value());
  EXPECT_EQ(sum, 45);
}

}  // namespace
}  // namespace tinyml
