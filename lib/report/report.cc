#include "tinyml/report.h"

#include <algorithm>
#include <string>

#include "report/arena_formats.h"
#include "runtime/target.h"

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

ArenaDocument SizeOnTargets(const ModelFile& file,
                            const std::vector<Target>& targets,
                            const ArenaOptions& options,
                            std::optional<int64_t> budget_bytes) {
  ArenaDocument document;
  document.model.path = file.name;
  document.model.sha256 = Sha256(file.bytes);
  document.model.size_bytes = static_cast<int64_t>(file.bytes.size());
  for (const Subgraph& subgraph : file.model.subgraphs) {
    document.model.operators += static_cast<int64_t>(subgraph.operators.size());
    document.model.tensors += static_cast<int64_t>(subgraph.tensors.size());
  }
  document.budget_bytes = budget_bytes;
  std::vector<const Target*> simulated;  // The first of its kind.
  for (size_t i = 0; i < targets.size(); ++i) {
    const auto same = std::find_if(
        simulated.begin(), simulated.end(), [&](const Target* other) {
          return other->runtime().SizesAlike(targets[i].runtime());
        });
    if (same != simulated.end()) {
      const auto at = static_cast<size_t>(*same - targets.data());
      document.targets.push_back(
          {targets[i].info(), document.targets[at].report});
      continue;
    }
    simulated.push_back(&targets[i]);
    document.targets.push_back(
        {targets[i].info(), SizeArena(file.model, targets[i], options)});
  }
  return document;
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
