// Compares two simulations, share by share.
#include "tinyml/arena_diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/describe_model.h"
#include "base/macros.h"
#include "runtime/simulate.h"
#include "runtime/size_arena.h"
#include "runtime/targets/changes.h"

namespace tinyml {
namespace {

using runtime::Event;
using runtime::EventKind;
using runtime::Simulation;

int64_t BytesOf(const ArenaReport& report, ArenaShareKind kind) {
  const auto found =
      std::ranges::find(report.required_shares, ArenaShareId{kind, {}},
                        [](const ArenaShare& share) { return share.what; });
  return found != report.required_shares.end() ? found->bytes : 0;
}

// What each operator asks for, for comparison.
std::map<OperatorId, std::vector<int64_t>> RequestsOf(
    const Simulation& simulation) {
  std::map<OperatorId, std::vector<int64_t>> requests;
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent &&
        event.op.index != kNoOperatorIndex) {
      requests[event.op].push_back(event.size);
    }
  }
  for (const auto& request : simulation.scratch) {
    // Distinct from persistent sizes, which are never negative.
    requests[request.op].push_back(-1 - request.bytes);
  }
  return requests;
}

// A model sized on the earlier target, with what is needed to find causes.
struct Earlier {
  const Model& model;
  const runtime::Target& target;
  const ArenaOptions& options;
  Simulation simulation;
};

// Finds, for every operator in `diff`, which single changes alter what it asks
// for, and which others alter the total: the earlier target is simulated again
// with each, or without it.
void FindCauses(const Earlier& earlier, const runtime::Target& other,
                ArenaDiff* diff) {
  if (diff->operators.empty() && diff->shares.empty()) return;
  const auto requests = RequestsOf(earlier.simulation);
  const auto try_target = [&](const runtime::Target& altered,
                              const RevisionChange& cause) {
    const auto again = runtime::Simulate(earlier.model, altered,
                                         {earlier.options.resource_variables});
    if (!again) return;
    bool alters_operator = false;
    const auto altered_requests = RequestsOf(*again);
    for (OperatorDiff& op : diff->operators) {
      const auto before = requests.find(op.id);
      const auto after = altered_requests.find(op.id);
      const bool none_before = before == requests.end();
      const bool none_after = after == altered_requests.end();
      if (none_before == none_after &&
          (none_before || before->second == after->second)) {
        continue;
      }
      op.causes.push_back(cause);
      alters_operator = true;
    }
    if (!alters_operator &&
        again->replay.required_bytes != diff->before.required_arena_bytes) {
      diff->other_causes.push_back(cause);
    }
  };
  for (const runtime::ChangeInfo& info : runtime::AllChanges()) {
    const bool has = earlier.target.kernels.changes.Has(info.change);
    if (has == other.kernels.changes.Has(info.change)) continue;
    runtime::Target altered = earlier.target;
    if (has) {
      altered.kernels.changes.Remove(info.change);
    } else {
      altered.kernels.changes.Add(info.change);
    }
    try_target(altered, {info.name, info.commit, info.date, info.what});
  }
  if (earlier.target.static_memory != other.static_memory) {
    runtime::Target altered = earlier.target;
    altered.static_memory = other.static_memory;
    try_target(altered,
               {"static-memory", "-", "-",
                other.static_memory
                    ? "TF_LITE_STATIC_MEMORY is defined: smaller tensors and "
                      "nodes"
                    : "TF_LITE_STATIC_MEMORY is not defined: larger tensors "
                      "and nodes"});
  }
}

Result<Earlier> Simulated(const Model& model, const Target& target,
                          const ArenaOptions& options) {
  TINYML_ASSIGN_OR_RETURN(
      Simulation simulation,
      runtime::Simulate(model, target.runtime(), {options.resource_variables}));
  return Earlier{model, target.runtime(), options, std::move(simulation)};
}

ArenaDiff Compare(const Earlier& earlier, ArenaReport after_report,
                  const runtime::Target& after) {
  ArenaDiff diff;
  diff.before =
      runtime::ReportOf(earlier.model, earlier.target, earlier.simulation);
  diff.after = std::move(after_report);
  for (size_t i = 0; i < diff.before.operators.size(); ++i) {
    const ArenaOperator& old_op = diff.before.operators[i];
    const ArenaOperator& new_op = diff.after.operators[i];
    const int64_t change = new_op.required_bytes - old_op.required_bytes;
    if (change == 0 && old_op.persistent_bytes == new_op.persistent_bytes &&
        old_op.scratch_bytes == new_op.scratch_bytes) {
      continue;
    }
    OperatorDiff& op = diff.operators.emplace_back();
    op.id = old_op.id;
    op.name = old_op.name;
    op.persistent_before = old_op.persistent_bytes;
    op.persistent_after = new_op.persistent_bytes;
    op.scratch_before = old_op.scratch_bytes;
    op.scratch_after = new_op.scratch_bytes;
    op.required_change = change;
  }
  using Kind = ArenaShareKind;
  for (const Kind kind :
       {Kind::kLiveTensors, Kind::kGaps, Kind::kTemporaries, Kind::kAllObjects,
        Kind::kScratchHandles, Kind::kVariableTensors, Kind::kRounding}) {
    const int64_t old_bytes = BytesOf(diff.before, kind);
    const int64_t new_bytes = BytesOf(diff.after, kind);
    if (old_bytes != new_bytes) {
      diff.shares.push_back({kind, old_bytes, new_bytes});
    }
  }
  FindCauses(earlier, after, &diff);
  return diff;
}

}  // namespace

Result<ArenaDiff> DiffArena(const Model& model, const Target& before,
                            const Target& after, const ArenaOptions& options) {
  TINYML_ASSIGN_OR_RETURN(const Earlier simulated,
                          Simulated(model, before, options));
  TINYML_ASSIGN_OR_RETURN(ArenaReport report, SizeArena(model, after, options));
  return Compare(simulated, std::move(report), after.runtime());
}

Result<ArenaDiff> DiffArena(const Model& model, const Target& before,
                            const Target& after, ArenaReport after_report,
                            const ArenaOptions& options) {
  TINYML_ASSIGN_OR_RETURN(const Earlier simulated,
                          Simulated(model, before, options));
  return Compare(simulated, std::move(after_report), after.runtime());
}

ArenaDiffDocument DiffOnTargets(const ModelFile& file, const Target& before,
                                const Target& after,
                                const ArenaOptions& options) {
  ArenaDiffDocument document;
  document.model = analysis::DescribeModel(file);
  document.before = before.info();
  document.after = after.info();
  const auto simulated = Simulated(file.model, before, options);
  if (!simulated) document.refused_before = simulated.error().message;
  auto report = SizeArena(file.model, after, options);
  if (!report) document.refused_after = report.error().message;
  if (simulated && report) {
    document.diff = Compare(*simulated, std::move(*report), after.runtime());
  }
  return document;
}

}  // namespace tinyml
