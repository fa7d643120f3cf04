#include "tinyml/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

#include "report/arena_formats.h"
#include "report/one_of_formats.h"

namespace tinyml {
namespace {

// In the order of ReportFormat.
constexpr std::string_view kFormatNames[] = {"text", "json", "markdown", "csv",
                                             "html", "svg",  "junit"};

}  // namespace

std::optional<ReportFormat> FindReportFormat(std::string_view name) {
  const auto* found = std::ranges::find(kFormatNames, name);
  if (found == std::end(kFormatNames)) return std::nullopt;
  return static_cast<ReportFormat>(found - kFormatNames);
}

Status report::OneOfFormats(std::string_view what, ReportFormat format,
                            std::initializer_list<ReportFormat> formats) {
  if (std::ranges::find(formats, format) != formats.end()) return {};
  const auto name_of = [](ReportFormat known) {
    return kFormatNames[static_cast<size_t>(known)];
  };
  std::string names;
  for (const ReportFormat known : formats) {
    if (!names.empty()) {
      names += known == *std::rbegin(formats) ? " or " : ", ";
    }
    names += name_of(known);
  }
  return Fail(ErrorCode::kUsage, fmt::format("{} can be {}, not {}", what,
                                             names, name_of(format)));
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
