#include "tinyml/report.h"

#include <string>

#include "report/arena_formats.h"

namespace tinyml {
std::optional<ReportFormat> FindReportFormat(std::string_view name) {
  if (name == "text") return ReportFormat::kText;
  if (name == "json") return ReportFormat::kJson;
  if (name == "markdown") return ReportFormat::kMarkdown;
  if (name == "csv") return ReportFormat::kCsv;
  if (name == "html") return ReportFormat::kHtml;
  if (name == "svg") return ReportFormat::kSvg;
  if (name == "junit") return ReportFormat::kJunit;
  return std::nullopt;
}

std::string FormatArena(const ArenaDocument& document, ReportFormat format,
                        const ReportStyle& style) {
  switch (format) {
    case ReportFormat::kText:
      return report::ArenaText(document, style);
    case ReportFormat::kJson:
      return report::ArenaJson(document);
    case ReportFormat::kMarkdown:
      return report::ArenaMarkdown(document);
    case ReportFormat::kCsv:
      return report::ArenaCsv(document);
    case ReportFormat::kHtml:
      return report::ArenaHtml(document);
    case ReportFormat::kSvg:
      return report::ArenaSvg(document);
    case ReportFormat::kJunit:
      return report::ArenaJunit(document);
  }
  return "";
}

}  // namespace tinyml
