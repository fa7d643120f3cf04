#include "report/hazard_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "report/escape.h"
#include "report/text_writer.h"
#include "tinyml/arena_parts.h"

namespace tinyml {
namespace {

// A hazard, the operators that meet it alike, and the targets on which they do.
struct Group {
  const Hazard* hazard = nullptr;
  std::vector<OperatorId> operators;
  std::vector<std::string> targets;
};

bool SameButForOperator(const Hazard& a, const Hazard& b) {
  return a.id == b.id && a.what == b.what && a.fixed_in == b.fixed_in &&
         a.operator_name == b.operator_name && a.op.subgraph == b.op.subgraph;
}

std::vector<Group> GroupsOf(const TargetHazards& target) {
  std::vector<Group> groups;
  for (const Hazard& hazard : target.hazards) {
    const auto known = std::ranges::find_if(groups, [&](const Group& group) {
      return SameButForOperator(*group.hazard, hazard);
    });
    if (known != groups.end()) {
      known->operators.push_back(hazard.op);
    } else {
      groups.push_back({&hazard, {hazard.op}, {target.target}});
    }
  }
  return groups;
}

}  // namespace

std::vector<HazardNote> DescribeHazards(
    std::span<const TargetHazards> targets) {
  std::vector<Group> groups;
  for (const TargetHazards& target : targets) {
    for (Group& group : GroupsOf(target)) {
      const auto known = std::ranges::find_if(groups, [&](const Group& other) {
        return SameButForOperator(*other.hazard, *group.hazard) &&
               other.operators == group.operators;
      });
      if (known != groups.end()) {
        known->targets.push_back(target.target);
      } else {
        groups.push_back(std::move(group));
      }
    }
  }
  std::vector<HazardNote> notes;
  for (const Group& group : groups) {
    const Hazard& hazard = *group.hazard;
    HazardNote& note = notes.emplace_back();
    note.id = hazard.id;
    note.title = fmt::format(
        "{} ({}), {}: {}", hazard.id, HazardSeverityName(hazard.severity),
        report::OperatorsText(hazard.operator_name, group.operators),
        hazard.what);
    if (targets.size() > 1) {
      note.advice = fmt::format("on {}; ", fmt::join(group.targets, ", "));
    }
    if (!hazard.fixed_in.empty()) {
      note.advice += "fixed in " + hazard.fixed_in + "; ";
    }
    note.advice += hazard.remedy;
  }
  return notes;
}

namespace report {

std::string OperatorsText(std::string_view name,
                          std::span<const OperatorId> operators) {
  if (operators.front().index == kNoOperatorIndex) return "the model";
  constexpr size_t kMost = 8;
  const size_t count = operators.size();
  const size_t shown = std::min(count, kMost);
  std::string text;
  if (operators.front().subgraph != 0) {
    text = fmt::format("subgraph {}, ", operators.front().subgraph);
  }
  text += count == 1 ? "operator " : "operators ";
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == count ? " and " : ", ";
    text += std::to_string(operators[i].index);
  }
  if (count > shown) text += fmt::format(" and {} more", count - shown);
  return text + " (" + Printable(name) + ")";
}

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

std::vector<TargetHazards> HazardsOf(const ArenaDocument& document) {
  std::vector<TargetHazards> targets;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    targets.push_back({answer.target.name, answer.report->hazards});
  }
  return targets;
}

std::string HazardText(std::span<const TargetHazards> targets, bool color) {
  std::string text;
  for (const HazardNote& note : DescribeHazards(targets)) {
    text += fmt::format("{}hazard:{} {}\n    {}\n", color ? kBoldRed : "",
                        color ? "\033[0m" : "", note.title, note.advice);
  }
  return text;
}

std::string HazardMarkdown(std::span<const TargetHazards> targets) {
  std::string text;
  for (const HazardNote& note : DescribeHazards(targets)) {
    text += fmt::format("* **hazard**: {} ({})\n", MarkdownCell(note.title),
                        MarkdownCell(note.advice));
  }
  return text;
}

}  // namespace report
}  // namespace tinyml
