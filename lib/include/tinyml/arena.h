// The arena a model needs on a target: the runtime's allocation, simulated.
//
// All sizes are in bytes. Functions are pure and thread-safe.
#ifndef TINYML_ARENA_H_
#define TINYML_ARENA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tinyml/arena_parts.h"
#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

struct ArenaOptions {
  // Resource variables that the application creates from the same allocator.
  // Default: as many as the model names.
  std::optional<int> resource_variables;
};

// What one operator takes for itself.
struct ArenaOperator {
  OperatorId id;
  std::string name;  // "CONV_2D", or the custom code.
  // Its parameters and what its Init and Prepare ask for, before alignment.
  int64_t persistent_bytes = 0;
  std::vector<int64_t> scratch_bytes;  // Each request, in order.
  // Its part of required_arena_bytes: persistent memory, and the scratch memory
  // that is live where the arena is fullest.
  int64_t required_bytes = 0;
};

// A buffer in the non-persistent part of the arena.
struct ArenaBuffer {
  enum class Kind { kTensor, kScratch };
  Kind kind = Kind::kTensor;
  // The operator that requested the scratch buffer; for a tensor, its subgraph
  // and kNoOperatorIndex.
  OperatorId owner;
  // A tensor's index over all subgraphs, or the number of a scratch request.
  int index = 0;
  // The tensor's index in its subgraph; -1 for scratch.
  TensorIndex tensor = -1;
  std::string name;
  int64_t size_bytes = 0;
  int first_used = 0;  // Allocation scopes, both included.
  int last_used = 0;
  int64_t offset_bytes = 0;  // From the arena's start.

  bool IsLive(int scope) const {
    return first_used <= scope && scope <= last_used;
  }
};

// What a part of the arena is used for.
struct ArenaShare {
  ArenaShareId what;
  int64_t bytes = 0;
  int64_t count = 0;  // Allocations.
};

// The arena once input(0) and output(0) were called.
struct ArenaWithIo {
  int64_t arena_used_bytes = 0;
  int64_t required_arena_bytes = 0;
};

struct ArenaReport {
  // arena_used_bytes() after AllocateTensors().
  int64_t arena_used_bytes = 0;
  // The smallest arena, a multiple of 16 and 16-aligned, with which
  // AllocateTensors() succeeds.
  int64_t required_arena_bytes = 0;
  // Only of a runtime that allocates the TfLiteTensor of an input or output
  // when it is first asked for.
  std::optional<ArenaWithIo> with_io;
  int64_t head_bytes = 0;  // Non-persistent part of arena_used_bytes.
  int64_t tail_bytes = 0;  // Persistent part.
  // Where the peak that decides required_arena_bytes lies.
  ArenaPhase peak_phase = ArenaPhase::kConstructor;
  // The operator at which the non-persistent part is fullest, and its scope;
  // none if there are no buffers.
  std::optional<OperatorId> peak_operator;
  int peak_scope = -1;
  int resource_variables = 0;
  // The smallest arena for resource variables alone; nothing: they are in the
  // same arena.
  std::optional<int64_t> resource_arena_bytes;
  std::vector<ArenaShare> breakdown;  // They add up to arena_used_bytes.
  // With ArenaOperator::required_bytes they add up to required_arena_bytes.
  std::vector<ArenaShare> required_shares;
  std::vector<ArenaOperator> operators;
  std::vector<ArenaBuffer> buffers;
  // What each allocation scope belongs to: an operator, or a subgraph's inputs
  // (kNoOperatorIndex). In the order in which the runtime counts them.
  std::vector<OperatorId> scopes;
  // What the runtime accepts but is unsafe or will fail when invoked.
  std::vector<std::string> warnings;

  // The size to declare.
  int64_t DeclareBytes() const {
    return with_io ? with_io->required_arena_bytes : required_arena_bytes;
  }
  // Known defects of the runtime or the kernels that the model meets.
  std::vector<Hazard> hazards;
};

// Sizes `model` for `target`. Fails with kUnsupported, naming the operator, if
// the runtime refuses the model there. Requires that the model passed
// ValidateModel, as every model that was read has.
TINYML_API Result<ArenaReport> SizeArena(const Model& model,
                                         const Target& target,
                                         const ArenaOptions& options = {});

}  // namespace tinyml

#endif  // TINYML_ARENA_H_
