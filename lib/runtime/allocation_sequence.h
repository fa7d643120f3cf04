// What AllocateTensors() does differently from revision to revision: each
// change that decides it is named here, once.
#ifndef TINYML_RUNTIME_ALLOCATION_SEQUENCE_H_
#define TINYML_RUNTIME_ALLOCATION_SEQUENCE_H_

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/targets/target.h"

namespace tinyml::runtime {

// The structs that the allocators keep in the arena, and the order of the steps
// that moved. Null: it does not lie in the arena.
struct AllocationSequence {
  const StructDef* allocator = nullptr;
  const StructDef* planner = nullptr;
  const StructDef* micro_allocator = nullptr;
  const StructDef* builtin_data_allocator = nullptr;
  const StructDef* subgraph_table = nullptr;
  const StructDef* node = nullptr;
  const StructDef* scratch_request = nullptr;
  // The least alignment of an operator's parameters.
  int64_t parameter_alignment = 1;
  bool takes_subgraphs = true;
  // Variables get their memory before the plan is made, not after it.
  bool variables_first = true;
  // The table of scratch requests is freed before the plan is placed; else the
  // plan must fit above it.
  bool frees_scratch_table = true;
  // AllocateTensors() allocates the TfLiteTensor of every input and output;
  // else input(i) and output(i) do.
  bool io_tensors = true;
};

AllocationSequence SequenceOf(const Target& target);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ALLOCATION_SEQUENCE_H_
