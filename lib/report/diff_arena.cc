// Compares two simulations, share by share.
#include <algorithm>
#include <map>
#include <utility>

#include "base/macros.h"
#include "report/fullest_scope.h"
#include "runtime/arena/share_names.h"
#include "runtime/simulate.h"
#include "runtime/targets/changes.h"
#include "tinyml/arena_diff.h"

namespace tinyml {
namespace {

using runtime::Event;
using runtime::EventKind;
using runtime::Phase;
using runtime::PlannedBuffer;
using runtime::Simulation;

// The required arena, divided up.
struct Account {
  std::map<OperatorId, int64_t> operators;
  std::map<std::string, int64_t> shares;
};

constexpr const char* kObjects = "interpreter, tensor and operator objects";
constexpr const char* kHandles = "scratch buffer handles";
constexpr const char* kVariables = "variable tensors";
constexpr const char* kAlignment = "alignment and rounding";

const char* ShareOf(const Event& event) {
  if (event.phase != Phase::kPlan) return kObjects;
  return event.what == "variable tensors" ? kVariables : kHandles;
}

int FullestScope(const Simulation& simulation) {
  std::vector<report::LiveBytes> live;
  for (const PlannedBuffer& buffer : simulation.buffers) {
    live.push_back({buffer.offset_bytes, buffer.size_bytes,
                    std::max(buffer.lifetime.first_used, 0),
                    buffer.lifetime.last_used});
  }
  return report::FullestScope(live);
}

// Divides up the head that the memory plan makes.
void AccountPlan(const Simulation& simulation, Account* account) {
  int64_t rest = simulation.replay.head_bytes;
  if (!simulation.buffers.empty()) {
    const int scope = FullestScope(simulation);
    for (const PlannedBuffer& buffer : simulation.buffers) {
      if (buffer.lifetime.first_used > scope ||
          buffer.lifetime.last_used < scope) {
        continue;
      }
      rest -= buffer.size_bytes;
      if (buffer.is_scratch) {
        account->operators[{buffer.subgraph, buffer.op}] += buffer.size_bytes;
      } else {
        account->shares[runtime::kTensorsShare] += buffer.size_bytes;
      }
    }
  }
  account->shares[runtime::kGapsShare] += rest;
}

// Divides up the required arena as it is when it is fullest.
Account AccountOf(const Simulation& simulation) {
  Account account;
  int64_t rest = simulation.replay.required_bytes;
  bool planned = false;
  int64_t temporaries = 0;
  int64_t head = 0;
  for (size_t i = 0; i <= simulation.replay.peak_event; ++i) {
    const Event& event = simulation.events[i];
    switch (event.kind) {
      case EventKind::kPersistent:
        rest -= event.size;
        if (event.op >= 0) {
          account.operators[{event.subgraph, event.op}] += event.size;
        } else {
          account.shares[ShareOf(event)] += event.size;
        }
        break;
      case EventKind::kTemp:
      case EventKind::kPlannerSpace:
        temporaries += event.size;
        break;
      case EventKind::kResetTemps:
        temporaries = 0;
        break;
      case EventKind::kResizeHead:
        head = event.size;
        temporaries = 0;
        planned = event.what == "non-persistent buffers";
        break;
    }
  }
  if (planned) {
    AccountPlan(simulation, &account);
    rest -= simulation.replay.head_bytes;
  } else {
    account.shares[runtime::kTemporariesShare] += head;
    rest -= head;
  }
  account.shares[runtime::kTemporariesShare] += temporaries;
  account.shares[kAlignment] += rest - temporaries;
  return account;
}

int64_t At(const Account& account, const OperatorId& id) {
  const auto found = account.operators.find(id);
  return found != account.operators.end() ? found->second : 0;
}

// What each operator asks for, to be compared.
std::map<OperatorId, std::vector<int64_t>> RequestsOf(
    const Simulation& simulation) {
  std::map<OperatorId, std::vector<int64_t>> requests;
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent && event.op >= 0) {
      requests[{event.subgraph, event.op}].push_back(event.size);
    }
  }
  for (const auto& request : simulation.scratch) {
    // Apart from persistent sizes, which are never negative.
    requests[{request.subgraph, request.op}].push_back(-1 - request.bytes);
  }
  return requests;
}

// Finds, for every operator in `diff`, which single changes alter what it asks
// for, and which others alter the total: `target` is simulated again with each,
// or without it.
void FindCauses(const Model& model, const runtime::Target& target,
                const runtime::ChangeSet& other, const ArenaOptions& options,
                const Simulation& simulation, ArenaDiff* diff) {
  if (diff->operators.empty() && diff->shares.empty()) return;
  const auto requests = RequestsOf(simulation);
  for (const runtime::ChangeInfo& info : runtime::AllChanges()) {
    const bool has = target.kernels.changes.Has(info.change);
    if (has == other.Has(info.change)) continue;
    runtime::Target altered = target;
    if (has) {
      altered.kernels.changes.Remove(info.change);
    } else {
      altered.kernels.changes.Add(info.change);
    }
    const auto again =
        runtime::Simulate(model, altered, {options.resource_variables});
    if (!again) continue;
    const RevisionChange cause = {info.name, info.commit, info.date, info.what};
    bool alters_operator = false;
    const auto altered_requests = RequestsOf(*again);
    for (OperatorDiff& op : diff->operators) {
      const OperatorId id = {op.subgraph, op.index};
      const auto before = requests.find(id);
      const auto after = altered_requests.find(id);
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
        again->replay.required_bytes != simulation.replay.required_bytes) {
      diff->other_causes.push_back(cause);
    }
  }
}

}  // namespace

Result<ArenaDiff> DiffArena(const Model& model, const Target& before,
                            const Target& after, const ArenaOptions& options) {
  ArenaDiff diff;
  TINYML_ASSIGN_OR_RETURN(diff.before, SizeArena(model, before, options));
  TINYML_ASSIGN_OR_RETURN(diff.after, SizeArena(model, after, options));
  const runtime::SimulationOptions simulated = {options.resource_variables};
  TINYML_ASSIGN_OR_RETURN(
      const Simulation old_simulation,
      runtime::Simulate(model, before.runtime(), simulated));
  TINYML_ASSIGN_OR_RETURN(const Simulation new_simulation,
                          runtime::Simulate(model, after.runtime(), simulated));
  const Account old_account = AccountOf(old_simulation);
  const Account new_account = AccountOf(new_simulation);

  for (size_t i = 0; i < diff.before.operators.size(); ++i) {
    const ArenaOperator& old_op = diff.before.operators[i];
    const ArenaOperator& new_op = diff.after.operators[i];
    const OperatorId id = {old_op.subgraph, old_op.index};
    const int64_t change = At(new_account, id) - At(old_account, id);
    if (change == 0 && old_op.persistent_bytes == new_op.persistent_bytes &&
        old_op.scratch_bytes == new_op.scratch_bytes) {
      continue;
    }
    OperatorDiff& op = diff.operators.emplace_back();
    op.subgraph = old_op.subgraph;
    op.index = old_op.index;
    op.name = old_op.name;
    op.persistent_before = old_op.persistent_bytes;
    op.persistent_after = new_op.persistent_bytes;
    op.scratch_before = old_op.scratch_bytes;
    op.scratch_after = new_op.scratch_bytes;
    op.required_change = change;
  }
  for (const char* what :
       {runtime::kTensorsShare, runtime::kGapsShare, runtime::kTemporariesShare,
        kObjects, kHandles, kVariables, kAlignment}) {
    const auto at = [&](const Account& account) {
      const auto found = account.shares.find(what);
      return found != account.shares.end() ? found->second : 0;
    };
    const int64_t old_bytes = at(old_account);
    const int64_t new_bytes = at(new_account);
    if (old_bytes != new_bytes) {
      diff.shares.push_back({what, old_bytes, new_bytes});
    }
  }
  FindCauses(model, before.runtime(), after.runtime().kernels.changes, options,
             old_simulation, &diff);
  return diff;
}

}  // namespace tinyml
