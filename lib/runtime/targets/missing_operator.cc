#include "runtime/targets/missing_operator.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/targets/distributions.h"
#include "runtime/targets/revisions.h"

namespace tinyml::runtime {
namespace {

std::string_view NameOf(const OperatorRow& row) {
  return row.custom_code.empty() ? BuiltinOperatorName(row.code)
                                 : row.custom_code;
}

// Whether `distribution` has the operator, which came with `since` if at all.
bool Has(const Distribution& distribution, std::optional<Change> since,
         std::string_view name) {
  if (std::ranges::find(distribution.lacks_operators, name) !=
      distribution.lacks_operators.end()) {
    return false;
  }
  if (!since) return true;
  const RevisionCatalogue& revisions = RevisionCatalogue::Builtin();
  const auto revision =
      revisions.Find(distribution.runtime_name, distribution.runtime_revision);
  if (!revision) return false;
  ChangeSet changes = revisions.ChangesOf(**revision);
  changes.Add(distribution.adds);
  changes.Remove(distribution.lacks);
  return changes.Has(*since);
}

// "; distributions for this core that have it: a, b", or "" without any.
std::string OthersThatHave(const Target& target, const OperatorRow& row) {
  std::string others;
  for (const Distribution& distribution :
       DistributionCatalogue::Builtin().distributions()) {
    if (distribution.name == target.distribution ||
        BuildFor(distribution, target.core) == nullptr ||
        !Has(distribution, row.runtime.since, NameOf(row))) {
      continue;
    }
    others += (others.empty() ? "" : ", ") + distribution.name;
  }
  if (others.empty()) return "";
  return "; distributions for this core that have it: " + others;
}

}  // namespace

const OperatorRow* OperatorNamed(std::string_view name) {
  const auto row =
      std::ranges::find_if(AllOperators(), [&](const OperatorRow& candidate) {
        return candidate.code == BuiltinOperator::kCustom
                   ? candidate.custom_code == name
                   : BuiltinOperatorName(candidate.code) == name;
      });
  return row == AllOperators().end() ? nullptr : &*row;
}

std::string MissingOperator(const Target& target, const OperatorRow& row) {
  const std::string label = target.runtime_label.empty()
                                ? "runtime revision " + target.runtime_revision
                                : target.runtime_label;
  const std::optional<Change> since = row.runtime.since;
  if (since.has_value() && !target.kernels.changes.Has(*since)) {
    const ChangeInfo& change = AllChanges()[static_cast<size_t>(*since)];
    const std::string text = label + " has no such operator; it came with " +
                             std::string(change.project) + " " +
                             std::string(change.commit) + " of " +
                             std::string(change.date);
    return target.distribution.empty() ? text
                                       : text + OthersThatHave(target, row);
  }
  if (target.lacks_operators[RowIndex(row)]) {
    return label + " has no such operator: its makers left it out" +
           OthersThatHave(target, row);
  }
  return "";
}

}  // namespace tinyml::runtime
