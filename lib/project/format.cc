#include "project/format.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/escape.h"
#include "report/figures.h"
#include "report/text_writer.h"
#include "tinyml/report.h"

namespace tinyml {

std::string_view FindingKindName(FindingKind kind) {
  switch (kind) {
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kRefused:
      return "refused";
    case FindingKind::kOverBudget:
      return "over_budget";
    case FindingKind::kOverRam:
      return "over_ram";
    case FindingKind::kOverFlash:
      return "over_flash";
    case FindingKind::kHazard:
      return "hazard";
    case FindingKind::kGrew:
      return "grew";
    case FindingKind::kNotReproducible:
      return "not_reproducible";
    case FindingKind::kChanged:
      return "changed";
    case FindingKind::kNew:
      return "new";
    case FindingKind::kGone:
      return "gone";
    case FindingKind::kRevision:
      return "revision";
    case FindingKind::kShrank:
      return "shrank";
    case FindingKind::kNearest:
      return "nearest";
  }
  return "";
}

std::string FormatCheck(const CheckDocument& document, CheckFormat format,
                        bool color) {
  switch (format) {
    case CheckFormat::kText:
      return project::CheckText(document, color);
    case CheckFormat::kJson:
      return project::CheckJson(document);
    case CheckFormat::kMarkdown:
      return project::CheckMarkdown(document);
    case CheckFormat::kJunit:
      return project::CheckJunit(document);
  }
  return "";
}

namespace project {
namespace {

using report::Row;

std::string Limit(const CheckedTarget& target) {
  if (target.budget_bytes) return FormatBytes(*target.budget_bytes);
  if (target.ram_bytes) return FormatBytes(*target.ram_bytes);
  return "-";
}

std::string Required(const CheckedTarget& target) {
  return target.now.refused.empty()
             ? FormatBytes(target.now.required_arena_bytes)
             : "-";
}

std::vector<Row> RowsOf(const CheckDocument& document) {
  std::vector<Row> rows;
  for (const CheckedModel& model : document.models) {
    const std::string verdict = VerdictOf(document, model.findings);
    if (model.targets.empty()) {
      rows.push_back({OneLine(model.name), "-", "-", "", "-", verdict});
    }
    for (const CheckedTarget& target : model.targets) {
      std::vector<Finding> all = target.findings;
      all.insert(all.end(), model.findings.begin(), model.findings.end());
      rows.push_back({OneLine(model.name), OneLine(target.key),
                      Required(target), ChangeOf(target), Limit(target),
                      VerdictOf(document, all)});
    }
  }
  for (const std::string& name : document.gone) {
    rows.push_back({OneLine(name), "-", "-", "", "-",
                    document.updates ? "gone from the lock" : "gone"});
  }
  return rows;
}

struct Said {
  std::string place;
  const Finding* finding;
};

std::vector<Said> AllFindings(const CheckDocument& document) {
  std::vector<Said> all;
  for (const CheckedModel& model : document.models) {
    for (const Finding& finding : model.findings) {
      all.push_back({model.name, &finding});
    }
    for (const CheckedTarget& target : model.targets) {
      for (const Finding& finding : target.findings) {
        const bool hazard = finding.kind == FindingKind::kHazard;
        all.push_back(
            {(hazard ? "hazard: " : "") + PlaceOf(model, target), &finding});
      }
    }
  }
  return all;
}

}  // namespace

bool Fails(const CheckDocument& document, const Finding& finding) {
  return finding.fails && !(document.updates && UpdateSettles(finding.kind));
}

std::string VerdictOf(const CheckDocument& document,
                      const std::vector<Finding>& findings) {
  std::string verdict;
  bool fails = false;
  for (const Finding& finding : findings) {
    fails |= Fails(document, finding);
  }
  std::vector<std::string> said;
  for (const Finding& finding : findings) {
    // If there is a failure, the rest is detail.
    if (fails && !Fails(document, finding)) continue;
    std::string name(FindingKindName(finding.kind));
    std::ranges::replace(name, '_', ' ');
    if (finding.by_revision && finding.kind != FindingKind::kRevision) {
      name += " by revision";
    }
    if (std::ranges::find(said, name) != said.end()) continue;
    said.push_back(name);
    verdict += (verdict.empty() ? "" : ", ") + name;
  }
  if (verdict.empty()) return "ok";
  if (fails) return verdict;
  return verdict == "refused" ? "refused, as allowed" : "ok: " + verdict;
}

std::string ChangeOf(const CheckedTarget& target) {
  if (!target.before || !target.before->refused.empty() ||
      !target.now.refused.empty()) {
    return "";
  }
  return report::SignedBytes(target.now.required_arena_bytes -
                             target.before->required_arena_bytes);
}

std::string PlaceOf(const CheckedModel& model, const CheckedTarget& target) {
  return model.name + " on " + target.key;
}

std::string SummaryOf(const CheckDocument& document) {
  int64_t checked = 0;
  int64_t failed = 0;
  bool settles = true;
  for (const Said& said : AllFindings(document)) {
    if (Fails(document, *said.finding)) {
      settles &= UpdateSettles(said.finding->kind);
    }
  }
  const auto count = [&](const std::vector<Finding>& findings) {
    ++checked;
    failed += std::ranges::any_of(findings, [&](const Finding& finding) {
      return Fails(document, finding);
    });
  };
  for (const CheckedModel& model : document.models) {
    if (model.targets.empty()) count(model.findings);
    for (const CheckedTarget& target : model.targets) {
      std::vector<Finding> all = model.findings;
      all.insert(all.end(), target.findings.begin(), target.findings.end());
      count(all);
    }
  }
  if (!document.updates) {
    failed += static_cast<int64_t>(document.gone.size());
    checked += static_cast<int64_t>(document.gone.size());
  }
  if (failed == 0) {
    return fmt::format("{} checked, all passed", checked);
  }
  return fmt::format(
      "{} checked, {} failed{}", checked, failed,
      settles ? "; tinyml check --update accepts the present state" : "");
}

std::string CheckText(const CheckDocument& document, bool color) {
  std::vector<Row> rows = RowsOf(document);
  rows.insert(rows.begin(),
              {"model", "target", "required", "change", "limit", "verdict"});
  std::string text = document.project_path;
  text += document.has_lock ? ", against " + document.lock_path : "";
  text += "\n\n" +
          report::AlignedRows("  ", {{}, {}, {true}, {true}, {true}, {}}, rows);
  const std::vector<Said> all = AllFindings(document);
  const auto list = [&](bool fails) {
    bool first = true;
    for (const Said& said : all) {
      if (Fails(document, *said.finding) != fails) continue;
      if (first) text += "\n";
      first = false;
      const std::string_view start = color && fails ? report::kBoldRed : "";
      text += fmt::format("{}{}{}: {}\n", start, OneLine(said.place),
                          start.empty() ? "" : "\x1b[0m",
                          OneLine(said.finding->what));
    }
  };
  list(/*fails=*/true);
  if (!document.gone.empty()) text += "\n";
  for (const std::string& name : document.gone) {
    text += OneLine(name) + ": only the lock has it\n";
  }
  list(/*fails=*/false);
  return text + "\n" + SummaryOf(document) + "\n";
}

std::string CheckMarkdown(const CheckDocument& document) {
  std::string text =
      fmt::format("**tinyml check**: {}\n\n", SummaryOf(document)) +
      "| model | target | required | change | limit | verdict |\n"
      "|---|---|---:|---:|---:|---|\n";
  for (const Row& row : RowsOf(document)) {
    text += "|";
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string cell = report::MarkdownCell(row[i]);
      const bool bold = i + 1 == row.size() && !cell.starts_with("ok") &&
                        cell != "refused, as allowed";
      text += bold ? " **" + cell + "** |" : " " + cell + " |";
    }
    text += "\n";
  }
  const std::vector<Said> all = AllFindings(document);
  if (!all.empty()) text += "\n";
  for (const bool fails : {true, false}) {
    for (const Said& said : all) {
      if (Fails(document, *said.finding) != fails) continue;
      text += fmt::format("* {}{}{}: {}\n", fails ? "**" : "",
                          report::MarkdownCell(OneLine(said.place)),
                          fails ? "**" : "",
                          report::MarkdownCell(OneLine(said.finding->what)));
    }
  }
  return text;
}

}  // namespace project
}  // namespace tinyml
