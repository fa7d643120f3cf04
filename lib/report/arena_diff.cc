// The comparison of two arenas as text, JSON and Markdown.
#include "tinyml/arena_diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/macros.h"
#include "report/growth_words.h"
#include "report/one_of_formats.h"
#include "tinyml/version.h"

namespace tinyml {
namespace {

std::string Revisions(const TargetInfo& target) {
  std::string text =
      fmt::format("{} {} ({})", target.runtime_name, target.runtime_release,
                  target.runtime_revision);
  text += fmt::format(", {}", target.kernels_name);
  if (target.kernels_revision != target.runtime_revision) {
    text += fmt::format(" {} ({})", target.kernels_release,
                        target.kernels_revision);
  }
  return text;
}

std::string SumText(const std::vector<int64_t>& sizes) {
  std::string text;
  for (int64_t bytes : sizes) {
    if (!text.empty()) text += " + ";
    text += FormatBytes(bytes);
  }
  return text.empty() ? "0" : text;
}

// "a -> b", or "a" if they are alike.
std::string MoveText(const std::string& before, const std::string& after) {
  if (before == after) return before == "0" ? "-" : before;
  return before + " -> " + after;
}

std::string OperatorText(const OperatorDiff& op) {
  std::string text = op.subgraph > 0
                         ? fmt::format("{}/{}", op.subgraph, op.index)
                         : std::to_string(op.index);
  return text + " " + op.name;
}

// A change upstream, and the operators that it alone alters, if any.
struct Cause {
  RevisionChange change;
  std::vector<std::string> operators;
};

std::vector<Cause> CausesOf(const ArenaDiff& diff) {
  std::vector<Cause> causes;
  for (const OperatorDiff& op : diff.operators) {
    for (const RevisionChange& change : op.causes) {
      auto found = std::ranges::find_if(causes, [&](const Cause& cause) {
        return cause.change.commit == change.commit;
      });
      if (found == causes.end()) {
        causes.push_back({change, {}});
        found = causes.end() - 1;
      }
      found->operators.push_back(
          op.subgraph > 0 ? fmt::format("{}/{}", op.subgraph, op.index)
                          : std::to_string(op.index));
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

// What `to` warns of and `from` does not.
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
                        report::SignedBytes(after - before));
  };
  text += fmt::format("  {:<14}  {:>11}  {:>11}  {:>11}\n", "bytes", "before",
                      "after", "change");
  row("required arena", diff.before.required_arena_bytes,
      diff.after.required_arena_bytes);
  row("arena used", diff.before.arena_used_bytes, diff.after.arena_used_bytes);
  std::string warnings = WarningLines(diff, "  ");
  if (!warnings.empty()) warnings.insert(0, "\n");
  if (diff.operators.empty() && diff.shares.empty()) {
    return text + "\n  nothing moved\n" + warnings;
  }

  size_t name = 8;
  size_t persistent = 10;
  size_t scratch = 7;
  const auto persistent_of = [](const OperatorDiff& op) {
    return MoveText(FormatBytes(op.persistent_before),
                    FormatBytes(op.persistent_after));
  };
  const auto scratch_of = [](const OperatorDiff& op) {
    return MoveText(SumText(op.scratch_before), SumText(op.scratch_after));
  };
  for (const OperatorDiff& op : diff.operators) {
    name = std::max(name, OperatorText(op).size());
    persistent = std::max(persistent, persistent_of(op).size());
    scratch = std::max(scratch, scratch_of(op).size());
  }
  text += "\n  what moved, and its part of the required arena's change\n";
  if (!diff.operators.empty()) {
    text += fmt::format("  {:>11}  {:<{}}  {:<{}}  {}\n", "change", "operator",
                        name, "persistent", persistent, "scratch");
  }
  for (const OperatorDiff& op : diff.operators) {
    text +=
        fmt::format("  {:>11}  {:<{}}  {:<{}}  {}\n",
                    report::SignedBytes(op.required_change), OperatorText(op),
                    name, persistent_of(op), persistent, scratch_of(op));
  }
  for (const ShareDiff& share : diff.shares) {
    text +=
        fmt::format("  {:>11}  {}: {} -> {}\n",
                    report::SignedBytes(share.after - share.before), share.what,
                    FormatBytes(share.before), FormatBytes(share.after));
  }
  text += fmt::format("  {:>11}  in all\n",
                      report::SignedBytes(diff.RequiredChange()));

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
    text +=
        fmt::format("| {} | {} | {} | {} |\n", what, FormatBytes(before),
                    FormatBytes(after), report::SignedBytes(after - before));
  };
  row("required arena", diff.before.required_arena_bytes,
      diff.after.required_arena_bytes);
  row("arena used", diff.before.arena_used_bytes, diff.after.arena_used_bytes);
  std::string warnings = WarningLines(diff, "* ");
  if (!warnings.empty()) warnings.insert(0, "\n");
  if (diff.operators.empty() && diff.shares.empty()) return text + warnings;
  text +=
      "\n| what moved | persistent | scratch | part of the change |\n"
      "|---|---|---|---:|\n";
  for (const OperatorDiff& op : diff.operators) {
    text += fmt::format(
        "| {} | {} | {} | {} |\n", OperatorText(op),
        MoveText(FormatBytes(op.persistent_before),
                 FormatBytes(op.persistent_after)),
        MoveText(SumText(op.scratch_before), SumText(op.scratch_after)),
        report::SignedBytes(op.required_change));
  }
  for (const ShareDiff& share : diff.shares) {
    text += fmt::format("| {} | | | {} |\n", share.what,
                        report::SignedBytes(share.after - share.before));
  }
  text += fmt::format("| in all | | | {} |\n",
                      report::SignedBytes(diff.RequiredChange()));
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
  Json json = {{"target", target.name},
               {"runtime",
                {{"name", target.runtime_name},
                 {"revision", target.runtime_revision},
                 {"release", target.runtime_release}}},
               {"kernels",
                {{"name", target.kernels_name},
                 {"revision", target.kernels_revision},
                 {"release", target.kernels_release}}}};
  if (!refused.empty()) {
    json["error"] = refused;
    return json;
  }
  json["arena_used_bytes"] = report.arena_used_bytes;
  json["required_arena_bytes"] = report.required_arena_bytes;
  json["head_bytes"] = report.head_bytes;
  json["tail_bytes"] = report.tail_bytes;
  json["peak_phase"] = report.peak_phase;
  json["warnings"] = report.warnings;
  return json;
}

std::string DiffJson(const ArenaDiffDocument& document) {
  const ArenaDiff& diff = document.diff;
  Json json = {
      {"schema_version", 1},
      {"tool", {{"name", "tinyml"}, {"version", TINYML_VERSION_STRING}}},
      {"model",
       {{"path", document.model.path},
        {"sha256", document.model.sha256},
        {"size_bytes", document.model.size_bytes},
        {"operators", document.model.operators},
        {"tensors", document.model.tensors}}},
      {"before",
       SideJson(document.before, diff.before, document.refused_before)},
      {"after", SideJson(document.after, diff.after, document.refused_after)}};
  if (document.refused_before.empty() && document.refused_after.empty()) {
    json["required_change_bytes"] = diff.RequiredChange();
    Json operators = Json::array();
    for (const OperatorDiff& op : diff.operators) {
      Json causes = Json::array();
      for (const RevisionChange& change : op.causes) {
        causes.push_back(change.name);
      }
      operators.push_back({{"subgraph", op.subgraph},
                           {"index", op.index},
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
      shares.push_back({{"what", share.what},
                        {"bytes_before", share.before},
                        {"bytes_after", share.after}});
    }
    json["shares"] = std::move(shares);
    Json changes = Json::array();
    for (const Cause& cause : CausesOf(diff)) {
      changes.push_back({{"name", cause.change.name},
                         {"commit", cause.change.commit},
                         {"date", cause.change.date},
                         {"what", cause.change.what}});
    }
    json["changes"] = std::move(changes);
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ArenaDiffDocument DiffOnTargets(const ModelFile& file, const Target& before,
                                const Target& after,
                                const ArenaOptions& options) {
  ArenaDocument sized = SizeOnTargets(file, {before, after}, options);
  ArenaDiffDocument document;
  document.model = std::move(sized.model);
  document.before = before.info();
  document.after = after.info();
  const auto refusal = [](const TargetAnswer& answer) {
    return answer.report ? std::string() : answer.report.error().message;
  };
  document.refused_before = refusal(sized.targets[0]);
  document.refused_after = refusal(sized.targets[1]);
  if (auto diff = DiffArena(file.model, before, after, options)) {
    document.diff = std::move(*diff);
  }
  return document;
}

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
