#include "base/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tinyml {

int ThreadsFor(int wanted, int64_t items) {
  constexpr int64_t kMost = 256;
  const int64_t threads =
      wanted > 0 ? wanted : std::thread::hardware_concurrency();
  return static_cast<int>(
      std::max<int64_t>(1, std::min({threads, items, kMost})));
}

void RunOnThreads(int threads, const std::function<void(int)>& body) {
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) {
    try {
      others.emplace_back(body, thread);
    } catch (const std::system_error&) {
      break;  // The system has no more threads; fewer will do.
    }
  }
  body(0);
  for (std::thread& other : others) other.join();
}

Status ForEachInParallel(int64_t count, int threads,
                         const std::function<Status(int, int64_t)>& work,
                         const std::function<Status(int, int64_t)>& join) {
  std::mutex mutex;
  std::condition_variable turn;
  int64_t next = 0;           // Still to be worked on.
  int64_t joined = 0;         // Items that were joined.
  int64_t failed_at = count;  // The lowest item that failed.
  Status result;
  RunOnThreads(ThreadsFor(std::max(threads, 1), count), [&](int thread) {
    std::unique_lock lock(mutex);
    while (next < count) {
      const int64_t i = next++;
      lock.unlock();
      Status status = work(thread, i);
      lock.lock();
      if (status && join) {
        turn.wait(lock, [&] { return joined == i || failed_at < i; });
        if (failed_at < i) return;
        status = join(thread, i);
        ++joined;
      }
      if (!status && i < failed_at) {
        failed_at = i;
        result = std::move(status);
        next = count;
      }
      if (join) turn.notify_all();
    }
  });
  return result;
}

}  // namespace tinyml
