// Source of the order of events: tflite-micro 90b983c2b3f1,
// micro/micro_interpreter_graph.cc, InvokeSubgraph.
#include "exec/engine.h"

#include <utility>

#include "base/macros.h"
#include "model/subgraph_references.h"
#include "runtime/hazards/hazards.h"

namespace tinyml::exec {
namespace {

using ops::FloatToInt;
using ops::OpContext;
using ops::TensorView;

// By the core's family, which the ABI gives away: bare-metal Arm compilers
// shorten enumerations; only x86 has 8-byte pointers, or aligns 64-bit integers
// to 4 bytes; RISC-V and Xtensa do neither.
FloatToInt FloatToIntOf(const runtime::Target& target) {
  if (target.kernels.library == runtime::KernelLibrary::kCmsisNn ||
      target.abi.short_enums) {
    return FloatToInt::kSaturate;
  }
  const bool x86 =
      target.abi.pointer_bytes == 8 || target.abi.int64_alignment == 4;
  return x86 ? FloatToInt::kIndefinite : FloatToInt::kSaturateNanMax;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Create(const Model& model,
                                               const runtime::Target& target,
                                               const EngineOptions& options) {
  std::unique_ptr<Engine> engine(new Engine(model, options));
  TINYML_ASSIGN_OR_RETURN(
      runtime::Simulation simulation,
      runtime::Simulate(model, target, {options.resource_variables}));
  engine->simulation_ =
      std::make_shared<const runtime::Simulation>(std::move(simulation));
  engine->hazards_ = runtime::FindHazards(model, *engine->simulation_, target);
  if (target.kernels.library == runtime::KernelLibrary::kCmsisNn) {
    engine->results_ = ops::KernelResults::kCmsisNn;
    engine->helium_ = target.kernels.mve;
  }
  engine->float_to_int_ = FloatToIntOf(target);
  TINYML_RETURN_IF_ERROR(engine->Prepare());
  return engine;
}

Result<std::unique_ptr<Engine>> Engine::Another(
    const EngineOptions& options) const {
  std::unique_ptr<Engine> engine(new Engine(model_, options));
  engine->simulation_ = simulation_;
  engine->hazards_ = hazards_;
  engine->results_ = results_;
  engine->helium_ = helium_;
  engine->float_to_int_ = float_to_int_;
  TINYML_RETURN_IF_ERROR(engine->Prepare());
  return engine;
}

Status Engine::Prepare() {
  TINYML_ASSIGN_OR_RETURN(
      ModelMemory memory,
      ModelMemory::Create(model_, *simulation_, options_.layout));
  memory_ = std::make_unique<ModelMemory>(std::move(memory));
  if (options_.guard) {
    guard_ = std::make_unique<Guard>(model_, *simulation_, memory_->arena(),
                                     options_.poison);
  }
  const auto collect = [&](size_t s, const std::vector<TensorIndex>& list) {
    std::vector<const TensorView*> views;
    views.reserve(list.size());
    for (const TensorIndex index : list) {
      views.push_back(&tensor(static_cast<int>(s), index));
    }
    return views;
  };
  for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
    inputs_.push_back(collect(s, model_.subgraphs[s].inputs));
    outputs_.push_back(collect(s, model_.subgraphs[s].outputs));
  }
  for (const TensorView& view : memory_->outputs()) {
    application_outputs_.push_back(&view);
  }
  return Reset();
}

Status Engine::Reset() {
  memory_->ResetVariables();
  const size_t count = model_.subgraphs.size();
  nodes_.clear();
  nodes_.resize(count);
  const std::vector<OperatorTime> times = std::move(times_);
  times_.clear();
  for (size_t s = 0; s < count; ++s) {
    for (size_t i = 0; i < model_.subgraphs[s].operators.size(); ++i) {
      nodes_[s].push_back(MakeNode({s, i}));
    }
  }
  if (!times.empty()) times_ = times;  // They survive a reset.
  // Subgraphs do not call themselves (the simulation refuses that), so as many
  // rounds as there are subgraphs settle every count.
  scope_counts_.assign(count, 0);
  for (size_t round = 0; round < count; ++round) {
    for (size_t s = 0; s < count; ++s) {
      int32_t scope = 0;
      for (size_t i = 0; i < nodes_[s].size(); ++i) {
        nodes_[s][i].scope = ++scope;
        for (const int called : nodes_[s][i].calls) {
          scope += 1 + scope_counts_[called];
        }
      }
      scope_counts_[s] = scope;
    }
  }
  return {};
}

Engine::Node Engine::MakeNode(const OperatorId& id) {
  const auto [subgraph, index] = id;
  const Subgraph& graph = model_.subgraphs[subgraph];
  const Operator& op = graph.operators[index];
  OpContext::Operands operands;
  for (const TensorIndex i : op.inputs) {
    operands.inputs.push_back(i < 0 ? nullptr : &tensor(subgraph, i));
  }
  bool writes_constant = false;
  for (const TensorIndex i : op.outputs) {
    operands.outputs.push_back(i < 0 ? nullptr : &tensor(subgraph, i));
    writes_constant |= i >= 0 && tensor(subgraph, i).IsConstant() &&
                       !tensor(subgraph, i).bytes.empty();
  }
  Node node;
  node.calls = EnteredSubgraphs(model_, op);
  node.context = std::make_unique<OpContext>(
      model_, subgraph, index, std::move(operands),
      static_cast<ops::Session&>(*this), results_, options_.form);
  node.context->set_helium(helium_);
  node.context->set_float_to_int(float_to_int_);
  node.time = times_.size();
  times_.push_back({id, 0, {}});
  const OperatorCode& code = model_.CodeOf(op);
  const auto prepare = ops::FindKernel(code.Code(), code.custom_code);
  if (prepare == nullptr) {
    node.prepared = node.context->Refuse("tinyml cannot execute this operator");
  } else if (writes_constant) {
    node.prepared = node.context->Refuse("its output is a constant");
  } else if (auto made = prepare(*node.context); made) {
    node.invoke = std::move(*made);
  } else {
    node.prepared = Fail(std::move(made.error()));
  }
  return node;
}

Status Engine::Invoke() {
  ended_ = false;
  scope_ = 0;
  caller_ = nullptr;
  depth_ = 0;
  if (options_.profile) last_ = Clock::now();
  return Run(0);
}

Status Engine::Run(int subgraph) {
  const int32_t entered = scope_;
  const Node* const caller = caller_;
  if (depth_ == model_.subgraphs.size()) {
    return Fail(ErrorCode::kUnsupported,
                "subgraph " + std::to_string(subgraph) +
                    " calls itself through its operators");
  }
  ++depth_;
  const int32_t base = caller == nullptr ? 0 : CalledScope(*caller, subgraph);
  for (Node& node : nodes_[subgraph]) {
    TINYML_RETURN_IF_ERROR(RunOperator(subgraph, node, base + node.scope));
    if (ended_) break;
  }
  --depth_;
  scope_ = entered;
  caller_ = caller;
  return {};
}

int32_t Engine::CalledScope(const Node& caller, int subgraph) const {
  int32_t scope = scope_;
  for (const int called : caller.calls) {
    ++scope;
    if (called == subgraph) break;
    scope += scope_counts_[called];
  }
  return scope;
}

Status Engine::RunOperator(int subgraph, Node& node, int32_t scope) {
  if (!node.prepared) return node.prepared;
  const OperatorId id(subgraph, node.context->index());
  scope_ = scope;
  caller_ = &node;
  // An operator that calls subgraphs is watched through their operators.
  const bool guarded = guard_ != nullptr && node.calls.empty();
  if (guarded) guard_->Before(id, scope);
  TINYML_RETURN_IF_ERROR(node.invoke());
  if (options_.profile) {
    // From the end of what ran before, so that no time is lost in between; for
    // an operator that calls subgraphs, what their operators leave.
    const auto now = Clock::now();
    OperatorTime& time = times_[node.time];
    ++time.runs;
    time.time += now - last_;
    last_ = now;
  }
  if (guarded) TINYML_RETURN_IF_ERROR(guard_->After(id, scope));
  if (observer_) TINYML_RETURN_IF_ERROR(observer_(id));
  return {};
}

std::span<const TensorView* const> Engine::Inputs(int subgraph) const {
  return inputs_[subgraph];
}

std::span<const TensorView* const> Engine::Outputs(int subgraph) const {
  return outputs_[subgraph];
}

std::span<uint8_t> Engine::Resource(int32_t id) const {
  const auto resources = memory_->resources();
  if (id < 0 || static_cast<size_t>(id) >= resources.size()) return {};
  return resources[id];
}

std::vector<std::string> Engine::Warnings() const {
  std::vector<std::string> warnings = simulation_->warnings;
  for (size_t i = 0; i < application_outputs_.size(); ++i) {
    const TensorView& whole = *application_outputs_[i];
    const TensorView& written = *outputs_[0][i];
    if (whole.Elements() > written.Elements()) {
      warnings.push_back("output " + whole.Describe() + " is written as " +
                         written.Describe() +
                         ": an application reads undefined memory after it");
    }
  }
  for (const Hazard& hazard : hazards_) {
    if (runtime::IsComputed(hazard) ||
        hazard.severity == HazardSeverity::kAbort) {
      continue;
    }
    const std::string where =
        hazard.op.index == kNoOperatorIndex
            ? std::string("the results shown")
            : DescribeOperator(model_, hazard.op) + ": the results shown";
    warnings.push_back(where + " are without the hazard " + hazard.id +
                       ", not the device's");
  }
  for (const auto& list : nodes_) {
    for (const Node& node : list) {
      const auto& own = node.context->warnings();
      warnings.insert(warnings.end(), own.begin(), own.end());
    }
  }
  return warnings;
}

}  // namespace tinyml::exec
