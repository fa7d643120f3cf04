// Turns a simulation into the report that users read.
#include "runtime/size_arena.h"

#include <map>
#include <optional>
#include <utility>

#include "base/log.h"
#include "runtime/arena/fullest_scope.h"
#include "runtime/divide_arena.h"
#include "runtime/hazards/hazards.h"

namespace tinyml {
namespace {

using runtime::Event;
using runtime::EventKind;
using runtime::PlannedBuffer;
using runtime::Simulation;

std::vector<ArenaShare> Breakdown(const Simulation& simulation) {
  std::vector<ArenaShare> shares;
  shares.push_back({{ArenaShareKind::kHead, {}},
                    simulation.replay.head_bytes,
                    static_cast<int64_t>(simulation.buffers.size())});
  std::map<ArenaShareKind, size_t> index;
  int64_t tail = 0;
  for (const Event& event : simulation.events) {
    if (event.kind != EventKind::kPersistent) continue;
    const ArenaShareKind kind = runtime::ShareOf(event);
    const auto [found, added] = index.emplace(kind, shares.size());
    if (added) shares.push_back({{kind, {}}, 0, 0});
    shares[found->second].bytes += event.size;
    ++shares[found->second].count;
    tail += event.size;
  }
  const int64_t gaps = simulation.replay.tail_bytes - tail;
  if (gaps > 0) {
    shares.push_back({{ArenaShareKind::kTailAlignment, {}}, gaps, 0});
  }
  return shares;
}

std::vector<ArenaOperator> Operators(const Model& model,
                                     const Simulation& simulation) {
  std::vector<ArenaOperator> operators;
  std::vector<size_t> first(model.subgraphs.size());
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    first[s] = operators.size();
    const auto& list = model.subgraphs[s].operators;
    for (size_t i = 0; i < list.size(); ++i) {
      ArenaOperator& op = operators.emplace_back();
      op.id = {s, i};
      op.name = OperatorName(model, list[i]);
    }
  }
  const auto at = [&](const OperatorId& id) -> ArenaOperator& {
    return operators[first[id.subgraph] + static_cast<size_t>(id.index)];
  };
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent &&
        event.op.index != kNoOperatorIndex) {
      at(event.op).persistent_bytes += event.size;
    }
  }
  for (const auto& request : simulation.scratch) {
    at(request.op).scratch_bytes.push_back(request.bytes);
  }
  return operators;
}

std::vector<ArenaBuffer> Buffers(const Model& model,
                                 const Simulation& simulation) {
  std::vector<int> offsets;
  int tensors = 0;
  for (const Subgraph& subgraph : model.subgraphs) {
    offsets.push_back(tensors);
    tensors += static_cast<int>(subgraph.tensors.size());
  }
  std::vector<ArenaBuffer> buffers;
  buffers.reserve(simulation.buffers.size());
  for (const PlannedBuffer& planned : simulation.buffers) {
    ArenaBuffer& buffer = buffers.emplace_back();
    const auto [s, op] = planned.owner;
    const Subgraph& subgraph = model.subgraphs[s];
    buffer.owner = planned.owner;
    if (planned.is_scratch) {
      buffer.kind = ArenaBuffer::Kind::kScratch;
      buffer.index = planned.index;
      buffer.name = "scratch of operator " + std::to_string(op) + " (" +
                    OperatorName(model, subgraph.operators[op]) + ")";
    } else {
      buffer.index = offsets[s] + planned.index;
      buffer.tensor = planned.index;
      buffer.name = subgraph.tensors[planned.index].name;
    }
    buffer.size_bytes = planned.size_bytes;
    buffer.first_used = planned.lifetime.first_used;
    buffer.last_used = planned.lifetime.last_used;
    buffer.offset_bytes = planned.offset_bytes;
  }
  return buffers;
}

// Says what takes up the required arena.
void DivideUp(const Simulation& simulation, ArenaReport* report) {
  const runtime::ArenaDivision division =
      runtime::DivideAtPeak(simulation, *report);
  for (ArenaOperator& op : report->operators) {
    const auto found = division.operators.find(op.id);
    if (found != division.operators.end()) {
      op.required_bytes = found->second.Sum();
    }
  }
  for (const auto& [what, bytes] : division.shares) {
    report->required_shares.push_back({what, bytes, 0});
  }
}

}  // namespace

ArenaReport runtime::ReportOf(const Model& model, const Target& target,
                              const Simulation& simulation) {
  ArenaReport report;
  report.arena_used_bytes = simulation.replay.used_bytes;
  report.required_arena_bytes = simulation.replay.required_bytes;
  if (const auto& later = simulation.with_io_tensors) {
    report.with_io = {later->used_bytes, later->required_bytes};
  }
  report.head_bytes = simulation.replay.head_bytes;
  report.tail_bytes = simulation.replay.tail_bytes;
  report.peak_phase = simulation.events[simulation.replay.peak_event].phase;
  report.resource_variables = simulation.resource_variables;
  report.breakdown = Breakdown(simulation);
  report.operators = Operators(model, simulation);
  report.buffers = Buffers(model, simulation);
  report.scopes = simulation.scopes;
  report.warnings = simulation.warnings;
  report.hazards = FindHazards(model, simulation, target);
  for (const std::string& note : {target.nearest_note, target.revision_note}) {
    if (!note.empty()) report.warnings.push_back(note);
  }
  report.peak_scope =
      FindFullestScope(report.buffers, report.scopes).operator_scope;
  if (report.peak_scope >= 0) {
    report.peak_operator = report.scopes[report.peak_scope];
  }
  DivideUp(simulation, &report);
  return report;
}

Result<ArenaReport> SizeArena(const Model& model, const Target& target,
                              const ArenaOptions& options) {
  const Stopwatch stopwatch;
  const ApplicationUse& application = target.info().application;
  std::optional<int> variables = options.resource_variables;
  if (!variables && application.resource_variables) {
    variables = static_cast<int>(*application.resource_variables);
  }
  const Result<Simulation> simulation =
      runtime::Simulate(model, target.runtime(), {variables});
  const std::string& name = target.info().name;
  if (!simulation) {
    Log(LogLevel::kInfo, "simulated {}: refused, {}", name,
        simulation.error().message);
    return Fail(simulation.error());
  }
  Log(LogLevel::kInfo, "simulated {}: {} bytes used, {} required {}", name,
      simulation->replay.used_bytes, simulation->replay.required_bytes,
      stopwatch.Text());
  ArenaReport report = runtime::ReportOf(model, target.runtime(), *simulation);
  if (application.resource_arena_bytes > 0) {
    report.resource_arena_bytes =
        runtime::SizeResourceArena(target.runtime(), variables.value_or(0));
  }
  return report;
}

}  // namespace tinyml
