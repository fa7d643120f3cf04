// What the target profiles say, as text and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "base/macros.h"
#include "report/figures.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "report/runtime_words.h"
#include "report/text_writer.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

std::string KernelsText(const TargetInfo& target) {
  std::string text = target.kernels_name;
  if (!target.kernels_variant.empty()) text += " " + target.kernels_variant;
  if (!target.kernels_features.empty()) {
    text += fmt::format(" ({})", fmt::join(target.kernels_features, ", "));
  }
  return text;
}

std::string Table(const std::vector<TargetInfo>& targets) {
  std::vector<report::Row> rows = {
      {"name", "core", "kernels", "RAM", "flash", "title"}};
  for (const TargetInfo& target : targets) {
    rows.push_back({target.name, target.core, KernelsText(target),
                    report::OptionalBytes(target.ram_bytes),
                    report::OptionalBytes(target.flash_bytes), target.title});
  }
  return report::AlignedRows("", {{}, {}, {}, {true, 10}, {true, 11}, {}},
                             rows);
}

std::string Details(const TargetInfo& target) {
  std::string text = target.name;
  if (!target.title.empty()) text += "  " + target.title;
  text += "\n";
  const auto row = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<16}{}\n", label, value);
  };
  row("", target.description);
  row("core", target.core);
  row("chip", target.mcu);
  if (target.clock_hz) {
    row("clock",
        fmt::format("{:g} MHz", static_cast<double>(*target.clock_hz) / 1e6));
  }
  if (target.ram_bytes) row("RAM", FormatBytes(*target.ram_bytes) + " bytes");
  if (target.flash_bytes) {
    row("flash", FormatBytes(*target.flash_bytes) + " bytes");
  }
  for (const MemoryRegion& region : target.memory) {
    row("memory",
        fmt::format("{}: {} bytes{}{}", region.name, FormatBytes(region.bytes),
                    region.note.empty() ? "" : ", ", region.note));
  }
  row("ABI", fmt::format("{}-bit pointers, 64-bit integers aligned to {}, "
                         "{} enums",
                         target.pointer_bytes * 8, target.int64_alignment,
                         target.short_enums ? "short" : "int"));
  if (!target.distribution.empty()) {
    row("runtime", report::RuntimeText(target));
    row("get it", target.install);
    row("which one", target.identify);
    row("static memory", target.static_memory
                             ? "on (TF_LITE_STATIC_MEMORY)"
                             : "off: tensors and nodes of full size");
  }
  row(target.distribution.empty() ? "runtime" : "sized as",
      target.runtime_name + " " + target.runtime_revision + " (" +
          target.runtime_release + ")");
  row("kernels", KernelsText(target) + " " + target.kernels_revision + " (" +
                     target.kernels_release + ")" + ", optimised for " +
                     target.optimize_for);
  row("warning", target.nearest_note);
  row("note", target.note);
  for (const ProfileSource& source : target.sources) {
    row("source", source.what + ": " + source.where);
  }
  return text;
}

// The required arena with each runtime, and how it differs from the target's.
std::string Runtimes(const RuntimeComparison& comparison) {
  const SizedRuntime* chosen = nullptr;
  for (const SizedRuntime& sized : comparison.choices) {
    if (sized.choice.is_chosen) chosen = &sized;
  }
  std::vector<report::Row> rows = {
      {"", "runtime=", "required", "change", "what"}};
  for (const SizedRuntime& sized : comparison.choices) {
    const RuntimeChoice& choice = sized.choice;
    const TargetInfo& target = choice.target.info();
    std::string change;
    if (chosen != nullptr && &sized != chosen && chosen->report &&
        sized.report) {
      change = report::SignedBytes(sized.report->DeclareBytes() -
                                   chosen->report->DeclareBytes());
    }
    std::string title =
        choice.is_distribution ? report::RuntimeText(target) : choice.title;
    title += fmt::format(", {} {}", target.kernels_name,
                         target.kernels_name == "reference"
                             ? "kernels"
                             : target.kernels_release);
    if (!sized.report) title += "; refused: " + sized.report.error().message;
    rows.push_back(
        {choice.is_chosen ? "*" : "", choice.name,
         sized.report ? FormatBytes(sized.report->DeclareBytes()) : "-", change,
         title});
  }
  const std::string model =
      comparison.model.empty()
          ? "a typical keyword network (DS-CNN, int8; --model names another)"
          : comparison.model;
  return fmt::format(
      "\n  runtimes that may be chosen, and the arena that {} needs with "
      "each:\n\n{}",
      model,
      report::AlignedRows("  ", {{}, {}, {true, 10}, {true, 8}, {}}, rows));
}

Json RuntimesJson(const RuntimeComparison& comparison) {
  Json list = Json::array();
  for (const SizedRuntime& sized : comparison.choices) {
    const RuntimeChoice& choice = sized.choice;
    Json item = {{"name", choice.name},
                 {"title", choice.title},
                 {"distribution", choice.is_distribution},
                 {"chosen", choice.is_chosen},
                 {"target", choice.target.info().name}};
    report::AddRevisions(choice.target.info(), &item);
    if (sized.report) {
      item["required_arena_bytes"] = sized.report->required_arena_bytes;
      item["arena_used_bytes"] = sized.report->arena_used_bytes;
    } else {
      item["error"] = sized.report.error().message;
    }
    list.push_back(std::move(item));
  }
  return list;
}

Json TargetJson(const TargetInfo& target) {
  Json json = {{"name", target.name},
               {"kind", target.kind},
               {"title", target.title},
               {"description", target.description},
               {"core", target.core}};
  if (!target.mcu.empty()) json["mcu"] = target.mcu;
  if (target.clock_hz) json["clock_hz"] = *target.clock_hz;
  if (target.ram_bytes) json["ram_bytes"] = *target.ram_bytes;
  if (target.flash_bytes) json["flash_bytes"] = *target.flash_bytes;
  json["abi"] = {{"pointer_bytes", target.pointer_bytes},
                 {"int64_alignment", target.int64_alignment},
                 {"short_enums", target.short_enums}};
  json["runtime"] = {{"name", target.runtime_name},
                     {"revision", target.runtime_revision},
                     {"release", target.runtime_release}};
  report::AddDistribution(target, &json["runtime"]);
  json["kernels"] = {{"name", target.kernels_name},
                     {"revision", target.kernels_revision},
                     {"release", target.kernels_release},
                     {"features", target.kernels_features},
                     {"optimize_for", target.optimize_for}};
  report::AddRequested(target, &json);
  if (!target.kernels_variant.empty()) {
    json["kernels"]["variant"] = target.kernels_variant;
  }
  json["memory"] = Json::array();
  for (const MemoryRegion& region : target.memory) {
    json["memory"].push_back({{"name", region.name},
                              {"bytes", region.bytes},
                              {"note", region.note}});
  }
  json["note"] = target.note;
  json["sources"] = Json::array();
  for (const ProfileSource& source : target.sources) {
    json["sources"].push_back({{"what", source.what}, {"where", source.where}});
  }
  return json;
}

}  // namespace

Result<std::string> FormatTargets(const std::vector<TargetInfo>& targets,
                                  ReportFormat format, const ReportStyle&,
                                  const RuntimeComparison* runtimes) {
  TINYML_RETURN_IF_ERROR(report::OneOfFormats(
      "a list of targets", format, {ReportFormat::kText, ReportFormat::kJson}));
  if (format == ReportFormat::kJson) {
    Json list = Json::array();
    for (const TargetInfo& target : targets) list.push_back(TargetJson(target));
    if (runtimes != nullptr && list.size() == 1) {
      list[0]["runtimes"] = RuntimesJson(*runtimes);
      if (!runtimes->model.empty()) list[0]["sized_model"] = runtimes->model;
    }
    const Json json = {{"schema_version", 1}, {"targets", std::move(list)}};
    return report::DocumentText(json);
  }
  if (targets.size() != 1) return Table(targets);
  std::string text = Details(targets.front());
  if (runtimes != nullptr) text += Runtimes(*runtimes);
  return text;
}

}  // namespace tinyml
