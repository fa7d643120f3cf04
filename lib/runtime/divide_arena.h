// The required arena divided up among operators and shares.
#ifndef TINYML_RUNTIME_DIVIDE_ARENA_H_
#define TINYML_RUNTIME_DIVIDE_ARENA_H_

#include <cstdint>
#include <map>
#include <utility>

#include "runtime/simulate.h"
#include "tinyml/arena.h"

namespace tinyml::runtime {

// The share of arena_used_bytes that a persistent allocation belongs to.
ArenaShareKind ShareOf(const Event& event);

struct OperatorParts {
  int64_t persistent = 0;
  int64_t scratch = 0;  // In the arena where it is fullest.
  int64_t tensors = 0;  // Likewise, of those that it makes.

  int64_t Sum() const { return persistent + scratch + tensors; }
};

// All parts add up to the required arena.
struct ArenaDivision {
  std::map<OperatorId, OperatorParts> operators;
  std::map<ArenaShareId, int64_t> shares;
};

// Divides up the arena as it is at the moment that decides its size. `report`
// is the simulation's, with its buffers.
ArenaDivision DivideAtPeak(const Simulation& simulation,
                           const ArenaReport& report);

// The operator that makes each tensor, by subgraph and the tensor's index.
using TensorMakers = std::map<std::pair<int, TensorIndex>, int>;

// Divides up what a report says, which may be an earlier program's: the arena
// as it is after AllocateTensors(), and what that needs beyond. Tensors count
// for their operators, unless `makers` is null.
ArenaDivision DivideReport(const ArenaReport& report,
                           const TensorMakers* makers);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_DIVIDE_ARENA_H_
