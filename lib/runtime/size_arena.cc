// Turns a simulation into the report that users read.
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "runtime/arena/share_names.h"
#include "runtime/simulate.h"
#include "tinyml/arena.h"

namespace tinyml {
namespace {

using runtime::Event;
using runtime::EventKind;
using runtime::Phase;
using runtime::PlannedBuffer;
using runtime::Simulation;

// What a persistent allocation is for, as the breakdown names it.
std::string_view ShareName(const Event& event) {
  switch (event.phase) {
    case Phase::kConstructor:
    case Phase::kStartModel:
      return "interpreter and allocator objects";
    case Phase::kResourceVariables:
      return "resource variable table";
    case Phase::kEvalTensors:
      return "TfLiteEvalTensor of every tensor";
    case Phase::kNodes:
      return "node and registration of every operator";
    case Phase::kBuiltinData:
      return runtime::kParametersShare;
    case Phase::kInit:
    case Phase::kPrepare:
    case Phase::kFinishPrepare:
      return runtime::kOperatorDataShare;
    case Phase::kPlan:
      return event.what == "variable tensors" ? "variable tensors"
                                              : "scratch buffer handles";
    case Phase::kIoTensors:
      return "TfLiteTensor of inputs and outputs";
  }
  return "";
}

std::vector<ArenaShare> Breakdown(const Simulation& simulation) {
  std::vector<ArenaShare> shares;
  shares.push_back({std::string(runtime::kHeadShare),
                    simulation.replay.head_bytes,
                    static_cast<int64_t>(simulation.buffers.size())});
  std::map<std::string_view, size_t> index;
  int64_t tail = 0;
  for (const Event& event : simulation.events) {
    if (event.kind != EventKind::kPersistent) continue;
    const std::string_view name = ShareName(event);
    const auto [found, added] = index.emplace(name, shares.size());
    if (added) shares.push_back({std::string(name), 0, 0});
    shares[found->second].bytes += event.size;
    ++shares[found->second].count;
    tail += event.size;
  }
  const int64_t gaps = simulation.replay.tail_bytes - tail;
  if (gaps > 0) shares.push_back({"alignment between them", gaps, 0});
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
      op.subgraph = static_cast<int>(s);
      op.index = static_cast<int>(i);
      op.name = OperatorName(model, list[i]);
    }
  }
  const auto at = [&](int subgraph, int op) -> ArenaOperator& {
    return operators[first[subgraph] + static_cast<size_t>(op)];
  };
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent && event.op >= 0) {
      at(event.subgraph, event.op).persistent_bytes += event.size;
    }
  }
  for (const auto& request : simulation.scratch) {
    at(request.subgraph, request.op).scratch_bytes.push_back(request.bytes);
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
    const size_t s = planned.subgraph;
    const Subgraph& subgraph = model.subgraphs[s];
    buffer.subgraph = planned.subgraph;
    if (planned.is_scratch) {
      buffer.kind = ArenaBuffer::Kind::kScratch;
      buffer.index = planned.index;
      buffer.op = planned.op;
      const size_t op = planned.op;
      buffer.name = "scratch of operator " + std::to_string(planned.op) + " (" +
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

// Finds the operator that decides the head's size: of those in whose scope the
// highest buffer lives, the one with the most live bytes.
void FindPeakOperator(const Simulation& simulation, ArenaReport* report) {
  if (simulation.buffers.empty()) return;
  const auto end_of = [](const PlannedBuffer& buffer) {
    return buffer.offset_bytes + buffer.size_bytes;
  };
  const PlannedBuffer& highest =
      *std::max_element(simulation.buffers.begin(), simulation.buffers.end(),
                        [&](const PlannedBuffer& a, const PlannedBuffer& b) {
                          return end_of(a) < end_of(b);
                        });
  const int first = std::max(highest.lifetime.first_used, 0);
  const int last = std::max(highest.lifetime.last_used, first);
  std::vector<int64_t> live(static_cast<size_t>(last - first) + 1);
  for (const PlannedBuffer& buffer : simulation.buffers) {
    const int from = std::max(first, buffer.lifetime.first_used);
    const int to = std::min(last, buffer.lifetime.last_used);
    for (int scope = from; scope <= to; ++scope) {
      live[scope - first] += buffer.size_bytes;
    }
  }
  int64_t most = -1;
  for (int scope = first; scope <= last; ++scope) {
    const runtime::Scope& where = simulation.scopes[scope];
    const int64_t bytes = live[scope - first];
    if (where.op < 0 || bytes <= most) continue;
    most = bytes;
    report->peak_subgraph = where.subgraph;
    report->peak_operator = where.op;
  }
}

}  // namespace

Result<ArenaReport> SizeArena(const Model& model, const Target& target,
                              const ArenaOptions& options) {
  TINYML_ASSIGN_OR_RETURN(
      const Simulation simulation,
      runtime::Simulate(model, target.runtime(), {options.resource_variables}));
  ArenaReport report;
  report.arena_used_bytes = simulation.replay.used_bytes;
  report.required_arena_bytes = simulation.replay.required_bytes;
  report.head_bytes = simulation.replay.head_bytes;
  report.tail_bytes = simulation.replay.tail_bytes;
  report.peak_phase =
      PhaseName(simulation.events[simulation.replay.peak_event].phase);
  report.resource_variables = simulation.resource_variables;
  report.breakdown = Breakdown(simulation);
  report.operators = Operators(model, simulation);
  report.buffers = Buffers(model, simulation);
  report.warnings = simulation.warnings;
  if (const std::string& note = target.runtime().revision_note; !note.empty()) {
    report.warnings.push_back(note);
  }
  FindPeakOperator(simulation, &report);
  return report;
}

}  // namespace tinyml
