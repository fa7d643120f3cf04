// Compares reports: the required arena of each is divided up among operators
// and shares, and the parts that differ explain the growth.
#include "tinyml/growth.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/match_operators.h"
#include "runtime/divide_arena.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

using runtime::ArenaDivision;
using runtime::OperatorParts;

runtime::TensorMakers MakersOf(const ReportedGraph& graph) {
  runtime::TensorMakers makers;
  for (const ReportedGraph::Operator& op : graph.operators) {
    for (TensorIndex output : op.outputs) {
      makers.emplace(std::pair(op.id.subgraph, output), op.id.index);
    }
  }
  return makers;
}

// The keys by which operators of a subgraph are recognised, in the report's
// order.
struct Keys {
  std::vector<OperatorId> ids;
  std::vector<analysis::OperatorKey> keys;
};

std::map<int, Keys> KeysOf(const ArenaReport& report) {
  std::map<int, Keys> subgraphs;
  for (const ArenaOperator& op : report.operators) {
    Keys& keys = subgraphs[op.id.subgraph];
    keys.ids.push_back(op.id);
    analysis::OperatorKey& key = keys.keys.emplace_back();
    key.name = op.name;
    key.facts = op.scratch_bytes;
    key.facts.push_back(op.persistent_bytes);
  }
  return subgraphs;
}

class Comparison {
 public:
  Comparison(const ArenaDocument& before, const ArenaDocument& after)
      : old_makers_(MakersOf(before.graph)),
        new_makers_(MakersOf(after.graph)) {
    AddMacs(before.graph, &old_macs_);
    AddMacs(after.graph, &new_macs_);
  }

  void Compare(const ArenaReport& before, const ArenaReport& after,
               TargetGrowth* growth) const {
    growth->required_change =
        after.required_arena_bytes - before.required_arena_bytes;
    growth->used_change = after.arena_used_bytes - before.arena_used_bytes;
    const bool makers = !old_makers_.empty() && !new_makers_.empty();
    const ArenaDivision old_division =
        runtime::DivideReport(before, makers ? &old_makers_ : nullptr);
    const ArenaDivision new_division =
        runtime::DivideReport(after, makers ? &new_makers_ : nullptr);
    CompareOperators(before, after, old_division, new_division, growth);
    CompareShares(old_division, new_division, growth);
  }

 private:
  static void AddMacs(const ReportedGraph& graph,
                      std::map<OperatorId, int64_t>* macs) {
    for (const ReportedGraph::Operator& op : graph.operators) {
      (*macs)[op.id] = op.macs;
    }
  }

  // Multiply-accumulates distinguish operators if both reports have them.
  std::map<int, Keys> Recognise(
      const ArenaReport& report,
      const std::map<OperatorId, int64_t>& macs) const {
    std::map<int, Keys> subgraphs = KeysOf(report);
    if (old_macs_.empty() || new_macs_.empty()) return subgraphs;
    for (auto& [subgraph, keys] : subgraphs) {
      for (size_t i = 0; i < keys.ids.size(); ++i) {
        const auto found = macs.find(keys.ids[i]);
        keys.keys[i].facts.push_back(found != macs.end() ? found->second : -1);
      }
    }
    return subgraphs;
  }

  void CompareOperators(const ArenaReport& before, const ArenaReport& after,
                        const ArenaDivision& old_division,
                        const ArenaDivision& new_division,
                        TargetGrowth* growth) const {
    const std::map<int, Keys> old_keys = Recognise(before, old_macs_);
    const std::map<int, Keys> new_keys = Recognise(after, new_macs_);
    std::map<OperatorId, OperatorGrowth> gone;
    for (const auto& [subgraph, keys] : old_keys) {
      for (size_t i = 0; i < keys.ids.size(); ++i) {
        OperatorGrowth& op = gone[keys.ids[i]];
        op.before = keys.ids[i];
        op.name = keys.keys[i].name;
      }
    }
    for (const auto& [subgraph, keys] : new_keys) {
      static const Keys kNone;
      const auto found = old_keys.find(subgraph);
      const Keys& earlier = found != old_keys.end() ? found->second : kNone;
      const std::vector<int> matches =
          analysis::MatchOperators(earlier.keys, keys.keys);
      for (size_t i = 0; i < keys.ids.size(); ++i) {
        OperatorGrowth op;
        op.after = keys.ids[i];
        op.name = keys.keys[i].name;
        if (matches[i] >= 0) {
          op.before = earlier.ids[matches[i]];
          gone.erase(*op.before);
        }
        AddChange(old_division, new_division, std::move(op), growth);
      }
    }
    for (auto& [id, op] : gone) {
      AddChange(old_division, new_division, std::move(op), growth);
    }
    std::ranges::stable_sort(growth->operators, std::greater<>(),
                             &OperatorGrowth::Change);
  }

  static void AddChange(const ArenaDivision& old_division,
                        const ArenaDivision& new_division, OperatorGrowth op,
                        TargetGrowth* growth) {
    const auto at = [](const ArenaDivision& division,
                       const std::optional<OperatorId>& id) {
      const auto found =
          id ? division.operators.find(*id) : division.operators.end();
      return found != division.operators.end() ? found->second
                                               : OperatorParts();
    };
    const OperatorParts before = at(old_division, op.before);
    const OperatorParts after = at(new_division, op.after);
    op.persistent_change = after.persistent - before.persistent;
    op.scratch_change = after.scratch - before.scratch;
    op.tensors_change = after.tensors - before.tensors;
    if (op.persistent_change == 0 && op.scratch_change == 0 &&
        op.tensors_change == 0) {
      return;
    }
    growth->operators.push_back(std::move(op));
  }

  static void CompareShares(const ArenaDivision& old_division,
                            const ArenaDivision& new_division,
                            TargetGrowth* growth) {
    std::map<ArenaShareId, ShareGrowth> shares;
    for (const auto& [what, bytes] : old_division.shares) {
      shares[what].before = bytes;
    }
    for (const auto& [what, bytes] : new_division.shares) {
      shares[what].after = bytes;
    }
    for (auto& [what, share] : shares) {
      if (share.before == share.after) continue;
      share.what = what;
      growth->shares.push_back(share);
    }
    std::ranges::sort(growth->shares, {}, [](const ShareGrowth& share) {
      return std::pair(share.before - share.after, share.what.Name());
    });
  }

  runtime::TensorMakers old_makers_;
  runtime::TensorMakers new_makers_;
  std::map<OperatorId, int64_t> old_macs_;
  std::map<OperatorId, int64_t> new_macs_;
};

TargetGrowth::Kind KindOf(const TargetAnswer& before,
                          const TargetAnswer& after) {
  if (before.report && after.report) return TargetGrowth::Kind::kCompared;
  if (after.report) return TargetGrowth::Kind::kRefusedBefore;
  if (before.report) return TargetGrowth::Kind::kRefusedNow;
  return TargetGrowth::Kind::kRefusedBoth;
}

}  // namespace

GrowthReport CompareArenas(const ArenaDocument& before,
                           const ArenaDocument& after,
                           const std::optional<GrowthLimit>& limit) {
  GrowthReport result;
  result.model_sha256 = before.model.sha256;
  result.model_bytes = before.model.size_bytes;
  const auto named = [](const std::vector<TargetAnswer>& answers,
                        const std::string& name) {
    return std::ranges::find_if(answers, [&](const TargetAnswer& answer) {
      return answer.target.name == name;
    });
  };
  const Comparison comparison(before, after);
  for (const TargetAnswer& answer : after.targets) {
    TargetGrowth& growth = result.targets.emplace_back();
    const auto found = named(before.targets, answer.target.name);
    if (found == before.targets.end()) continue;
    const TargetInfo& earlier = found->target;
    growth.kind = KindOf(*found, answer);
    growth.runtime_name = earlier.runtime_name;
    growth.runtime_revision = earlier.runtime_revision;
    growth.distribution = earlier.distribution;
    growth.kernels_name = earlier.kernels_name;
    growth.kernels_revision = earlier.kernels_revision;
    growth.revisions_changed =
        earlier.runtime_name != answer.target.runtime_name ||
        earlier.runtime_revision != answer.target.runtime_revision ||
        earlier.distribution != answer.target.distribution ||
        earlier.kernels_name != answer.target.kernels_name ||
        earlier.kernels_revision != answer.target.kernels_revision;
    if (!found->report) continue;
    growth.required_before = found->report->required_arena_bytes;
    growth.used_before = found->report->arena_used_bytes;
    growth.fitted_ram = FitsRam(earlier, growth.required_before);
    growth.fitted_flash = FitsFlash(earlier, before.model.size_bytes);
    if (growth.kind != TargetGrowth::Kind::kCompared) {
      growth.allowed = !limit;
      continue;
    }
    comparison.Compare(*found->report, *answer.report, &growth);
    growth.allowed =
        !limit || limit->Allows(growth.required_before, growth.required_change);
  }
  for (const TargetAnswer& answer : before.targets) {
    const std::string& name = answer.target.name;
    if (named(after.targets, name) == after.targets.end()) {
      result.missing.push_back(name);
    }
  }
  return result;
}

}  // namespace tinyml
