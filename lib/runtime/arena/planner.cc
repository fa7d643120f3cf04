#include "runtime/arena/planner.h"

#include <algorithm>

namespace tinyml::runtime {
namespace {

// A buffer that has been placed.
struct Placed {
  int64_t offset = 0;
  int64_t size = 0;
  int32_t first_used = 0;
  int32_t last_used = 0;
};

// The lowest gap for `wanted` among `placed`, which is ordered by offset.
int64_t FirstGap(const std::vector<Placed>& placed, const PlanBuffer& wanted) {
  int64_t candidate = 0;
  for (const Placed& other : placed) {
    if (other.first_used > wanted.last_used ||
        wanted.first_used > other.last_used) {
      continue;
    }
    if (other.offset - candidate >= wanted.size) break;
    candidate = std::max(candidate, other.offset + other.size);
  }
  return candidate;
}

}  // namespace

Plan GreedyPlan(std::span<const PlanBuffer> buffers) {
  std::vector<size_t> offline;
  std::vector<size_t> online;
  for (size_t i = 0; i < buffers.size(); ++i) {
    (buffers[i].offline_offset.has_value() ? offline : online).push_back(i);
  }
  // The runtime fills its list from the back and sorts it stably.
  std::reverse(online.begin(), online.end());
  std::stable_sort(online.begin(), online.end(), [&](size_t a, size_t b) {
    return buffers[a].size > buffers[b].size;
  });
  offline.insert(offline.end(), online.begin(), online.end());

  Plan plan;
  plan.offsets.resize(buffers.size());
  std::vector<Placed> placed;
  placed.reserve(buffers.size());
  for (size_t i : offline) {
    const PlanBuffer& buffer = buffers[i];
    const int64_t offset = buffer.offline_offset.has_value()
                               ? *buffer.offline_offset
                               : FirstGap(placed, buffer);
    plan.offsets[i] = offset;
    plan.size = std::max(plan.size, offset + buffer.size);
    const auto position =
        std::upper_bound(placed.begin(), placed.end(), offset,
                         [](int64_t value, const Placed& other) {
                           return value < other.offset;
                         });
    placed.insert(position,
                  {offset, buffer.size, buffer.first_used, buffer.last_used});
  }
  return plan;
}

}  // namespace tinyml::runtime
