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
#include "runtime/allocation_sequence.h"
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

// The offline memory plan: an offset for each tensor of all subgraphs.
using OfflineOffsets = std::optional<std::vector<int32_t>>;

class Simulator {
 public:
  Simulator(const Model& model, const Target& target)
      : model_(model),
        context_(model, target),
        abi_(target.abi),
        sequence_(SequenceOf(target)) {}

  Result<Simulation> Run(const SimulationOptions& options) {
    TINYML_RETURN_IF_ERROR(CheckSubgraphs());
    TINYML_RETURN_IF_ERROR(context_.LoadTensors());
    const int resources =
        options.resource_variables.value_or(CountResourceVariables(model_));
    Construct(resources);
    StartModel();
    TINYML_RETURN_IF_ERROR(LoadNodes());
    TINYML_RETURN_IF_ERROR(InitAndPrepare());
    TINYML_RETURN_IF_ERROR(PlanMemory());
    if (sequence_.io_tensors) AllocateIoTensors();

    Simulation result;
    result.replay = Replay(context_.events());
    if (!sequence_.io_tensors) result.with_io_tensors = ReplayWithIoTensors();
    result.events = context_.TakeEvents();
    result.buffers = std::move(buffers_);
    result.scopes = std::move(scopes_);
    result.scratch = context_.scratch();
    result.variables = std::move(variables_);
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

  void RecordIfAny(const StructDef* def, int64_t count = 1) {
    if (def == nullptr) return;
    context_.RecordStruct(EventKind::kPersistent, *def, count);
  }

  // MicroAllocator::Create, and MicroResourceVariables::Create before the
  // interpreter.
  void Construct(int resources) {
    context_.Select(Phase::kConstructor);
    RecordIfAny(sequence_.allocator);
    RecordIfAny(sequence_.planner);
    RecordIfAny(sequence_.micro_allocator);
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
    RecordIfAny(sequence_.builtin_data_allocator);
    ResizeScratchTable(0);
    RecordIfAny(sequence_.subgraph_table,
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
          EventKind::kPersistent, *sequence_.node,
          static_cast<int64_t>(model_.subgraphs[s].operators.size()));
    }
  }

  // The head holds the scratch requests while operators prepare, with room for
  // as many as one operator may make.
  void ResizeScratchTable(int requests) {
    context_.RecordStruct(EventKind::kResizeHead, *sequence_.scratch_request,
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

  // BuiltinDataAllocator::AllocatePOD.
  void RecordParameters(const StructDef& def) {
    const Layout layout = LayoutOf(def, abi_);
    context_.Record(EventKind::kPersistent, def.name, layout.size,
                    static_cast<int32_t>(std::max(
                        layout.alignment, sequence_.parameter_alignment)));
  }

  // What the parser of the target's revision allocates.
  const StructDef* ParamsOf(const OperatorKernel& entry) const {
    for (const ParamsBefore& before : entry.builtin_data_before) {
      if (before.params == nullptr) break;
      if (!context_.Has(before.change)) return before.params;
    }
    return entry.builtin_data;
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
    TINYML_RETURN_IF_ERROR(AllocateScratchHandles(scratch_count));
    int64_t tensor_count = 0;
    for (const Subgraph& subgraph : model_.subgraphs) {
      tensor_count += static_cast<int64_t>(subgraph.tensors.size());
    }
    if (sequence_.takes_subgraphs) {
      context_.Record(
          EventKind::kTemp, "subgraph offsets",
          abi_.pointer_bytes * static_cast<int64_t>(model_.subgraphs.size()),
          abi_.pointer_bytes);
    }
    context_.RecordStruct(EventKind::kTemp, kAllocationInfo,
                          tensor_count + scratch_count);

    if (context_.Has(Change::kOfflineVariables)) {
      TINYML_RETURN_IF_ERROR(AllocateVariables(offline));
    }
    TINYML_RETURN_IF_ERROR(sequence_.variables_first ? CheckIntermediates()
                                                     : CheckConnections());
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
    if (sequence_.frees_scratch_table) {
      context_.Record(EventKind::kResizeHead, "", 0, 1);
    } else {
      // The room that is checked for lies above the table of requests.
      context_.Record(EventKind::kPlannerSpace, "planned buffers", plan.size,
                      kArenaAlignment);
      context_.Record(EventKind::kResetTemps, "", 0, 1);
    }
    context_.Record(EventKind::kResizeHead, "non-persistent buffers", plan.size,
                    kArenaAlignment, Purpose::kPlannedBuffers);
    if (!sequence_.variables_first) {
      TINYML_RETURN_IF_ERROR(AllocateVariables(0, std::nullopt, 0));
    }
    return {};
  }

  Result<OfflineOffsets> OfflinePlanOfModel() const {
    return OfflinePlan(model_, context_.Has(Change::kOfflinePlanName));
  }

  // MicroAllocator::AllocateScratchBufferHandles. Without some changes the
  // handles are allocated for each subgraph, and the variables right after
  // them.
  Status AllocateScratchHandles(int64_t count) {
    const auto allocate = [&] {
      context_.Select(Phase::kPlan);
      if (count == 0) return;
      context_.RecordStruct(EventKind::kPersistent, kScratchBufferHandle,
                            count);
    };
    const bool once = context_.Has(Change::kScratchHandlesOnce);
    if (once) allocate();
    if (context_.Has(Change::kOfflineVariables)) return {};
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      if (!once) allocate();
      if (sequence_.variables_first) {
        TINYML_RETURN_IF_ERROR(AllocateVariables(s, std::nullopt, 0));
      }
    }
    context_.Select(Phase::kPlan);
    return {};
  }

  Status AllocateVariables(const OfflineOffsets& offline) {
    size_t first_of_subgraph = 0;
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      TINYML_RETURN_IF_ERROR(AllocateVariables(s, offline, first_of_subgraph));
      first_of_subgraph += model_.subgraphs[s].tensors.size();
    }
    return {};
  }

  // MicroAllocator::AllocateVariables. It indexes the offline plan by the
  // tensor's index in its own subgraph, and so reads the first subgraph's
  // entries for all the others; InitializeAllocationInfo reads the right ones,
  // those from `first_of_subgraph` on.
  // A variable that has a place by its own entry alone gets memory twice; one
  // that has a place by the other entry alone gets none, and
  // MicroInterpreterGraph::ResetVariableTensors, at the end of AllocateTensors,
  // clears the memory it does not have.
  Status AllocateVariables(size_t s, const OfflineOffsets& offline,
                           size_t first_of_subgraph) {
    context_.Select(Phase::kPlan, {s, kNoOperatorIndex});
    const Subgraph& subgraph = model_.subgraphs[s];
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      if (!subgraph.tensors[i].is_variable) continue;
      const RuntimeTensor& tensor =
          context_.TensorAt(static_cast<int>(s), static_cast<TensorIndex>(i));
      if (!offline.has_value() || (*offline)[i] == -1) {
        context_.Persistent("variable tensor", tensor.Bytes(),
                            Purpose::kVariableTensor);
        variables_.push_back({s, i});
        continue;
      }
      if ((*offline)[first_of_subgraph + i] != -1 || tensor.Bytes() == 0) {
        continue;
      }
      if (!tensor.HasData()) {
        return Fail(
            ErrorCode::kUnsupported,
            "the offline memory plan gives variable " + tensor.Describe() +
                " of subgraph " + std::to_string(s) +
                " no place, and the runtime gives it none either because it "
                "looks at the entry of tensor " +
                std::to_string(i) +
                " of subgraph 0, which has one: it crashes");
      }
      context_.Warn("variable " + tensor.Describe() +
                    " has no memory but its initial value's in the model, "
                    "where the runtime overwrites it (or fails to, in flash)");
    }
    return {};
  }

  // MicroInterpreter::Init, without Change::kSubgraphs.
  Status CheckSubgraphs() const {
    if (sequence_.takes_subgraphs || model_.subgraphs.size() == 1) return {};
    return context_.Refuse("it has " + std::to_string(model_.subgraphs.size()) +
                           " subgraphs; this runtime takes a single one");
  }

  // AllocationInfoBuilder::AddTensors, without Change::kPlanAcrossSubgraphs.
  Status CheckConnections() const {
    const Subgraph& subgraph = model_.subgraphs[0];
    std::vector<bool> written(subgraph.tensors.size());
    std::vector<bool> read(subgraph.tensors.size());
    const auto mark = [](std::vector<bool>& set, TensorIndex index) {
      if (index >= 0) set[static_cast<size_t>(index)] = true;
    };
    for (TensorIndex input : subgraph.inputs) mark(written, input);
    for (TensorIndex output : subgraph.outputs) mark(read, output);
    for (const Operator& op : subgraph.operators) {
      for (TensorIndex input : op.inputs) mark(read, input);
      for (TensorIndex output : op.outputs) mark(written, output);
    }
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      const RuntimeTensor& tensor =
          context_.TensorAt(0, static_cast<TensorIndex>(i));
      if (read[i] || tensor.HasData() || tensor.IsVariable()) continue;
      return context_.Refuse("nothing reads tensor " + tensor.Describe() +
                             ", which this runtime cannot plan");
    }
    return {};
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
                        const OfflineOffsets& offline) {
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

  // What input(0) and output(0) allocate when they are first called.
  ReplayResult ReplayWithIoTensors() {
    const size_t count = context_.events().size();
    context_.Select(Phase::kIoTensors);
    const Subgraph& main = model_.subgraphs[0];
    for (const auto* list : {&main.inputs, &main.outputs}) {
      if (list->empty()) continue;
      context_.RecordTensorStructs(EventKind::kPersistent,
                                   context_.TensorAt(0, list->front()));
    }
    const ReplayResult result = Replay(context_.events());
    context_.DropEvents(count);
    return result;
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
  const AllocationSequence sequence_;
  std::vector<std::vector<Node>> nodes_;
  std::vector<PlannedBuffer> buffers_;
  std::vector<PlanBuffer> plan_buffers_;  // Parallel to buffers_.
  std::vector<Simulation::Variable> variables_;
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
