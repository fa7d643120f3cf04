// AllocateTensors(), simulated: what a model asks of the arena on a target.
#ifndef TINYML_RUNTIME_SIMULATE_H_
#define TINYML_RUNTIME_SIMULATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/arena/arena.h"
#include "runtime/arena/events.h"
#include "runtime/arena/lifetimes.h"
#include "runtime/arena/planner.h"
#include "runtime/kernels/kernel_context.h"
#include "runtime/targets/target.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

struct SimulationOptions {
  // Resource variables that the application creates from the same allocator.
  // Default: as many as the model names.
  std::optional<int> resource_variables;
};

// A buffer of the memory plan.
struct PlannedBuffer {
  bool is_scratch = false;
  // The operator that requested the scratch buffer; for a tensor, its subgraph
  // and kNoOperatorIndex.
  OperatorId owner;
  // Tensor index in its subgraph, or number of the scratch request.
  int index = 0;
  int64_t size_bytes = 0;  // Before rounding up to 16.
  Lifetime lifetime;
  int64_t offset_bytes = 0;
};

struct Simulation {
  EventLog events;
  ReplayResult replay;  // In an unlimited arena.
  // The same after input(0) and output(0), where these allocate their tensors.
  std::optional<ReplayResult> with_io_tensors;
  std::vector<PlannedBuffer> buffers;
  std::vector<OperatorId> scopes;  // As in Lifetimes.
  std::vector<KernelContext::ScratchRequest> scratch;
  // The variables behind the events of Purpose::kVariableTensor, in order.
  struct Variable {
    size_t subgraph = 0;
    size_t tensor = 0;
  };
  std::vector<Variable> variables;
  std::vector<std::string> warnings;
  int resource_variables = 0;
  // Every tensor as it is at Invoke, by subgraph and index. These point into
  // the model.
  std::vector<std::vector<RuntimeTensor>> tensors;
  std::vector<ResourceVariable> resources;  // By id.
};

// Simulates the interpreter's construction and AllocateTensors() for `model`,
// which must have passed ValidateModel, on `target`. Fails with kUnsupported
// where the runtime refuses the model (or aborts), naming the operator.
// Thread-safe.
Result<Simulation> Simulate(const Model& model, const Target& target,
                            const SimulationOptions& options = {});

// The smallest arena for `count` resource variables alone, which an application
// creates with an allocator of their own.
int64_t SizeResourceArena(const Target& target, int count);

// How many resource variables the model names: distinct pairs of container and
// shared name.
int CountResourceVariables(const Model& model);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_SIMULATE_H_
