// The comparison of two arenas as text, JSON and Markdown.
#include "tinyml/arena_diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/macros.h"
#include "report/figures.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "report/runtime_words.h"
#include "report/text_writer.h"

namespace tinyml {
namespace {

using report::AddRevisions;
using report::AlignedRows;
using report::ChangeJson;
using report::DocumentText;
using report::HazardMarkdown;
using report::HazardsJson;
using report::HazardText;
using report::ModelJson;
using report::ReportHead;
using report::Row;
using report::SignedBytes;
using report::SumText;

std::string Revisions(const TargetInfo& target) {
  std::string text =
      target.distribution.empty()
          ? fmt::format("{} {} ({})", target.runtime_name,
                        target.runtime_release, target.runtime_revision)
          : report::RuntimeText(target);
  text += fmt::format(", {}", target.kernels_name);
  if (target.kernels_revision != target.runtime_revision) {
    text += fmt::format(" {} ({})", target.kernels_release,
                        target.kernels_revision);
  }
  return text;
}

// "a -> b", or "a" if they are equal.
std::string MoveText(const std::string& before, const std::string& after) {
  if (before == after) return before == "0" ? "-" : before;
  return before + " -> " + after;
}

std::string PersistentText(const OperatorDiff& op) {
  return MoveText(FormatBytes(op.persistent_before),
                  FormatBytes(op.persistent_after));
}

std::string ScratchText(const OperatorDiff& op) {
  return MoveText(SumText(op.scratch_before, "0"),
                  SumText(op.scratch_after, "0"));
}

std::string IdText(const OperatorId& id) {
  return id.subgraph > 0 ? fmt::format("{}/{}", id.subgraph, id.index)
                         : std::to_string(id.index);
}

std::string OperatorText(const OperatorDiff& op) {
  return IdText(op.id) + " " + op.name;
}

// An upstream change, and the operators that it alone alters, if any.
struct Cause {
  RevisionChange change;
  std::vector<std::string> operators;
};

std::vector<Cause> CausesOf(const ArenaDiff& diff) {
  std::vector<Cause> causes;
  for (const OperatorDiff& op : diff.operators) {
    for (const RevisionChange& change : op.causes) {
      auto found = std::ranges::find_if(causes, [&](const Cause& cause) {
        return cause.change.commit == change.commit &&
               cause.change.name == change.name;
      });
      if (found == causes.end()) {
        causes.push_back({change, {}});
        found = causes.end() - 1;
      }
      found->operators.push_back(IdText(op.id));
    }
  }
  for (const RevisionChange& change : diff.other_causes) {
    causes.push_back({change, {}});
  }
  std::ranges::stable_sort(
      causes, {}, [](const Cause& cause) { return cause.change.date; });
  return causes;
}

std::string ListText(const std::vector<std::string>& items) {
  constexpr size_t kMost = 12;
  std::string text;
  for (size_t i = 0; i < std::min(items.size(), kMost); ++i) {
    if (i > 0) text += ", ";
    text += items[i];
  }
  if (items.size() > kMost) {
    text += fmt::format(" and {} more", items.size() - kMost);
  }
  return text;
}

std::string OperatorsText(const Cause& cause) {
  if (cause.operators.empty()) return "";
  return fmt::format(" (operator{} {})", cause.operators.size() == 1 ? "" : "s",
                     ListText(cause.operators));
}

// Warnings in `to` that are not in `from`.
std::vector<std::string> NewWarnings(const ArenaReport& from,
                                     const ArenaReport& to) {
  std::vector<std::string> warnings;
  for (const std::string& warning : to.warnings) {
    if (std::ranges::find(from.warnings, warning) == from.warnings.end()) {
      warnings.push_back(warning);
    }
  }
  return warnings;
}

// The warnings of one side alone, each as a line that starts with `prefix`.
std::string WarningLines(const ArenaDiff& diff, std::string_view prefix) {
  std::string text;
  for (const std::string& warning : NewWarnings(diff.after, diff.before)) {
    text += fmt::format("{}only before: warning: {}\n", prefix, warning);
  }
  for (const std::string& warning : NewWarnings(diff.before, diff.after)) {
    text += fmt::format("{}only after: warning: {}\n", prefix, warning);
  }
  return text;
}

// The hazards of both sides: what only one of them meets says where.
std::vector<TargetHazards> BothHazards(const ArenaDiffDocument& document) {
  const ArenaDiff& diff = document.diff;
  return {{"before (" + document.before.name + ")", diff.before.hazards},
          {"after (" + document.after.name + ")", diff.after.hazards}};
}

std::string Refusals(const ArenaDiffDocument& document) {
  std::string text;
  if (!document.refused_before.empty()) {
    text += "  before: refused: " + document.refused_before + "\n";
  }
  if (!document.refused_after.empty()) {
    text += "  after: refused: " + document.refused_after + "\n";
  }
  return text;
}

std::string DiffText(const ArenaDiffDocument& document) {
  const size_t width =
      std::max(document.before.name.size(), document.after.name.size());
  std::string text = fmt::format(
      "{}  {} bytes, {} operators, {} tensors\n\n"
      "  before  {:<{}}  {}\n  after   {:<{}}  {}\n\n",
      document.model.path, FormatBytes(document.model.size_bytes),
      document.model.operators, document.model.tensors, document.before.name,
      width, Revisions(document.before), document.after.name, width,
      Revisions(document.after));
  const std::string refusals = Refusals(document);
  if (!refusals.empty()) return text + refusals;

  const ArenaDiff& diff = document.diff;
  const auto row = [&](std::string_view what, int64_t before, int64_t after) {
    text += fmt::format("  {:<14}  {:>11}  {:>11}  {:>11}\n", what,
                        FormatBytes(before), FormatBytes(after),
                        SignedBytes(after - before));
  };
  text += fmt::format("  {:<14}  {:>11}  {:>11}  {:>11}\n", "bytes", "before",
                      "after", "change");
  row("required arena", diff.before.required_arena_bytes,
      diff.after.required_arena_bytes);
  row("arena used", diff.before.arena_used_bytes, diff.after.arena_used_bytes);
  std::string warnings = WarningLines(diff, "  ") +
                         HazardText(BothHazards(document), /*color=*/false);
  if (!warnings.empty()) warnings.insert(0, "\n");
  if (diff.operators.empty() && diff.shares.empty()) {
    return text + "\n  nothing moved\n" + warnings;
  }

  text += "\n  what moved, and its part of the required arena's change\n";
  std::vector<Row> rows;
  if (!diff.operators.empty()) {
    rows.push_back({"change", "operator", "persistent", "scratch"});
  }
  for (const OperatorDiff& op : diff.operators) {
    rows.push_back({SignedBytes(op.required_change), OperatorText(op),
                    PersistentText(op), ScratchText(op)});
  }
  for (const ShareDiff& share : diff.shares) {
    rows.push_back(
        {SignedBytes(share.after - share.before),
         fmt::format("{}: {} -> {}", ArenaShareName(share.what),
                     FormatBytes(share.before), FormatBytes(share.after))});
  }
  rows.push_back({SignedBytes(diff.RequiredChange()), "in all"});
  text += AlignedRows("  ", {{true, 11}, {}, {}, {}}, rows);

  const std::vector<Cause> causes = CausesOf(diff);
  if (!causes.empty()) {
    text += "\n  upstream changes behind it\n";
    for (const Cause& cause : causes) {
      text += fmt::format("  {} {} {}: {}{}\n", cause.change.date,
                          cause.change.commit, cause.change.name,
                          cause.change.what, OperatorsText(cause));
    }
  }
  return text + warnings;
}

std::string DiffMarkdown(const ArenaDiffDocument& document) {
  std::string text = fmt::format(
      "**{}**: `{}` ({}) against `{}` ({})\n\n", document.model.path,
      document.before.name, Revisions(document.before), document.after.name,
      Revisions(document.after));
  const std::string refusals = Refusals(document);
  if (!refusals.empty()) return text + refusals;
  const ArenaDiff& diff = document.diff;
  text += "| | before | after | change |\n|---|---:|---:|---:|\n";
  const auto row = [&](std::string_view what, int64_t before, int64_t after) {
    text += fmt::format("| {} | {} | {} | {} |\n", what, FormatBytes(before),
                        FormatBytes(after), SignedBytes(after - before));
  };
  row("required arena", diff.before.required_arena_bytes,
      diff.after.required_arena_bytes);
  row("arena used", diff.before.arena_used_bytes, diff.after.arena_used_bytes);
  std::string warnings =
      WarningLines(diff, "* ") + HazardMarkdown(BothHazards(document));
  if (!warnings.empty()) warnings.insert(0, "\n");
  if (diff.operators.empty() && diff.shares.empty()) return text + warnings;
  text +=
      "\n| what moved | persistent | scratch | part of the change |\n"
      "|---|---|---|---:|\n";
  for (const OperatorDiff& op : diff.operators) {
    text += fmt::format("| {} | {} | {} | {} |\n", OperatorText(op),
                        PersistentText(op), ScratchText(op),
                        SignedBytes(op.required_change));
  }
  for (const ShareDiff& share : diff.shares) {
    text += fmt::format("| {} | | | {} |\n", ArenaShareName(share.what),
                        SignedBytes(share.after - share.before));
  }
  text +=
      fmt::format("| in all | | | {} |\n", SignedBytes(diff.RequiredChange()));
  const std::vector<Cause> causes = CausesOf(diff);
  if (!causes.empty()) text += "\nUpstream changes behind it:\n\n";
  for (const Cause& cause : causes) {
    text += fmt::format("* {} `{}` {}: {}{}\n", cause.change.date,
                        cause.change.commit, cause.change.name,
                        cause.change.what, OperatorsText(cause));
  }
  return text + warnings;
}

Json SideJson(const TargetInfo& target, const ArenaReport& report,
              const std::string& refused) {
  Json json = {{"target", target.name}};
  AddRevisions(target, &json);
  if (!refused.empty()) {
    json["error"] = refused;
    return json;
  }
  json["arena_used_bytes"] = report.arena_used_bytes;
  json["required_arena_bytes"] = report.required_arena_bytes;
  json["head_bytes"] = report.head_bytes;
  json["tail_bytes"] = report.tail_bytes;
  json["peak_phase"] = ArenaPhaseName(report.peak_phase);
  json["warnings"] = report.warnings;
  json["hazards"] = HazardsJson(report.hazards);
  return json;
}

std::string DiffJson(const ArenaDiffDocument& document) {
  const ArenaDiff& diff = document.diff;
  Json json = ReportHead();
  json["model"] = ModelJson(document.model);
  json["before"] =
      SideJson(document.before, diff.before, document.refused_before);
  json["after"] = SideJson(document.after, diff.after, document.refused_after);
  if (document.refused_before.empty() && document.refused_after.empty()) {
    json["required_change_bytes"] = diff.RequiredChange();
    Json operators = Json::array();
    for (const OperatorDiff& op : diff.operators) {
      Json causes = Json::array();
      for (const RevisionChange& change : op.causes) {
        causes.push_back(change.name);
      }
      operators.push_back({{"subgraph", op.id.subgraph},
                           {"index", op.id.index},
                           {"name", op.name},
                           {"persistent_bytes_before", op.persistent_before},
                           {"persistent_bytes_after", op.persistent_after},
                           {"scratch_bytes_before", op.scratch_before},
                           {"scratch_bytes_after", op.scratch_after},
                           {"required_change_bytes", op.required_change},
                           {"changes", std::move(causes)}});
    }
    json["operators"] = std::move(operators);
    Json shares = Json::array();
    for (const ShareDiff& share : diff.shares) {
      shares.push_back({{"what", ArenaShareName(share.what)},
                        {"bytes_before", share.before},
                        {"bytes_after", share.after}});
    }
    json["shares"] = std::move(shares);
    Json changes = Json::array();
    for (const Cause& cause : CausesOf(diff)) {
      changes.push_back(ChangeJson(cause.change));
    }
    json["changes"] = std::move(changes);
  }
  return DocumentText(json);
}

}  // namespace

Result<std::string> FormatArenaDiff(const ArenaDiffDocument& document,
                                    ReportFormat format, const ReportStyle&) {
  TINYML_RETURN_IF_ERROR(report::OneOfFormats(
      "a comparison of targets", format,
      {ReportFormat::kText, ReportFormat::kJson, ReportFormat::kMarkdown}));
  switch (format) {
    case ReportFormat::kJson:
      return DiffJson(document);
    case ReportFormat::kMarkdown:
      return DiffMarkdown(document);
    default:
      return DiffText(document);
  }
}

}  // namespace tinyml
