// Sizes a model for several targets, as one document.
#include "tinyml/report.h"

#include <utility>

#include "analysis/alike_targets.h"
#include "analysis/describe_model.h"
#include "ops/macs.h"

namespace tinyml {
namespace {

ReportedGraph GraphOf(const Model& model) {
  ReportedGraph graph;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    graph.subgraphs.push_back({subgraph.inputs, subgraph.outputs});
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      graph.operators.push_back({OperatorId(s, i), OperatorName(model, op),
                                 CountMacs(model, subgraph, op), op.inputs,
                                 op.outputs});
    }
  }
  return graph;
}

}  // namespace

ReportedModel analysis::DescribeModel(const ModelFile& file) {
  ReportedModel model;
  model.path = file.name;
  model.sha256 = Sha256(file.bytes);
  model.size_bytes = static_cast<int64_t>(file.bytes.size());
  for (const Subgraph& subgraph : file.model.subgraphs) {
    model.operators += static_cast<int64_t>(subgraph.operators.size());
    model.tensors += static_cast<int64_t>(subgraph.tensors.size());
  }
  return model;
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
                            std::optional<int64_t> budget_bytes,
                            bool with_graph) {
  ArenaDocument document;
  document.model = analysis::DescribeModel(file);
  document.budget_bytes = budget_bytes;
  auto reports = analysis::SizeArenas(file.model, targets, options);
  for (size_t i = 0; i < targets.size(); ++i) {
    document.targets.push_back({targets[i].info(), std::move(reports[i])});
  }
  if (!with_graph) return document;
  document.graph = GraphOf(file.model);
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    document.graph.scopes = answer.report->scopes;
    break;
  }
  return document;
}

}  // namespace tinyml
