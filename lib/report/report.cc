#include "tinyml/report.h"

#include <string>

#include "report/arena_formats.h"

namespace tinyml {

std::optional<ReportFormat> FindReportFormat(std::string_view name) {
  if (name == "text") return ReportFormat::kText;
  if (name == "json") return ReportFormat::kJson;
  if (name == "markdown") return ReportFormat::kMarkdown;
  if (name == "csv") return ReportFormat::kCsv;
  return std::nullopt;
}

std::optional<bool> FitsRam(const TargetInfo& target, int64_t required_bytes) {
  if (!target.ram_bytes) return std::nullopt;
  return required_bytes <= *target.ram_bytes;
}

std::optional<bool> FitsFlash(const TargetInfo& target, int64_t model_bytes) {
  if (!target.flash_bytes) return std::nullopt;
  return model_bytes <= *target.flash_bytes;
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
  }
  return "";
}

std::string FormatBytes(int64_t bytes) {
  std::string digits = std::to_string(bytes);
  const size_t sign = bytes < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3; at -= 3) {
    digits.insert(at - 3, ",");
  }
  return digits;
}

}  // namespace tinyml
