// The runtime's two-ended arena, replayed.
//
// Persistent allocations grow down from the end (tail); the non-persistent part
// (head) and temporary allocations grow up from the start. Offsets are in bytes
// from the start, which is 16-aligned.
//
// Source of the arithmetic: tflite-micro 90b983c2b3f1, micro/arena_allocator/
// single_arena_buffer_allocator.cc.
#ifndef TINYML_RUNTIME_ARENA_ARENA_H_
#define TINYML_RUNTIME_ARENA_ARENA_H_

#include <cstdint>
#include <optional>

#include "runtime/arena/events.h"

namespace tinyml::runtime {

// An arena too large for any model, a multiple of 16.
inline constexpr int64_t kUnlimitedArenaBytes = int64_t{1} << 56;

class Arena {
 public:
  // An arena of `bytes`; its start is aligned, its end need not be.
  explicit Arena(int64_t bytes) : size_(bytes), tail_(bytes) {}

  // Carries out one request. Returns false, changing nothing, if it does not
  // fit. Persistent memory never overlays temporary memory here; the runtime
  // itself does not check that.
  [[nodiscard]] bool Apply(const Event& event);

  // Bytes of the non-persistent part and of the temporary allocations above it.
  int64_t HeadBytes() const { return head_ > temp_ ? head_ : temp_; }
  int64_t TailBytes() const { return size_ - tail_; }
  // The largest HeadBytes() + TailBytes() so far, planner space included.
  int64_t PeakBytes() const { return peak_; }

 private:
  int64_t size_;
  int64_t head_ = 0;
  int64_t temp_ = 0;
  int64_t tail_;
  int64_t peak_ = 0;
};

struct ReplayResult {
  int64_t used_bytes = 0;  // arena_used_bytes() at the end.
  int64_t head_bytes = 0;
  int64_t tail_bytes = 0;
  int64_t peak_bytes = 0;      // Exact.
  int64_t required_bytes = 0;  // The peak rounded up to 16.
  size_t peak_event = 0;       // The first event that reaches the peak.
  // The event that does not fit; the fields above then describe the arena up to
  // it.
  std::optional<size_t> failed_event;
};

// Replays `events` in an arena of `arena_bytes`.
ReplayResult Replay(const EventLog& events,
                    int64_t arena_bytes = kUnlimitedArenaBytes);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_ARENA_H_
