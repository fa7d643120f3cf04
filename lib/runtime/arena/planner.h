// Placing buffers with known lifetimes in the non-persistent part of the arena.
//
// All functions are pure and thread-safe. Offsets and sizes are in bytes; times
// are allocation scopes, both ends included.
#ifndef TINYML_RUNTIME_ARENA_PLANNER_H_
#define TINYML_RUNTIME_ARENA_PLANNER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/status.h"

namespace tinyml::runtime {

struct PlanBuffer {
  int64_t size = 0;  // Rounded up to the arena's alignment.
  int32_t first_used = 0;
  int32_t last_used = 0;
  // A place that the model itself prescribes.
  std::optional<int64_t> offline_offset;
};

struct Plan {
  std::vector<int64_t> offsets;  // One for each buffer, in order.
  int64_t size = 0;              // The largest end.
};

// Turns buffers into a plan.
class Planner {
 public:
  virtual ~Planner() = default;
  virtual Plan Place(std::span<const PlanBuffer> buffers) const = 0;
};

// The runtime's planner: offline buffers first, then by falling size (equal
// sizes: the later one first), each into the first gap that is large enough.
// Source: tflite-micro 90b983c2b3f1, micro/memory_planner/
// greedy_memory_planner.cc, CalculateOffsetsIfNeeded.
class GreedyPlanner final : public Planner {
 public:
  Plan Place(std::span<const PlanBuffer> buffers) const override;
};

// One buffer after the other; nothing is reused. Source: as above,
// linear_memory_planner.cc.
class LinearPlanner final : public Planner {
 public:
  Plan Place(std::span<const PlanBuffer> buffers) const override;
};

// Checks a plan without knowing how it was made: an offset for each buffer, not
// negative and 16-aligned, no two buffers that live at the same time overlap,
// and the size covers all. Buffers that the model prescribes may overlap each
// other and be unaligned, as the runtime allows. Fails with kInternal and the
// pair at fault.
Status ValidatePlan(std::span<const PlanBuffer> buffers, const Plan& plan);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_PLANNER_H_
