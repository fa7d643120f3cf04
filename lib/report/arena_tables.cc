// The arena report as Markdown, for pull requests, and as CSV.
#include <fmt/format.h>

#include <set>
#include <string_view>

#include "base/text.h"
#include "report/arena_formats.h"
#include "report/escape.h"
#include "report/figures.h"
#include "report/growth_words.h"
#include "report/hazard_words.h"
#include "report/runtime_words.h"

namespace tinyml::report {
namespace {

std::string MarkdownFits(const ArenaDocument& document,
                         const TargetInfo& target, const ArenaReport& report) {
  std::string verdict;
  const auto add = [&](std::string_view text) {
    if (!verdict.empty()) verdict += ", ";
    verdict += text;
  };
  const auto ram = FitsRam(target, report.DeclareBytes());
  if (ram == false) add("**not in the RAM**");
  if (FitsFlash(target, document.model.size_bytes) == false) {
    add("**not in the flash**");
  }
  if (document.budget_bytes && report.DeclareBytes() > *document.budget_bytes) {
    add("**over budget**");
  }
  if (!verdict.empty()) return verdict;
  return ram || document.budget_bytes ? "yes" : "-";
}

}  // namespace

std::string ArenaMarkdown(const ArenaDocument& document) {
  const bool growth = document.growth.has_value();
  std::string size = FormatBytes(document.model.size_bytes) + " bytes";
  if (growth) {
    const int64_t change =
        document.model.size_bytes - document.growth->model_bytes;
    if (change != 0) size += fmt::format(" ({})", SignedBytes(change));
  }
  std::string text =
      fmt::format("**{}**: {}, {}, {}\n\n", MarkdownCell(document.model.path),
                  size, Counted(document.model.operators, "operator"),
                  Counted(document.model.tensors, "tensor"));
  if (growth) text += GrowthMarkdownSummary(document);
  text += fmt::format(
      "| target | required arena | {}arena used | RAM | fits | kernels |\n"
      "|---|---:|{}---:|---:|---|---|\n",
      growth ? "change | " : "", growth ? "---:|" : "");
  for (size_t i = 0; i < document.targets.size(); ++i) {
    const TargetAnswer& answer = document.targets[i];
    const TargetInfo& target = answer.target;
    if (!answer.report) {
      text += fmt::format("| {} | refused | {}| {} | **no** | {} |\n",
                          MarkdownCell(target.name), growth ? "| " : "",
                          OptionalBytes(target.ram_bytes),
                          MarkdownCell(answer.report.error().message));
      continue;
    }
    const ArenaReport& report = *answer.report;
    text += fmt::format(
        "| {} | {} | {}{} | {} | {} | {} {}{} |\n", MarkdownCell(target.name),
        FormatBytes(report.DeclareBytes()),
        growth ? GrowthCell(document.growth->targets[i]) + " | " : "",
        FormatBytes(report.arena_used_bytes), OptionalBytes(target.ram_bytes),
        MarkdownFits(document, target, report), target.kernels_name,
        target.kernels_revision, MarkdownCell(DistributionSuffix(target)));
  }
  std::set<std::string_view> notes;
  for (const TargetAnswer& answer : document.targets) {
    const std::string& note = answer.target.nearest_note;
    if (note.empty() || !notes.insert(note).second) continue;
    text += fmt::format("\n**Warning:** {}\n", MarkdownCell(note));
  }
  if (growth) text += GrowthMarkdownCauses(document);
  const std::string hazards = HazardMarkdown(HazardsOf(document));
  if (!hazards.empty()) text += "\n" + hazards;
  return text;
}

std::string ArenaCsv(const ArenaDocument& document) {
  std::string text =
      "model,target,runtime,runtime_revision,kernels,kernels_revision,"
      "required_arena_bytes,arena_used_bytes,head_bytes,tail_bytes,peak_phase,"
      "ram_bytes,flash_bytes,error";
  // Further columns only on request: scripts rely on the rest.
  if (document.growth) {
    text += ",baseline_required_arena_bytes,required_change_bytes";
  }
  text += ",distribution\n";
  const auto optional = [](const std::optional<int64_t>& bytes) {
    return bytes ? std::to_string(*bytes) : std::string();
  };
  for (size_t i = 0; i < document.targets.size(); ++i) {
    const TargetAnswer& answer = document.targets[i];
    const TargetInfo& target = answer.target;
    text += fmt::format("{},{},{},{},{},{},", CsvField(document.model.path),
                        CsvField(target.name), target.runtime_name,
                        target.runtime_revision, target.kernels_name,
                        target.kernels_revision);
    if (answer.report) {
      const ArenaReport& report = *answer.report;
      text += fmt::format("{},{},{},{},{},", report.required_arena_bytes,
                          report.arena_used_bytes, report.head_bytes,
                          report.tail_bytes, ArenaPhaseName(report.peak_phase));
    } else {
      text += ",,,,,";
    }
    text += fmt::format(
        "{},{},{}", optional(target.ram_bytes), optional(target.flash_bytes),
        answer.report ? "" : CsvField(answer.report.error().message));
    if (document.growth) {
      const TargetGrowth& growth = document.growth->targets[i];
      using Kind = TargetGrowth::Kind;
      const bool compared = growth.kind == Kind::kCompared;
      text +=
          fmt::format(",{},{}",
                      compared || growth.kind == Kind::kRefusedNow
                          ? std::to_string(growth.required_before)
                          : "",
                      compared ? std::to_string(growth.required_change) : "");
    }
    text += "," + target.distribution + "\n";
  }
  return text;
}

}  // namespace tinyml::report
