// How long calls report their progress, and how they are cancelled.
#ifndef TINYML_PROGRESS_H_
#define TINYML_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <string_view>

namespace tinyml {

// Called now and then with how much is done, of how much, by one thread at a
// time, not always the caller's. Returns whether to go on: after false, the
// call that it was passed to fails with kCancelled as soon as work in progress
// has ended, and leaves nothing half done.
using Progress = std::function<bool(int64_t done, int64_t of)>;

// The same for a call with several phases, with what is being done.
using PhaseProgress =
    std::function<bool(std::string_view what, int64_t done, int64_t of)>;

}  // namespace tinyml

#endif  // TINYML_PROGRESS_H_
