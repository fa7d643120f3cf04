// Source of the sequence: tflite-micro 90b983c2b3f1, micro/micro_interpreter.cc
// (constructor, AllocateTensors), micro/micro_allocator.cc and
// micro/micro_interpreter_graph.cc.
#include "runtime/simulate.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/checked.h"
#include "base/macros.h"
#include "model/operator_table.h"
#include "runtime/abi/core_structs.h"
#include "runtime/arena/plan_check.h"
#include "runtime/kernels/kernel.h"
#include "runtime/targets/missing_operator.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// An operator with its entry in the resolver and its kernel.
struct Node {
  const OperatorRow* row = nullptr;
  const OperatorKernel* entry = nullptr;
  Kernel kernel;
};

class Simulator {
 public:
  Simulator(const Model& model, const Target& target)
      : model_(model), context_(model, target), abi_(target.abi) {}

  Result<Simulation> Run(const SimulationOptions& options) {
    TINYML_RETURN_IF_ERROR(context_.LoadTensors());
    const int resources =
        options.resource_variables.value_or(CountResourceVariables(model_));
    Construct(resources);
    StartModel();
    TINYML_RETURN_IF_ERROR(LoadNodes());
    TINYML_RETURN_IF_ERROR(InitAndPrepare());
    TINYML_RETURN_IF_ERROR(PlanMemory());
    AllocateIoTensors();

    Simulation result;
    result.replay = Replay(context_.events());
    result.events = context_.TakeEvents();
    result.buffers = std::move(buffers_);
    result.scopes = std::move(scopes_);
    result.scratch = context_.scratch();
    result.warnings = context_.warnings();
    result.resource_variables = resources;
    result.resources = context_.resource_variables();
    result.tensors = context_.TakeTensors();
    return result;
  }

  int64_t RunResourceArena(int count) {
    Construct(count);
    return Replay(context_.events()).required_bytes;
  }

 private:
  // Calls `visit(subgraph, op)` for every operator, in the runtime's order.
  template <typename Visit>
  Status ForEachOperator(Phase phase, Visit visit) {
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      const size_t count = model_.subgraphs[s].operators.size();
      for (size_t i = 0; i < count; ++i) {
        context_.Select(phase, {s, i});
        TINYML_RETURN_IF_ERROR(visit(s, i));
      }
    }
    return {};
  }

  // MicroAllocator::Create, and MicroResourceVariables::Create before the
  // interpreter.
  void Construct(int resources) {
    context_.Select(Phase::kConstructor);
    const bool infineon = context_.Has(Change::kInfineonAllocators);
    const bool reports = !context_.Has(Change::kNoErrorReporter);
    context_.RecordStruct(EventKind::kPersistent,
                          infineon  ? kInfineonSingleArenaBufferAllocator
                          : reports ? kReportingArenaAllocator
                                    : kSingleArenaBufferAllocator);
    context_.RecordStruct(EventKind::kPersistent, kGreedyMemoryPlanner);
    context_.RecordStruct(EventKind::kPersistent,
                          infineon  ? kInfineonMicroAllocator
                          : reports ? kReportingMicroAllocator
                                    : kMicroAllocator);
    context_.set_resource_capacity(resources);
    if (resources == 0 || context_.target().own_resource_arena) return;
    context_.Select(Phase::kResourceVariables);
    context_.Persistent(kMicroResourceVariables);
    context_.Persistent(context_.Has(Change::kResourceDefaults)
                            ? kMicroResourceVariable
                            : kOldMicroResourceVariable,
                        resources);
  }

  // MicroAllocator::StartModelAllocation.
  void StartModel() {
    context_.Select(Phase::kStartModel);
    context_.RecordStruct(EventKind::kPersistent, kMicroBuiltinDataAllocator);
    ResizeScratchTable(0);
    context_.RecordStruct(EventKind::kPersistent, kSubgraphAllocations,
                          static_cast<int64_t>(model_.subgraphs.size()));
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      context_.Select(Phase::kEvalTensors, {s, kNoOperatorIndex});
      context_.RecordStruct(
          EventKind::kPersistent, kTfLiteEvalTensor,
          static_cast<int64_t>(model_.subgraphs[s].tensors.size()));
    }
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      context_.Select(Phase::kNodes, {s, kNoOperatorIndex});
      context_.RecordStruct(
          EventKind::kPersistent,
          context_.target().static_memory ? kNodeAndRegistration
                                          : kFullNodeAndRegistration,
          static_cast<int64_t>(model_.subgraphs[s].operators.size()));
    }
  }

  // The head holds the scratch requests while operators prepare, with room for
  // as many as one operator may make.
  void ResizeScratchTable(int requests) {
    context_.RecordStruct(EventKind::kResizeHead, kScratchBufferRequest,
                          requests + kMaxScratchBuffersPerOperator);
  }

  // MicroInterpreter::PrepareNodeAndRegistrationDataFromFlatbuffer.
  Status LoadNodes() {
    nodes_.resize(model_.subgraphs.size());
    const Target& target = context_.target();
    // Many operators share a code: each code is looked up once.
    std::vector<Node> by_code(model_.operator_codes.size());
    for (size_t i = 0; i < by_code.size(); ++i) {
      const OperatorCode& code = model_.operator_codes[i];
      const OperatorRow* row = FindOperator(code.Code(), code.custom_code);
      const OperatorKernel* entry =
          row != nullptr ? FindOperatorKernel(*row) : nullptr;
      if (entry != nullptr) {
        by_code[i] = {row, entry, SelectKernel(*row, target)};
      }
    }
    return ForEachOperator(
        Phase::kBuiltinData, [&](size_t s, size_t) -> Status {
          const Operator& op = context_.op();
          const Node& node = by_code[op.opcode_index];
          TINYML_ENSURE(context_, node.entry != nullptr,
                        "the runtime has no such operator");
          TINYML_RETURN_IF_ERROR(CheckExists(*node.row));
          const bool custom =
              model_.CodeOf(op).Code() == BuiltinOperator::kCustom;
          TINYML_ENSURE(context_, custom || !op.custom_options.has_value(),
                        "it is a builtin operator with custom options");
          if (const StructDef* params = ParamsOf(*node.entry)) {
            RecordParameters(*params);
          }
          nodes_[s].push_back(node);
          return node.entry->parse != nullptr ? node.entry->parse(context_)
                                              : Status();
        });
  }

  // What the parser of the target's revision allocates.
  const StructDef* ParamsOf(const OperatorKernel& entry) const {
    for (const ParamsBefore& before : entry.builtin_data_before) {
      if (before.params == nullptr) break;
      if (!context_.Has(before.change)) return before.params;
    }
    return entry.builtin_data;
  }

  // BuiltinDataAllocator::AllocatePOD. Infineon ml-tflite-micro 3.4.0,
  // core/api/flatbuffer_conversions.h, aligns to a pointer at least.
  void RecordParameters(const StructDef& def) {
    const Layout layout = LayoutOf(def, abi_);
    const int64_t least = context_.Has(Change::kInfineonParameterAlignment)
                              ? abi_.pointer_bytes
                              : 1;
    context_.Record(EventKind::kPersistent, def.name, layout.size,
                    static_cast<int32_t>(std::max(layout.alignment, least)));
  }

  // Operators that the resolver of the target's revision or distribution lacks.
  Status CheckExists(const OperatorRow& row) const {
    const std::string missing = MissingOperator(context_.target(), row);
    return missing.empty() ? Status() : context_.Refuse(missing);
  }

  // MicroInterpreterGraph::InitSubgraphs and PrepareSubgraphs.
  Status InitAndPrepare() {
    TINYML_RETURN_IF_ERROR(
        ForEachOperator(Phase::kInit, [&](size_t s, size_t i) {
          const Kernel& kernel = nodes_[s][i].kernel;
          return kernel.init != nullptr ? kernel.init(context_) : Status();
        }));
    return ForEachOperator(Phase::kPrepare, [&](size_t s, size_t i) -> Status {
      const Kernel& kernel = nodes_[s][i].kernel;
      if (kernel.prepare != nullptr) {
        TINYML_RETURN_IF_ERROR(kernel.prepare(context_));
      }
      TINYML_RETURN_IF_ERROR(CheckOutputShapes());
      context_.Select(Phase::kFinishPrepare, {s, i});
      context_.Record(EventKind::kResetTemps, "", 0, 1);
      ResizeScratchTable(context_.ScratchCount());
      return {};
    });
  }

  // CheckDynamicTensors: no dimension may be 0 or negative, except in [0],
  // which old models use for a scalar.
  Status CheckOutputShapes() const {
    if (!context_.Has(Change::kNoDynamicTensors)) return {};
    for (int i = 0; i < context_.NumOutputs(); ++i) {
      const RuntimeTensor* output = context_.Output(i);
      if (output == nullptr) continue;
      if (output->Rank() == 1 && output->Dim(0) == 0) continue;
      for (int32_t dim : output->dims) {
        TINYML_ENSURE(context_, dim > 0,
                      "output " + output->Describe() +
                          " has a dynamic shape; the runtime needs every "
                          "dimension fixed and above 0");
      }
    }
    return {};
  }

  // MicroAllocator::FinishModelAllocation and CommitStaticMemoryPlan.
  Status PlanMemory() {
    context_.Select(Phase::kPlan);
    const auto& scratch = context_.scratch();
    const auto scratch_count = static_cast<int64_t>(scratch.size());
    TINYML_ASSIGN_OR_RETURN(const auto offline, OfflinePlanOfModel());
    AllocateScratchHandles(scratch_count);
    int64_t tensor_count = 0;
    for (const Subgraph& subgraph : model_.subgraphs) {
      tensor_count += static_cast<int64_t>(subgraph.tensors.size());
    }
    context_.Record(
        EventKind::kTemp, "subgraph offsets",
        abi_.pointer_bytes * static_cast<int64_t>(model_.subgraphs.size()),
        abi_.pointer_bytes);
    context_.RecordStruct(EventKind::kTemp, kAllocationInfo,
                          tensor_count + scratch_count);

    if (context_.Has(Change::kOfflineVariables)) {
      for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
        AllocateVariables(s, offline);
      }
    }
    TINYML_RETURN_IF_ERROR(CheckIntermediates());
    context_.Select(Phase::kPlan);
    TINYML_ASSIGN_OR_RETURN(
        Lifetimes lifetimes,
        ComputeLifetimes(model_, scratch,
                         context_.Has(Change::kUnusedTensorLifetimes)));
    TINYML_RETURN_IF_ERROR(CollectTensors(lifetimes, offline));
    TINYML_RETURN_IF_ERROR(CollectScratch(lifetimes));
    scopes_ = std::move(lifetimes.scopes);

    context_.Record(EventKind::kPlannerSpace, "planner",
                    kGreedyPlannerBytesPerBuffer *
                        static_cast<int64_t>(plan_buffers_.size()),
                    kArenaAlignment);
    const Plan plan = GreedyPlan(plan_buffers_);
    if (const auto fault = FindPlanFault(plan_buffers_, plan)) {
      return Fail(ErrorCode::kInternal, "memory plan: " + Describe(*fault));
    }
    for (size_t i = 0; i < buffers_.size(); ++i) {
      buffers_[i].offset_bytes = plan.offsets[i];
    }
    context_.Record(EventKind::kResetTemps, "", 0, 1);
    context_.Record(EventKind::kResizeHead, "", 0, 1);
    context_.Record(EventKind::kResizeHead, "non-persistent buffers", plan.size,
                    kArenaAlignment, Purpose::kPlannedBuffers);
    return {};
  }

  Result<std::optional<std::vector<int32_t>>> OfflinePlanOfModel() const {
    return OfflinePlan(model_, context_.Has(Change::kOfflinePlanName));
  }

  // MicroAllocator::AllocateScratchBufferHandles. Without some changes the
  // handles are allocated for each subgraph, and the variables right after
  // them.
  void AllocateScratchHandles(int64_t count) {
    const auto allocate = [&] {
      context_.Select(Phase::kPlan);
      if (count == 0) return;
      context_.RecordStruct(EventKind::kPersistent, kScratchBufferHandle,
                            count);
    };
    const bool once = context_.Has(Change::kScratchHandlesOnce);
    if (once) allocate();
    if (context_.Has(Change::kOfflineVariables)) return;
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      if (!once) allocate();
      AllocateVariables(s, std::nullopt);
    }
    context_.Select(Phase::kPlan);
  }

  // MicroAllocator::AllocateVariables. It indexes the offline plan by the
  // tensor's index in its own subgraph, and so reads the first subgraph's
  // entries for all the others.
  void AllocateVariables(size_t s,
                         const std::optional<std::vector<int32_t>>& offline) {
    context_.Select(Phase::kPlan, {s, kNoOperatorIndex});
    const Subgraph& subgraph = model_.subgraphs[s];
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      if (!subgraph.tensors[i].is_variable) continue;
      if (offline.has_value() && (*offline)[i] != -1) continue;
      context_.Persistent(
          "variable tensor",
          context_.TensorAt(static_cast<int>(s), static_cast<TensorIndex>(i))
              .Bytes(),
          Purpose::kVariableTensor);
    }
  }

  // AllocationInfoBuilder::ValidateSubgraph.
  Status CheckIntermediates() {
    return ForEachOperator(Phase::kPlan, [&](size_t s, size_t) -> Status {
      for (TensorIndex index : context_.op().intermediates) {
        if (index < 0) continue;
        const RuntimeTensor& tensor =
            context_.TensorAt(static_cast<int>(s), index);
        TINYML_ENSURE(context_, tensor.Bytes() == 0,
                      "intermediate tensor " + tensor.Describe() +
                          " is not empty; the runtime takes empty ones only");
      }
      return {};
    });
  }

  void AddBuffer(const PlannedBuffer& buffer, int32_t offline_offset) {
    buffers_.push_back(buffer);
    PlanBuffer plan = {AlignUp(buffer.size_bytes, kArenaAlignment),
                       buffer.lifetime.first_used, buffer.lifetime.last_used,
                       std::nullopt};
    if (offline_offset != -1) plan.offline_offset = offline_offset;
    plan_buffers_.push_back(plan);
  }

  // AllocationInfoBuilder::InitializeAllocationInfo, for tensors.
  Status CollectTensors(const Lifetimes& lifetimes,
                        const std::optional<std::vector<int32_t>>& offline) {
    const bool by_subgraph = context_.Has(Change::kOfflineSubgraphs);
    size_t offline_index = 0;
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      const Subgraph& subgraph = model_.subgraphs[s];
      for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
        // Without the change, every subgraph has the first one's offsets.
        const size_t at = by_subgraph ? offline_index++ : i;
        const int32_t offset = offline.has_value() ? (*offline)[at] : -1;
        const RuntimeTensor& tensor =
            context_.TensorAt(static_cast<int>(s), static_cast<TensorIndex>(i));
        const bool offline_variable = tensor.IsVariable() && offset != -1 &&
                                      context_.Has(Change::kOfflineVariables);
        const bool planned =
            !tensor.HasData() && !tensor.IsVariable() && tensor.Bytes() != 0;
        if (!planned && !offline_variable) continue;
        TINYML_ENSURE(context_, offset >= -1,
                      "the offline memory plan puts tensor " +
                          tensor.Describe() + " before the arena, at offset " +
                          std::to_string(offset));
        AddBuffer({false,
                   {s, kNoOperatorIndex},
                   static_cast<int>(i),
                   tensor.Bytes(),
                   lifetimes.tensors[s][i],
                   0},
                  offset);
      }
    }
    return {};
  }

  Status CollectScratch(const Lifetimes& lifetimes) {
    const auto& scratch = context_.scratch();
    for (size_t i = 0; i < scratch.size(); ++i) {
      const auto& request = scratch[i];
      if (lifetimes.scratch[i].first_used < 0) {
        context_.Select(Phase::kPlan, request.op);
        return context_.Refuse(
            "it asks for scratch memory in a subgraph that nothing calls; the "
            "runtime's planner crashes on that");
      }
      AddBuffer({true, request.op, static_cast<int>(i), request.bytes,
                 lifetimes.scratch[i], 0},
                -1);
    }
    return {};
  }

  // The end of MicroInterpreter::AllocateTensors.
  void AllocateIoTensors() {
    context_.Select(Phase::kIoTensors);
    const Subgraph& main = model_.subgraphs[0];
    for (const auto* list : {&main.inputs, &main.outputs}) {
      context_.Persistent(
          "TfLiteTensor pointers",
          abi_.pointer_bytes * static_cast<int64_t>(list->size()));
      for (TensorIndex index : *list) {
        context_.RecordTensorStructs(EventKind::kPersistent,
                                     context_.TensorAt(0, index));
      }
    }
  }

  const Model& model_;
  KernelContext context_;
  const Abi& abi_;
  std::vector<std::vector<Node>> nodes_;
  std::vector<PlannedBuffer> buffers_;
  std::vector<PlanBuffer> plan_buffers_;  // Parallel to buffers_.
  std::vector<OperatorId> scopes_;
};

}  // namespace

int64_t SizeResourceArena(const Target& target, int count) {
  Target own = target;
  own.own_resource_arena = false;
  return Simulator(Model(), own).RunResourceArena(count);
}

int CountResourceVariables(const Model& model) {
  std::set<std::pair<std::string, std::string>> names;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      if (const auto* options = op.options.As<VarHandleOptions>()) {
        names.emplace(options->container, options->shared_name);
      }
    }
  }
  return static_cast<int>(names.size());
}

Result<Simulation> Simulate(const Model& model, const Target& target,
                            const SimulationOptions& options) {
  return Simulator(model, target).Run(options);
}

}  // namespace tinyml::runtime
