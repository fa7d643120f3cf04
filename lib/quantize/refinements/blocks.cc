#include "quantize/refinements/blocks.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tinyml::quantize {

int ThreadsFor(int wanted, int64_t blocks) {
  constexpr int kMost = 256;
  if (wanted <= 0) {
    wanted = static_cast<int>(
        std::min<unsigned>(std::thread::hardware_concurrency(), kMost));
  }
  const int64_t most = std::min<int64_t>(blocks, kMost);
  return static_cast<int>(
      std::max<int64_t>(1, std::min<int64_t>(wanted, most)));
}

Status ForEachBlock(int64_t blocks, int threads,
                    const std::function<Status(int, int64_t)>& work,
                    const std::function<Status(int, int64_t)>& join) {
  std::mutex mutex;
  std::condition_variable turn;
  int64_t next = 0;    // The next block to work on.
  int64_t joined = 0;  // Blocks that were joined.
  Status result;
  const auto run = [&](int thread) {
    std::unique_lock lock(mutex);
    while (result && next < blocks) {
      const int64_t block = next++;
      lock.unlock();
      Status status = work(thread, block);
      lock.lock();
      turn.wait(lock, [&] { return joined == block || !result; });
      if (!result) return;
      if (status) status = join(thread, block);
      if (!status) {
        result = std::move(status);
      } else {
        ++joined;
      }
      turn.notify_all();
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) {
    try {
      others.emplace_back(run, i);
    } catch (const std::system_error&) {
      break;  // The system has no more threads: fewer do it, too.
    }
  }
  run(0);
  for (std::thread& thread : others) thread.join();
  return result;
}

}  // namespace tinyml::quantize
