// The parts of a simulated arena: the steps in which the runtime allocates, and
// the shares of what it takes.
#ifndef TINYML_ARENA_PARTS_H_
#define TINYML_ARENA_PARTS_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "tinyml/export.h"

namespace tinyml {

// The index of OperatorId where a subgraph as a whole is meant.
inline constexpr int kNoOperatorIndex = -1;

// The steps of setting up an interpreter, in order.
enum class ArenaPhase : uint8_t {
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

// "prepare", "plan", "io_tensors", ...
TINYML_API std::string_view ArenaPhaseName(ArenaPhase phase);

// What a share of the arena is for.
enum class ArenaShareKind : uint8_t {
  // Shares of arena_used_bytes.
  kHead,            // Tensors and scratch buffers.
  kRuntimeObjects,  // The interpreter and its allocator.
  kResourceTable,
  kEvalTensors,
  kNodes,
  kOperatorParameters,
  kOperatorData,  // What Init and Prepare ask for.
  kVariableTensors,
  kScratchHandles,
  kIoTensors,
  kTailAlignment,
  // Shares of the required arena, whose head is divided up as well.
  kLiveTensors,  // Where the arena is fullest.
  kGraphInputs,  // Of those, what no operator produces.
  kGaps,         // In the memory plan.
  kTemporaries,  // Needed only during AllocateTensors().
  kAllObjects,   // Of interpreter, tensors and operators.
  kRounding,
  // A share that only another version of the program knows.
  kOther,
};

// "operator parameters", ...; empty for kOther.
TINYML_API std::string_view ArenaShareName(ArenaShareKind kind);

// A share as reports name it.
struct ArenaShareId {
  ArenaShareKind kind = ArenaShareKind::kOther;
  std::string other_name;  // Of kOther, as in the report.

  std::string_view Name() const {
    return kind == ArenaShareKind::kOther ? other_name : ArenaShareName(kind);
  }

  friend auto operator<=>(const ArenaShareId&, const ArenaShareId&) = default;
};

}  // namespace tinyml

#endif  // TINYML_ARENA_PARTS_H_
