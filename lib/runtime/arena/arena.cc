#include "runtime/arena/arena.h"

#include <algorithm>

#include "base/checked.h"
#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {

bool Arena::Apply(const Event& event) {
  int64_t peak = 0;
  switch (event.kind) {
    case EventKind::kPersistent: {
      const int64_t start = AlignDown(tail_ - event.size, event.alignment);
      if (start < HeadBytes()) return false;
      tail_ = start;
      break;
    }
    case EventKind::kTemp: {
      const int64_t start = AlignUp(temp_, event.alignment);
      if (tail_ - start < event.size) return false;
      temp_ = start + event.size;
      break;
    }
    case EventKind::kResetTemps:
      temp_ = head_;
      break;
    case EventKind::kResizeHead:
      if (tail_ < event.size) return false;
      head_ = event.size;
      temp_ = head_;
      break;
    case EventKind::kPlannerSpace: {
      const int64_t start = AlignUp(temp_, kArenaAlignment);
      const int64_t end = AlignDown(tail_, kArenaAlignment);
      if (end - start < event.size) return false;
      peak = start + event.size + (size_ - end);
      break;
    }
  }
  peak_ = std::max({peak_, peak, HeadBytes() + TailBytes()});
  return true;
}

ReplayResult Replay(const EventLog& events, int64_t arena_bytes) {
  Arena arena(arena_bytes);
  ReplayResult result;
  for (size_t i = 0; i < events.size(); ++i) {
    const int64_t before = arena.PeakBytes();
    if (!arena.Apply(events[i])) {
      result.failed_event = i;
      break;
    }
    if (arena.PeakBytes() > before) result.peak_event = i;
  }
  result.head_bytes = arena.HeadBytes();
  result.tail_bytes = arena.TailBytes();
  result.used_bytes = result.head_bytes + result.tail_bytes;
  result.peak_bytes = arena.PeakBytes();
  result.required_bytes = AlignUp(result.peak_bytes, kArenaAlignment);
  return result;
}

}  // namespace tinyml::runtime
