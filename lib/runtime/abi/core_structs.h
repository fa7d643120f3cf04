// The runtime's own bookkeeping structs that land in the arena.
//
// Source: tflite-micro 90b983c2b3f1, the headers named at each, below
// tensorflow/lite/.
#ifndef TINYML_RUNTIME_ABI_CORE_STRUCTS_H_
#define TINYML_RUNTIME_ABI_CORE_STRUCTS_H_

#include "runtime/abi/abi.h"

namespace tinyml::runtime {

// micro/arena_allocator/single_arena_buffer_allocator.h
// Two base classes with virtual functions, hence two vtable pointers.
inline constexpr Field kSingleArenaBufferAllocatorFields[] = {
    Pointer(2), Pointer(5), Pointer(), Int32()};
inline constexpr StructDef kSingleArenaBufferAllocator = {
    "SingleArenaBufferAllocator", kSingleArenaBufferAllocatorFields};

// Without Change::kNoErrorReporter: a pointer to an error reporter more.
inline constexpr Field kReportingArenaAllocatorFields[] = {
    Pointer(2), Pointer(6), Pointer(), Int32()};
inline constexpr StructDef kReportingArenaAllocator = {
    "SimpleMemoryAllocator", kReportingArenaAllocatorFields};

// With Change::kInfineonAllocators: the size that its binary asks for.
inline constexpr Field kInfineonSingleArenaBufferAllocatorFields[] = {
    Struct(kSingleArenaBufferAllocator), Pointer()};
inline constexpr StructDef kInfineonSingleArenaBufferAllocator = {
    "SingleArenaBufferAllocator", kInfineonSingleArenaBufferAllocatorFields};

// Without Change::kPlannerInArena: micro/simple_memory_allocator.h and
// micro/micro_allocator.h of tinyMLx/arduino-library 6b54b97.
inline constexpr Field kSimpleMemoryAllocatorFields[] = {Pointer(7)};
inline constexpr StructDef kSimpleMemoryAllocator = {
    "SimpleMemoryAllocator", kSimpleMemoryAllocatorFields};
inline constexpr Field kOldMicroAllocatorFields[] = {Pointer(3), Bool(),
                                                     SizeT(2)};
inline constexpr StructDef kOldMicroAllocator = {"MicroAllocator",
                                                 kOldMicroAllocatorFields};

// micro/memory_planner/greedy_memory_planner.h
inline constexpr Field kGreedyMemoryPlannerFields[] = {
    Pointer(), Int32(2), Pointer(3), Pointer(), Int32(2), Pointer(), Bool()};
inline constexpr StructDef kGreedyMemoryPlanner = {"GreedyMemoryPlanner",
                                                   kGreedyMemoryPlannerFields};

// micro/memory_planner/linear_memory_planner.h
inline constexpr Field kLinearMemoryPlannerFields[] = {Pointer(), SizeT(1024),
                                                       Int32(), SizeT()};
inline constexpr StructDef kLinearMemoryPlanner = {"LinearMemoryPlanner",
                                                   kLinearMemoryPlannerFields};

// micro/micro_allocator.h
inline constexpr Field kMicroAllocatorFields[] = {
    Pointer(), Pointer(2), Pointer(), Pointer(),
    Bool(),    SizeT(),    Pointer(), SizeT()};
inline constexpr StructDef kMicroAllocator = {"MicroAllocator",
                                              kMicroAllocatorFields};

// Without Change::kNoErrorReporter, as above.
inline constexpr Field kReportingMicroAllocatorFields[] = {
    Pointer(), Pointer(2), Pointer(), Pointer(2),
    Bool(),    SizeT(),    Pointer(), SizeT()};
inline constexpr StructDef kReportingMicroAllocator = {
    "MicroAllocator", kReportingMicroAllocatorFields};

// With Change::kInfineonAllocators: the size that its binary asks for.
inline constexpr Field kInfineonMicroAllocatorFields[] = {
    Struct(kMicroAllocator), Pointer()};
inline constexpr StructDef kInfineonMicroAllocator = {
    "MicroAllocator", kInfineonMicroAllocatorFields};

// micro/micro_allocator.cc
inline constexpr Field kMicroBuiltinDataAllocatorFields[] = {Pointer(2)};
inline constexpr StructDef kMicroBuiltinDataAllocator = {
    "MicroBuiltinDataAllocator", kMicroBuiltinDataAllocatorFields};

// micro/micro_allocator.h
inline constexpr Field kSubgraphAllocationsFields[] = {Pointer(2)};
inline constexpr StructDef kSubgraphAllocations = {"SubgraphAllocations",
                                                   kSubgraphAllocationsFields};

// core/c/common.h
inline constexpr Field kTfLiteEvalTensorFields[] = {Pointer(2), Enum()};
inline constexpr StructDef kTfLiteEvalTensor = {"TfLiteEvalTensor",
                                                kTfLiteEvalTensorFields};

// core/c/common.h, with TF_LITE_STATIC_MEMORY
inline constexpr Field kTfLiteNodeFields[] = {Pointer(5), Pointer(), Int32()};
inline constexpr StructDef kTfLiteNode = {"TfLiteNode", kTfLiteNodeFields};

// The same without TF_LITE_STATIC_MEMORY: also temporaries, delegate and
// might_have_side_effect.
inline constexpr Field kFullTfLiteNodeFields[] = {Pointer(7), Int32(),
                                                  Pointer(), Bool()};
inline constexpr StructDef kFullTfLiteNode = {"TfLiteNode",
                                              kFullTfLiteNodeFields};

// micro/micro_allocator.h
inline constexpr Field kNodeAndRegistrationFields[] = {Struct(kTfLiteNode),
                                                       Pointer()};
inline constexpr StructDef kNodeAndRegistration = {"NodeAndRegistration",
                                                   kNodeAndRegistrationFields};

// The same without TF_LITE_STATIC_MEMORY.
inline constexpr Field kFullNodeAndRegistrationFields[] = {
    Struct(kFullTfLiteNode), Pointer()};
inline constexpr StructDef kFullNodeAndRegistration = {
    "NodeAndRegistration", kFullNodeAndRegistrationFields};

// The same without Change::kNodeSideEffects.
inline constexpr Field kOldTfLiteNodeFields[] = {Pointer(7), Int32(),
                                                 Pointer()};
inline constexpr StructDef kOldTfLiteNode = {"TfLiteNode",
                                             kOldTfLiteNodeFields};
inline constexpr Field kOldNodeAndRegistrationFields[] = {
    Struct(kOldTfLiteNode), Pointer()};
inline constexpr StructDef kOldNodeAndRegistration = {
    "NodeAndRegistration", kOldNodeAndRegistrationFields};

// micro/micro_allocator.h
inline constexpr Field kScratchBufferRequestFields[] = {SizeT(), Int32(2)};
inline constexpr StructDef kScratchBufferRequest = {
    "ScratchBufferRequest", kScratchBufferRequestFields};
// Without Change::kPlanAcrossSubgraphs: no index of a subgraph.
inline constexpr Field kOldScratchBufferRequestFields[] = {SizeT(), Int32()};
inline constexpr StructDef kOldScratchBufferRequest = {
    "ScratchBufferRequest", kOldScratchBufferRequestFields};

// micro/micro_allocator.h
inline constexpr Field kScratchBufferHandleFields[] = {Pointer()};
inline constexpr StructDef kScratchBufferHandle = {"ScratchBufferHandle",
                                                   kScratchBufferHandleFields};

// micro/micro_allocation_info.h
inline constexpr Field kAllocationInfoFields[] = {SizeT(), Pointer(), Int32(3),
                                                  Bool()};
inline constexpr StructDef kAllocationInfo = {"AllocationInfo",
                                              kAllocationInfoFields};

// core/c/common.h
// TfLiteQuantizationType is an enum with a fixed type, int.
inline constexpr Field kTfLiteQuantizationFields[] = {Int32(), Pointer()};
inline constexpr StructDef kTfLiteQuantization = {"TfLiteQuantization",
                                                  kTfLiteQuantizationFields};

// core/c/common.h
inline constexpr Field kTfLiteQuantizationParamsFields[] = {Float(), Int32()};
inline constexpr StructDef kTfLiteQuantizationParams = {
    "TfLiteQuantizationParams", kTfLiteQuantizationParamsFields};

// core/c/common.h, with TF_LITE_STATIC_MEMORY
inline constexpr Field kTfLiteTensorFields[] = {
    Struct(kTfLiteQuantization),
    Struct(kTfLiteQuantizationParams),
    Pointer(2),
    SizeT(),
    Enum(),
    Enum(),
    Bool()};
inline constexpr StructDef kTfLiteTensor = {"TfLiteTensor",
                                            kTfLiteTensorFields};

// The same without TF_LITE_STATIC_MEMORY: type, data, dims, params,
// allocation_type, bytes, allocation, name, delegate, buffer_handle,
// data_is_stale, is_variable, quantization, sparsity, dims_signature.
inline constexpr Field kFullTfLiteTensorFields[] = {
    Enum(),    Pointer(2), Struct(kTfLiteQuantizationParams),
    Enum(),    SizeT(),    Pointer(3),
    Int32(),   Bool(2),    Struct(kTfLiteQuantization),
    Pointer(2)};
inline constexpr StructDef kFullTfLiteTensor = {"TfLiteTensor",
                                                kFullTfLiteTensorFields};

// core/c/common.h
inline constexpr Field kTfLiteAffineQuantizationFields[] = {Pointer(2),
                                                            Int32()};
inline constexpr StructDef kTfLiteAffineQuantization = {
    "TfLiteAffineQuantization", kTfLiteAffineQuantizationFields};

// micro/micro_resource_variable.h
inline constexpr Field kMicroResourceVariableFields[] = {Pointer(3), SizeT(),
                                                         Int8()};
inline constexpr StructDef kMicroResourceVariable = {
    "MicroResourceVariable", kMicroResourceVariableFields};

// Without Change::kResourceDefaults.
inline constexpr Field kOldMicroResourceVariableFields[] = {Pointer(3),
                                                            SizeT()};
inline constexpr StructDef kOldMicroResourceVariable = {
    "MicroResourceVariable", kOldMicroResourceVariableFields};

// micro/micro_resource_variable.h
inline constexpr Field kMicroResourceVariablesFields[] = {Pointer(), Int32(2)};
inline constexpr StructDef kMicroResourceVariables = {
    "MicroResourceVariables", kMicroResourceVariablesFields};

// What the greedy planner keeps for each buffer: BufferRequirements (4 int),
// two sorted arrays (int), ListEntry (3 int), the offset (int).
// Source: micro/memory_planner/greedy_memory_planner.h, per_buffer_size.
inline constexpr int64_t kGreedyPlannerBytesPerBuffer =
    4 * 4 + 2 * 4 + 3 * 4 + 4;

// MicroArenaBufferAlignment(), micro/micro_arena_constants.h.
inline constexpr int32_t kArenaAlignment = 16;

// kMaxScratchBuffersPerOp, micro/micro_allocator.cc.
inline constexpr int kMaxScratchBuffersPerOperator = 12;

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ABI_CORE_STRUCTS_H_
