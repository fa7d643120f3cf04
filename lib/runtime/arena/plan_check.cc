#include "runtime/arena/plan_check.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {
namespace {

bool OverlapInTime(const PlanBuffer& a, const PlanBuffer& b) {
  return a.first_used <= b.last_used && b.first_used <= a.last_used;
}

}  // namespace

std::optional<PlanFault> FindPlanFault(std::span<const PlanBuffer> buffers,
                                       const Plan& plan) {
  using enum PlanFaultKind;
  if (plan.offsets.size() != buffers.size()) return PlanFault{kOffsetCount};
  // Buffers placed after an unaligned prescribed offset may be unaligned too.
  const bool aligned = std::ranges::all_of(buffers, [](const auto& buffer) {
    return buffer.offline_offset.value_or(0) % kArenaAlignment == 0;
  });
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (plan.offsets[i] < 0) return PlanFault{kNegativeOffset, i};
    if (plan.offsets[i] + buffers[i].size > plan.size) {
      return PlanFault{kPastEnd, i};
    }
    if (aligned && plan.offsets[i] % kArenaAlignment != 0) {
      return PlanFault{kUnaligned, i};
    }
  }
  // Sweep over time. Buffers that are live at the same time do not overlap, so
  // each new one need only be compared with its neighbours by offset.
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
      return PlanFault{kOverlap, i, next->second};
    }
    if (next != live.begin() &&
        end_of(std::prev(next)->second) > plan.offsets[i]) {
      return PlanFault{kOverlap, i, std::prev(next)->second};
    }
    by_last_use.emplace(buffers[i].last_used,
                        live.emplace_hint(next, plan.offsets[i], i));
  }
  for (size_t i : offline) {
    for (size_t j : order) {
      if (OverlapInTime(buffers[i], buffers[j]) &&
          plan.offsets[i] < end_of(j) && plan.offsets[j] < end_of(i)) {
        return PlanFault{kOverlap, j, i};
      }
    }
  }
  return std::nullopt;
}

std::string Describe(const PlanFault& fault) {
  const std::string buffer = "buffer " + std::to_string(fault.buffer);
  switch (fault.kind) {
    case PlanFaultKind::kOffsetCount:
      return "it does not have one offset for each buffer";
    case PlanFaultKind::kNegativeOffset:
      return buffer + " starts before the arena";
    case PlanFaultKind::kPastEnd:
      return buffer + " ends past the plan's size";
    case PlanFaultKind::kUnaligned:
      return buffer + " is not aligned";
    case PlanFaultKind::kOverlap:
      return buffer + " overlaps buffer " + std::to_string(fault.other) +
             ", which lives at the same time";
  }
  return buffer;
}

}  // namespace tinyml::runtime
