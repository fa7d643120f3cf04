// Placing buffers with known lifetimes in the non-persistent part of the arena.
//
// A planner is a pure function of the buffers. Offsets and sizes are in bytes;
// times are allocation scopes, both ends included.
#ifndef TINYML_RUNTIME_ARENA_PLANNER_H_
#define TINYML_RUNTIME_ARENA_PLANNER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tinyml::runtime {

struct PlanBuffer {
  int64_t size = 0;  // Rounded up to the arena's alignment.
  int32_t first_used = 0;
  int32_t last_used = 0;
  // An offset that the model itself prescribes.
  std::optional<int64_t> offline_offset = std::nullopt;
};

struct Plan {
  std::vector<int64_t> offsets;  // One for each buffer, in order.
  int64_t size = 0;              // The largest end.
};

// The runtime's plan: offline buffers first, then by decreasing size (equal
// sizes: the later one first), each into the lowest gap that is large enough.
// Source: tflite-micro 90b983c2b3f1, micro/memory_planner/
// greedy_memory_planner.cc, CalculateOffsetsIfNeeded.
Plan GreedyPlan(std::span<const PlanBuffer> buffers);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_PLANNER_H_
