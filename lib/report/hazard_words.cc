#include "report/hazard_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tinyml/arena_parts.h"

namespace tinyml::report {

Json HazardsJson(std::span<const Hazard> hazards) {
  Json list = Json::array();
  for (const Hazard& hazard : hazards) {
    const bool of_model = hazard.op.index == kNoOperatorIndex;
    list.push_back({{"id", hazard.id},
                    {"severity", HazardSeverityName(hazard.severity)},
                    {"subgraph", hazard.op.subgraph},
                    {"operator", of_model ? Json() : Json(hazard.op.index)},
                    {"what", hazard.what},
                    {"since", hazard.since},
                    {"fixed_in", hazard.fixed_in},
                    {"source", hazard.source},
                    {"remedy", hazard.remedy}});
  }
  return list;
}

std::vector<HazardGroup> GroupHazards(std::span<const Hazard> hazards) {
  std::vector<HazardGroup> groups;
  for (const Hazard& hazard : hazards) {
    const auto known = std::ranges::find_if(groups, [&](const auto& group) {
      return group.hazard->id == hazard.id &&
             group.hazard->what == hazard.what &&
             group.hazard->operator_name == hazard.operator_name &&
             group.hazard->op.subgraph == hazard.op.subgraph;
    });
    if (known != groups.end()) {
      known->operators.push_back(hazard.op);
    } else {
      groups.push_back({&hazard, {hazard.op}});
    }
  }
  return groups;
}

std::string OperatorsText(const HazardGroup& group) {
  const Hazard& hazard = *group.hazard;
  if (hazard.op.index == kNoOperatorIndex) return "the model";
  constexpr size_t kMost = 8;
  const size_t count = group.operators.size();
  const size_t shown = count > kMost ? kMost : count;
  std::string text;
  if (hazard.op.subgraph != 0) {
    text = fmt::format("subgraph {}, ", hazard.op.subgraph);
  }
  text += count == 1 ? "operator " : "operators ";
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == count ? " and " : ", ";
    text += std::to_string(group.operators[i].index);
  }
  if (count > shown) text += fmt::format(" and {} more", count - shown);
  return text + " (" + Printable(hazard.operator_name) + ")";
}

std::string HazardTitle(const HazardGroup& group) {
  const Hazard& hazard = *group.hazard;
  return fmt::format("{} ({}), {}: {}", hazard.id,
                     HazardSeverityName(hazard.severity), OperatorsText(group),
                     hazard.what);
}

std::string HazardAdvice(const Hazard& hazard) {
  const std::string fixed =
      hazard.fixed_in.empty() ? "" : "fixed in " + hazard.fixed_in + "; ";
  return fixed + hazard.remedy;
}

}  // namespace tinyml::report

namespace tinyml {

std::vector<std::string> HazardLines(std::span<const Hazard> hazards) {
  std::vector<std::string> lines;
  for (const report::HazardGroup& group : report::GroupHazards(hazards)) {
    lines.push_back(report::HazardTitle(group) + " (" +
                    report::HazardAdvice(*group.hazard) + ")");
  }
  return lines;
}

}  // namespace tinyml
