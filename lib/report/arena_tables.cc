// The arena report as Markdown, for pull requests, and as CSV.
#include <fmt/format.h>

#include "base/text.h"
#include "report/arena_formats.h"

namespace tinyml::report {
namespace {

// Escapes what would end a table cell.
std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

// Quotes a field as RFC 4180 asks.
std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string field = "\"";
  for (char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + "\"";
}

std::string MarkdownFits(const ArenaDocument& document,
                         const TargetInfo& target, const ArenaReport& report) {
  std::string verdict;
  const auto add = [&](std::string_view text) {
    if (!verdict.empty()) verdict += ", ";
    verdict += text;
  };
  const auto ram = FitsRam(target, report.required_arena_bytes);
  if (ram == false) add("**not in the RAM**");
  if (FitsFlash(target, document.model.size_bytes) == false) {
    add("**not in the flash**");
  }
  if (document.budget_bytes &&
      report.required_arena_bytes > *document.budget_bytes) {
    add("**over budget**");
  }
  if (!verdict.empty()) return verdict;
  return ram || document.budget_bytes ? "yes" : "-";
}

std::string OptionalBytes(const std::optional<int64_t>& bytes) {
  return bytes ? FormatBytes(*bytes) : "-";
}

}  // namespace

std::string ArenaMarkdown(const ArenaDocument& document) {
  std::string text = fmt::format(
      "**{}**: {} bytes, {}, {}\n\n"
      "| target | required arena | arena used | RAM | fits | kernels |\n"
      "|---|---:|---:|---:|---|---|\n",
      MarkdownCell(document.model.path), FormatBytes(document.model.size_bytes),
      Counted(document.model.operators, "operator"),
      Counted(document.model.tensors, "tensor"));
  for (const TargetAnswer& answer : document.targets) {
    const TargetInfo& target = answer.target;
    if (!answer.report) {
      text += fmt::format("| {} | refused | | {} | **no** | {} |\n",
                          MarkdownCell(target.name),
                          OptionalBytes(target.ram_bytes),
                          MarkdownCell(answer.report.error().message));
      continue;
    }
    const ArenaReport& report = *answer.report;
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} {} |\n", MarkdownCell(target.name),
        FormatBytes(report.required_arena_bytes),
        FormatBytes(report.arena_used_bytes), OptionalBytes(target.ram_bytes),
        MarkdownFits(document, target, report), target.kernels_name,
        target.kernels_revision);
  }
  return text;
}

std::string ArenaCsv(const ArenaDocument& document) {
  std::string text =
      "model,target,runtime,runtime_revision,kernels,kernels_revision,"
      "required_arena_bytes,arena_used_bytes,head_bytes,tail_bytes,peak_phase,"
      "ram_bytes,flash_bytes,error\n";
  const auto optional = [](const std::optional<int64_t>& bytes) {
    return bytes ? std::to_string(*bytes) : std::string();
  };
  for (const TargetAnswer& answer : document.targets) {
    const TargetInfo& target = answer.target;
    text += fmt::format("{},{},{},{},{},{},", CsvField(document.model.path),
                        CsvField(target.name), target.runtime_name,
                        target.runtime_revision, target.kernels_name,
                        target.kernels_revision);
    if (answer.report) {
      const ArenaReport& report = *answer.report;
      text += fmt::format("{},{},{},{},{},", report.required_arena_bytes,
                          report.arena_used_bytes, report.head_bytes,
                          report.tail_bytes, report.peak_phase);
    } else {
      text += ",,,,,";
    }
    text += fmt::format(
        "{},{},{}\n", optional(target.ram_bytes), optional(target.flash_bytes),
        answer.report ? "" : CsvField(answer.report.error().message));
  }
  return text;
}

}  // namespace tinyml::report
