#include "runtime/allocation_sequence.h"

#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {
namespace {

const StructDef* NodeOf(const Target& target) {
  if (target.static_memory) return &kNodeAndRegistration;
  return target.kernels.changes.Has(Change::kNodeSideEffects)
             ? &kFullNodeAndRegistration
             : &kOldNodeAndRegistration;
}

}  // namespace

AllocationSequence SequenceOf(const Target& target) {
  const ChangeSet& changes = target.kernels.changes;
  AllocationSequence sequence;
  if (changes.Has(Change::kInfineonAllocators)) {
    sequence.allocator = &kInfineonSingleArenaBufferAllocator;
    sequence.planner = &kGreedyMemoryPlanner;
    sequence.micro_allocator = &kInfineonMicroAllocator;
  } else if (changes.Has(Change::kNoErrorReporter)) {
    sequence.allocator = &kSingleArenaBufferAllocator;
    sequence.planner = &kGreedyMemoryPlanner;
    sequence.micro_allocator = &kMicroAllocator;
  } else if (changes.Has(Change::kPlannerInArena)) {
    sequence.allocator = &kReportingArenaAllocator;
    sequence.planner = &kGreedyMemoryPlanner;
    sequence.micro_allocator = &kReportingMicroAllocator;
  } else {
    sequence.allocator = &kSimpleMemoryAllocator;
    sequence.micro_allocator = &kOldMicroAllocator;
  }
  sequence.takes_subgraphs = changes.Has(Change::kSubgraphs);
  if (sequence.takes_subgraphs) {
    sequence.builtin_data_allocator = &kMicroBuiltinDataAllocator;
    sequence.subgraph_table = &kSubgraphAllocations;
  }
  sequence.node = NodeOf(target);
  sequence.variables_first = changes.Has(Change::kPlanAcrossSubgraphs);
  sequence.scratch_request = sequence.variables_first
                                 ? &kScratchBufferRequest
                                 : &kOldScratchBufferRequest;
  sequence.frees_scratch_table = changes.Has(Change::kScratchTableFreed);
  sequence.io_tensors = changes.Has(Change::kIoTensors);
  if (changes.Has(Change::kInfineonParameterAlignment)) {
    sequence.parameter_alignment = target.abi.pointer_bytes;
  }
  return sequence;
}

}  // namespace tinyml::runtime
