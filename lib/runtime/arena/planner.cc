#include "runtime/arena/planner.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {
namespace {

bool OverlapInTime(const PlanBuffer& a, const PlanBuffer& b) {
  return a.first_used <= b.last_used && b.first_used <= a.last_used;
}

// A buffer that has its place.
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

Plan GreedyPlanner::Place(std::span<const PlanBuffer> buffers) const {
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

Plan LinearPlanner::Place(std::span<const PlanBuffer> buffers) const {
  Plan plan;
  for (const PlanBuffer& buffer : buffers) {
    plan.offsets.push_back(plan.size);
    plan.size += buffer.size;
  }
  return plan;
}

Status ValidatePlan(std::span<const PlanBuffer> buffers, const Plan& plan) {
  const auto fault = [](size_t i, const std::string& what) {
    return Fail(ErrorCode::kInternal,
                "memory plan: buffer " + std::to_string(i) + " " + what);
  };
  const auto overlap = [&](size_t i, size_t j) {
    return fault(i, "overlaps buffer " + std::to_string(j) +
                        ", which lives at the same time");
  };
  if (plan.offsets.size() != buffers.size()) {
    return Fail(ErrorCode::kInternal,
                "memory plan: " + std::to_string(plan.offsets.size()) +
                    " offsets for " + std::to_string(buffers.size()) +
                    " buffers");
  }
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (plan.offsets[i] < 0) return fault(i, "starts before the arena");
    if (plan.offsets[i] + buffers[i].size > plan.size) {
      return fault(i, "ends past the plan's size");
    }
    if (!buffers[i].offline_offset && plan.offsets[i] % kArenaAlignment != 0) {
      return fault(i, "is not aligned");
    }
  }
  // Sweep over time. Buffers that live at once do not overlap, so each new one
  // needs a look at its neighbours by offset only.
  std::vector<size_t> order;
  std::vector<size_t> offline;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].size == 0) continue;
    (buffers[i].offline_offset ? offline : order).push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return buffers[a].first_used < buffers[b].first_used;
  });
  const auto end_of = [&](size_t i) {
    return plan.offsets[i] + buffers[i].size;
  };
  std::map<int64_t, size_t> live;  // By offset.
  std::multimap<int32_t, std::map<int64_t, size_t>::iterator> by_last_use;
  for (size_t i : order) {
    while (!by_last_use.empty() &&
           by_last_use.begin()->first < buffers[i].first_used) {
      live.erase(by_last_use.begin()->second);
      by_last_use.erase(by_last_use.begin());
    }
    const auto next = live.lower_bound(plan.offsets[i]);
    if (next != live.end() && plan.offsets[next->second] < end_of(i)) {
      return overlap(i, next->second);
    }
    if (next != live.begin() &&
        end_of(std::prev(next)->second) > plan.offsets[i]) {
      return overlap(i, std::prev(next)->second);
    }
    by_last_use.emplace(buffers[i].last_used,
                        live.emplace_hint(next, plan.offsets[i], i));
  }
  for (size_t i : offline) {
    for (size_t j : order) {
      if (OverlapInTime(buffers[i], buffers[j]) &&
          plan.offsets[i] < end_of(j) && plan.offsets[j] < end_of(i)) {
        return overlap(j, i);
      }
    }
  }
  return {};
}

}  // namespace tinyml::runtime
