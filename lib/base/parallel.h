// Numbered work on several threads, with results that do not depend on their
// number.
#ifndef TINYML_BASE_PARALLEL_H_
#define TINYML_BASE_PARALLEL_H_

#include <cstdint>
#include <functional>

#include "tinyml/status.h"

namespace tinyml {

// How many threads to use for `items` items if `wanted` are requested; 0: one
// for each core. At least 1 and at most 256.
int ThreadsFor(int wanted, int64_t items);

// Calls body(thread) on `threads` threads at once, numbered from 0; thread 0 is
// the caller's. Uses fewer if the system has no more threads.
void RunOnThreads(int threads, const std::function<void(int thread)>& body);

// Calls work(thread, i) for each i below `count`, in that order, on at most
// `threads` threads, and after each join(thread, i), if there is a `join`: one
// at a time and in the order of i. A thread waiting for its turn to join starts
// nothing else. The first failure, of `work` or `join`, stops the rest: running
// work is finished, and nothing after it is joined. Returns the failure of the
// lowest i, which is the same for any number of threads.
Status ForEachInParallel(
    int64_t count, int threads,
    const std::function<Status(int thread, int64_t i)>& work,
    const std::function<Status(int thread, int64_t i)>& join = {});

}  // namespace tinyml

#endif  // TINYML_BASE_PARALLEL_H_
