#include "tinyml/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

#include "ops/macs.h"
#include "report/arena_formats.h"
#include "report/one_of_formats.h"
#include "runtime/arena/lifetimes.h"
#include "runtime/targets/target.h"

namespace tinyml {
namespace {

// `scopes`: whether to walk the graph as well.
ReportedGraph GraphOf(const Model& model, bool scopes) {
  ReportedGraph graph;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    graph.subgraphs.push_back({subgraph.inputs, subgraph.outputs});
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      graph.operators.push_back(
          {static_cast<int>(s), static_cast<int>(i), OperatorName(model, op),
           CountMacs(model, subgraph, op), op.inputs, op.outputs});
    }
  }
  if (!scopes) return graph;
  if (const auto lifetimes = runtime::ComputeLifetimes(model, {})) {
    for (const runtime::Scope& scope : lifetimes->scopes) {
      graph.scopes.push_back({scope.subgraph, scope.op});
    }
  }
  return graph;
}

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
  // Only where the runtime has walked the graph before: a graph that it refuses
  // may be one that calls itself.
  document.graph = GraphOf(
      file.model, std::any_of(document.targets.begin(), document.targets.end(),
                              [](const TargetAnswer& answer) {
                                return answer.report.has_value();
                              }));
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
    case ReportFormat::kHtml:
      return report::ArenaHtml(document);
    case ReportFormat::kSvg:
      return report::ArenaSvg(document);
    case ReportFormat::kJunit:
      return report::ArenaJunit(document);
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
