// Checks a memory plan without knowing how it was made.
#ifndef TINYML_RUNTIME_ARENA_PLAN_CHECK_H_
#define TINYML_RUNTIME_ARENA_PLAN_CHECK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "runtime/arena/planner.h"

namespace tinyml::runtime {

enum class PlanFaultKind : uint8_t {
  kOffsetCount,     // Not one offset for each buffer.
  kNegativeOffset,  // `buffer` starts before the arena.
  kPastEnd,         // `buffer` ends past the plan's size.
  kUnaligned,       // `buffer` is not 16-aligned.
  kOverlap,         // `buffer` overlaps `other`, which lives at the same time.
};

struct PlanFault {
  PlanFaultKind kind = PlanFaultKind::kOffsetCount;
  size_t buffer = 0;
  size_t other = 0;  // Of kOverlap.

  friend bool operator==(const PlanFault&, const PlanFault&) = default;
};

// Returns a fault of `plan`, or nothing. Offsets that the model prescribes may
// overlap each other, as the runtime allows; if one of them is unaligned, other
// buffers may be too.
std::optional<PlanFault> FindPlanFault(std::span<const PlanBuffer> buffers,
                                       const Plan& plan);

// "buffer 3 overlaps buffer 1, which lives at the same time".
std::string Describe(const PlanFault& fault);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_PLAN_CHECK_H_
