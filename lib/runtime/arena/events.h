// What the runtime asks of its arena while AllocateTensors() runs, in order.
#ifndef TINYML_RUNTIME_ARENA_EVENTS_H_
#define TINYML_RUNTIME_ARENA_EVENTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "tinyml/arena_parts.h"
#include "tinyml/operator_id.h"

namespace tinyml::runtime {

using Phase = ArenaPhase;

enum class EventKind : uint8_t {
  kPersistent,  // Takes `size` bytes from the tail.
  kTemp,        // Takes `size` bytes above the head until the next kResetTemps.
  kResetTemps,
  kResizeHead,    // Makes the head `size` bytes.
  kPlannerSpace,  // Needs `size` bytes above the temps; takes all there is.
};

// What the memory is for, where that matters to anyone.
enum class Purpose : uint8_t {
  kBookkeeping,  // Structs and tables of the runtime and its kernels.
  kVariableTensor,
  kResourceVariable,
  kPlannedBuffers,  // The head as the memory plan has it.
};

// No operator, and no subgraph either.
inline constexpr OperatorId kNobody = {-1, kNoOperatorIndex};

// One request.
struct Event {
  EventKind kind = EventKind::kPersistent;
  Phase phase = Phase::kConstructor;
  Purpose purpose = Purpose::kBookkeeping;
  // Who asks; kNoOperatorIndex for what a subgraph as a whole needs.
  OperatorId op = kNobody;
  int64_t size = 0;
  int32_t alignment = 1;
  std::string_view detail = {};  // For people; static storage.
};

using EventLog = std::vector<Event>;

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_EVENTS_H_
