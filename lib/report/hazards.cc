// The known hazards, as text, as JSON and as a table of Markdown.
#include <fmt/format.h>

#include "base/json.h"
#include "base/macros.h"
#include "report/escape.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "tinyml/hazard.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

std::string Lifetime(const KnownHazard& hazard) {
  std::string text;
  if (!hazard.since.empty()) text = "since " + hazard.since;
  if (!hazard.fixed_in.empty()) {
    text += (text.empty() ? "fixed in " : "; fixed in ") + hazard.fixed_in;
  }
  return text;
}

std::string Text(std::span<const KnownHazard> hazards) {
  std::string text;
  for (const KnownHazard& hazard : hazards) {
    if (!text.empty()) text += "\n";
    text +=
        fmt::format("{} ({}), {}, {}\n", hazard.id,
                    HazardSeverityName(hazard.severity), hazard.library,
                    hazard.operators.empty() ? "any model" : hazard.operators);
    text += fmt::format("  {}\n", hazard.what);
    if (const std::string lifetime = Lifetime(hazard); !lifetime.empty()) {
      text += fmt::format("  {}\n", lifetime);
    }
    text += fmt::format("  source: {}\n  remedy: {}\n", hazard.source,
                        hazard.remedy);
  }
  return text;
}

std::string HazardTable(std::span<const KnownHazard> hazards) {
  std::string text =
      "| hazard | severity | operators | what happens | since, fixed in | "
      "source | remedy |\n|---|---|---|---|---|---|---|\n";
  for (const KnownHazard& hazard : hazards) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", hazard.id,
                        HazardSeverityName(hazard.severity),
                        report::MarkdownCell(hazard.operators),
                        report::MarkdownCell(hazard.what),
                        report::MarkdownCell(Lifetime(hazard)),
                        report::MarkdownCell(hazard.source),
                        report::MarkdownCell(hazard.remedy));
  }
  return text;
}

std::string HazardList(std::span<const KnownHazard> hazards) {
  Json list = Json::array();
  for (const KnownHazard& hazard : hazards) {
    list.push_back({{"id", hazard.id},
                    {"severity", HazardSeverityName(hazard.severity)},
                    {"library", hazard.library},
                    {"operators", hazard.operators},
                    {"what", hazard.what},
                    {"since", hazard.since},
                    {"fixed_in", hazard.fixed_in},
                    {"source", hazard.source},
                    {"remedy", hazard.remedy}});
  }
  Json json = report::ReportHead();
  json["hazards"] = std::move(list);
  return report::DocumentText(json);
}

}  // namespace

Result<std::string> FormatHazards(std::span<const KnownHazard> hazards,
                                  ReportFormat format) {
  TINYML_RETURN_IF_ERROR(report::OneOfFormats(
      "the list of hazards", format,
      {ReportFormat::kText, ReportFormat::kJson, ReportFormat::kMarkdown}));
  if (format == ReportFormat::kJson) return HazardList(hazards);
  if (format == ReportFormat::kMarkdown) return HazardTable(hazards);
  return Text(hazards);
}

}  // namespace tinyml
