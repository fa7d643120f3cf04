// What messages say of remedies.
#include <algorithm>

#include "report/hazard_words.h"
#include "tinyml/remedy.h"

namespace tinyml {

std::vector<std::string> RemedyLines(std::span<const AppliedRemedy> applied) {
  struct Group {
    const AppliedRemedy* remedy;
    std::vector<OperatorId> ids;
  };
  std::vector<Group> groups;
  for (const AppliedRemedy& remedy : applied) {
    const auto known = std::ranges::find_if(groups, [&](const Group& group) {
      return group.remedy->remedy == remedy.remedy &&
             group.remedy->hazard == remedy.hazard &&
             group.remedy->target == remedy.target &&
             group.remedy->operator_name == remedy.operator_name &&
             group.remedy->op.subgraph == remedy.op.subgraph;
    });
    if (known != groups.end()) {
      known->ids.push_back(remedy.op);
      continue;
    }
    groups.push_back({&remedy, {remedy.op}});
  }
  std::vector<std::string> lines;
  for (const Group& group : groups) {
    const std::string why =
        group.remedy->hazard.empty()
            ? "refused by " + group.remedy->target
            : group.remedy->hazard + " on " + group.remedy->target;
    lines.push_back(
        report::OperatorsText(group.remedy->operator_name, group.ids) + " " +
        group.remedy->does + ": " + why);
  }
  return lines;
}

}  // namespace tinyml
