// What the runtime asks of its arena while AllocateTensors() runs, in order.
#ifndef TINYML_RUNTIME_ARENA_EVENTS_H_
#define TINYML_RUNTIME_ARENA_EVENTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace tinyml::runtime {

// The steps of setting up an interpreter, in their order.
enum class Phase : uint8_t {
  kConstructor,        // Allocator, planner and interpreter objects.
  kResourceVariables,  // What the application creates before the interpreter.
  kStartModel,         // Per-model bookkeeping.
  kEvalTensors,
  kNodes,
  kBuiltinData,    // Operator parameters, from the FlatBuffer.
  kInit,           // Kernels' Init.
  kPrepare,        // Kernels' Prepare.
  kFinishPrepare,  // After each Prepare.
  kPlan,           // Planning the non-persistent buffers; variable tensors.
  kIoTensors,      // TfLiteTensor structs of the graph's inputs and outputs.
};

// Returns the name used in reports: "prepare", "plan", "io_tensors", ...
std::string_view PhaseName(Phase phase);

enum class EventKind : uint8_t {
  kPersistent,  // Takes `size` bytes from the tail.
  kTemp,        // Takes `size` bytes above the head until the next kResetTemps.
  kResetTemps,
  kResizeHead,    // Makes the head `size` bytes.
  kPlannerSpace,  // Needs `size` bytes above the temps; takes all there is.
};

// One request. `what` names a string with static storage.
struct Event {
  EventKind kind = EventKind::kPersistent;
  Phase phase = Phase::kConstructor;
  int32_t subgraph = -1;
  int32_t op = -1;
  int64_t size = 0;
  int32_t alignment = 1;
  std::string_view what;
};

using EventLog = std::vector<Event>;

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_EVENTS_H_
