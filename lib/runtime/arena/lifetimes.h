// When each tensor and scratch buffer lives, counted as the runtime counts.
#ifndef TINYML_RUNTIME_ARENA_LIFETIMES_H_
#define TINYML_RUNTIME_ARENA_LIFETIMES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/kernels/kernel_context.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Allocation scopes: 0 holds the graph's inputs; each operator, and each
// subgraph that it enters, opens the next. -1: never.
struct Lifetime {
  int32_t first_used = -1;
  int32_t last_used = -1;
};

struct Lifetimes {
  std::vector<std::vector<Lifetime>> tensors;  // By subgraph and index.
  std::vector<Lifetime> scratch;
  // What each scope belongs to; kNoOperatorIndex for entering a subgraph.
  std::vector<OperatorId> scopes;
};

// Walks the graph from subgraph 0. Fails with kUnsupported if subgraphs call
// each other recursively. Source: tflite-micro 90b983c2b3f1,
// micro/micro_allocation_info.cc, MarkAllocationLifetimes. `uses_ends` is
// Change::kUnusedTensorLifetimes: inputs and outputs of subgraphs are used
// there, even if no operator does.
Result<Lifetimes> ComputeLifetimes(
    const Model& model,
    std::span<const KernelContext::ScratchRequest> scratch_requests,
    bool uses_ends = true);

// The offsets of the model's own (offline) memory plan, one for each tensor of
// all subgraphs (-1: to be planned); nothing if it has none. Fails with
// kUnsupported unless it has one for each. `whole_name` is
// Change::kOfflinePlanName: other metadata may begin with the plan's name.
// Source: as above, GetOfflinePlannedOffsets.
Result<std::optional<std::vector<int32_t>>> OfflinePlan(const Model& model,
                                                        bool whole_name = true);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_LIFETIMES_H_
