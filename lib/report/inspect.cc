// An inspection as text and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "report/text_writer.h"
#include "tinyml/inspect.h"

namespace tinyml {
namespace {

std::string_view KindName(ModelKind kind) {
  switch (kind) {
    case ModelKind::kFloat:
      return "float";
    case ModelKind::kInteger:
      return "integer";
    case ModelKind::kHybrid:
      return "hybrid";
    case ModelKind::kMixed:
      return "mixed";
  }
  return "";
}

std::string_view KindMeaning(ModelKind kind) {
  switch (kind) {
    case ModelKind::kFloat:
      return "float32 throughout";
    case ModelKind::kInteger:
      return "quantized: integer activations and weights";
    case ModelKind::kHybrid:
      return "hybrid: float activations with integer weights, which the "
             "runtime refuses; quantize the activations too (full integer)";
    case ModelKind::kMixed:
      return "mixed: integer and float parts";
  }
  return "";
}

std::string ShapeText(const std::vector<int32_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ","));
}

std::string QuantizationText(const InspectedTensor& tensor) {
  if (tensor.scales.empty()) return "";
  if (tensor.scales.size() == 1) {
    return fmt::format("scale {:.8g}, zero point {}", tensor.scales[0],
                       tensor.zero_points.empty() ? 0 : tensor.zero_points[0]);
  }
  const auto [low, high] =
      std::minmax_element(tensor.scales.begin(), tensor.scales.end());
  return fmt::format("{} scales along dimension {}, {:.4g} to {:.4g}",
                     tensor.scales.size(), tensor.quantized_dimension, *low,
                     *high);
}

class InspectionText : private report::TextWriter {
 public:
  InspectionText(const InspectedFile& file, const Inspection& inspection,
                 const ReportStyle& style)
      : TextWriter(style.color),
        file_(file),
        inspection_(inspection),
        style_(style) {
    size_t next = 0;
    for (int s = 0; s < inspection.subgraphs; ++s) {
      first_tensor_.push_back(next);
      while (next < inspection.tensors.size() &&
             inspection.tensors[next].subgraph == s) {
        ++next;
      }
    }
  }

  std::string Write() {
    WriteHeader();
    WriteEnds("inputs", inspection_.inputs);
    WriteEnds("outputs", inspection_.outputs);
    WriteOperatorSummary();
    if (style_.per_operator) {
      WriteOperators();
      WriteTensors();
    }
    WriteTargets();
    for (const std::string& note : file_.notes) Line("note: {}", note);
    return std::move(text_);
  }

 private:
  const InspectedTensor& TensorAt(int subgraph, TensorIndex index) const {
    return inspection_
        .tensors[first_tensor_[subgraph] + static_cast<size_t>(index)];
  }

  void WriteHeader() {
    Line("{}", file_.path);
    Line("  TFLite format {}, {} bytes, SHA-256 {}", inspection_.format_version,
         FormatBytes(inspection_.size_bytes), file_.sha256);
    if (!inspection_.description.empty()) {
      Line("  {}", inspection_.description);
    }
    Line("  {}", KindMeaning(inspection_.kind));
    Line("  {}, {}, {}", Counted(std::ssize(inspection_.operators), "operator"),
         Counted(std::ssize(inspection_.tensors), "tensor"),
         Counted(inspection_.subgraphs, "subgraph"));
    Line("  {} multiply-accumulates, {} weights in {} bytes",
         FormatBytes(inspection_.macs), FormatBytes(inspection_.weight_count),
         FormatBytes(inspection_.weight_bytes));
    if (inspection_.resource_variables > 0) {
      Line("  {}",
           Counted(inspection_.resource_variables, "resource variable"));
    }
    if (!inspection_.signatures.empty()) {
      Line("  signatures: {}", fmt::join(inspection_.signatures, ", "));
    }
    if (!inspection_.metadata.empty()) {
      Line("  metadata: {}", fmt::join(inspection_.metadata, ", "));
    }
    Line("");
  }

  void WriteEnds(std::string_view title,
                 const std::vector<TensorIndex>& tensors) {
    Line("{}", title);
    for (TensorIndex index : tensors) {
      const InspectedTensor& tensor = TensorAt(0, index);
      Line("  {}  {} {}  {}", tensor.name, TensorTypeName(tensor.type),
           ShapeText(tensor.shape), QuantizationText(tensor));
      while (text_.size() > 1 && text_[text_.size() - 2] == ' ') {
        text_.erase(text_.size() - 2, 1);
      }
    }
    Line("");
  }

  void WriteOperatorSummary() {
    struct Sum {
      int count = 0;
      int64_t macs = 0;
    };
    std::map<std::string, Sum> sums;
    size_t width = 8;
    for (const InspectedOperator& op : inspection_.operators) {
      Sum& sum = sums[op.name];
      ++sum.count;
      sum.macs += op.macs;
      width = std::max(width, op.name.size());
    }
    std::vector<std::pair<std::string, Sum>> order(sums.begin(), sums.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) {
                       return a.second.macs > b.second.macs;
                     });
    Line("{:<{}}  {:>5}  {:>14}", "operators", width + 2, "count", "MACs");
    for (const auto& [name, sum] : order) {
      Line("  {:<{}}  {:>5}  {:>14}", name, width, sum.count,
           FormatBytes(sum.macs));
    }
    Line("");
  }

  void WriteOperators() {
    for (const InspectedOperator& op : inspection_.operators) {
      Line(
          "subgraph {}, operator {}: {} version {}, {} MACs, {} bytes of "
          "weights",
          op.id.subgraph, op.id.index, op.name, op.version,
          FormatBytes(op.macs), FormatBytes(op.weight_bytes));
      WriteOperands("in ", op.id.subgraph, op.inputs);
      WriteOperands("out", op.id.subgraph, op.outputs);
    }
    Line("");
  }

  void WriteOperands(std::string_view label, int subgraph,
                     const std::vector<TensorIndex>& tensors) {
    for (TensorIndex index : tensors) {
      if (index < 0) {
        Line("  {} none", label);
        continue;
      }
      const InspectedTensor& tensor = TensorAt(subgraph, index);
      Line("  {} {:>3}  {} {}{}  {}", label, index, TensorTypeName(tensor.type),
           ShapeText(tensor.shape),
           tensor.constant_bytes > 0 ? " constant" : "", tensor.name);
    }
  }

  void WriteTensors() {
    Line("tensors");
    for (const InspectedTensor& tensor : inspection_.tensors) {
      std::string line =
          fmt::format("  {}/{}  {} {}", tensor.subgraph, tensor.index,
                      TensorTypeName(tensor.type), ShapeText(tensor.shape));
      if (tensor.constant_bytes > 0) {
        line += fmt::format("  {} bytes", FormatBytes(tensor.constant_bytes));
      }
      if (tensor.is_variable) line += "  variable";
      const std::string quantization = QuantizationText(tensor);
      if (!quantization.empty()) line += "  " + quantization;
      Line("{}  {}", line, tensor.name);
    }
    Line("");
  }

  // Targets with the same verdict share a line.
  void WriteTargets() {
    std::vector<std::string> runs;
    std::vector<std::pair<std::string, std::vector<std::string>>> refusals;
    std::vector<std::string> warnings;
    for (const TargetVerdict& verdict : inspection_.targets) {
      for (const std::string& warning : verdict.warnings) {
        if (std::find(warnings.begin(), warnings.end(), warning) ==
            warnings.end()) {
          warnings.push_back(warning);
        }
      }
      if (verdict.refusal.empty()) {
        runs.push_back(verdict.distribution_title.empty()
                           ? verdict.target
                           : verdict.target + " (" +
                                 verdict.distribution_title + ")");
        continue;
      }
      const auto known = std::find_if(
          refusals.begin(), refusals.end(),
          [&](const auto& entry) { return entry.first == verdict.refusal; });
      if (known != refusals.end()) {
        known->second.push_back(verdict.target);
      } else {
        refusals.push_back({verdict.refusal, {verdict.target}});
      }
    }
    if (!runs.empty()) {
      Line("TFLM runs it on {}",
           refusals.empty() && runs.size() > 1
               ? fmt::format("all {} cores", runs.size())
               : fmt::format("{}", fmt::join(runs, ", ")));
    }
    for (const auto& [reason, targets] : refusals) {
      Line("TFLM refuses it on {}:",
           runs.empty() && refusals.size() == 1 && targets.size() > 1
               ? std::string("every core")
               : fmt::format("{}", fmt::join(targets, ", ")));
      Line("  {}", reason);
    }
    for (const std::string& warning : warnings) Line("warning: {}", warning);
    std::vector<TargetHazards> hazards;
    for (const TargetVerdict& verdict : inspection_.targets) {
      hazards.push_back({verdict.target, verdict.hazards});
    }
    text_ += report::HazardText(hazards, color_);
  }

  const InspectedFile& file_;
  const Inspection& inspection_;
  const ReportStyle& style_;
  std::vector<size_t> first_tensor_;  // By subgraph.
};

Json TensorsJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const InspectedTensor& tensor : inspection.tensors) {
    Json item = {{"subgraph", tensor.subgraph},
                 {"index", tensor.index},
                 {"name", tensor.name},
                 {"type", TensorTypeName(tensor.type)},
                 {"shape", tensor.shape},
                 {"constant_bytes", tensor.constant_bytes},
                 {"variable", tensor.is_variable}};
    if (!tensor.scales.empty()) {
      item["quantization"] = {
          {"scales", tensor.scales},
          {"zero_points", tensor.zero_points},
          {"quantized_dimension", tensor.quantized_dimension}};
    }
    list.push_back(std::move(item));
  }
  return list;
}

std::string InspectionJson(const InspectedFile& file,
                           const Inspection& inspection) {
  Json operators = Json::array();
  for (const InspectedOperator& op : inspection.operators) {
    operators.push_back({{"subgraph", op.id.subgraph},
                         {"index", op.id.index},
                         {"name", op.name},
                         {"version", op.version},
                         {"inputs", op.inputs},
                         {"outputs", op.outputs},
                         {"macs", op.macs},
                         {"weight_bytes", op.weight_bytes}});
  }
  Json targets = Json::array();
  for (const TargetVerdict& verdict : inspection.targets) {
    Json item = {{"target", verdict.target}, {"runs", verdict.refusal.empty()}};
    if (verdict.refusal.empty()) {
      item["required_arena_bytes"] = verdict.required_arena_bytes;
    } else {
      item["error"] = verdict.refusal;
    }
    if (!verdict.distribution_title.empty()) {
      item["distribution"] = verdict.distribution_title;
    }
    item["warnings"] = verdict.warnings;
    item["hazards"] = report::HazardsJson(verdict.hazards);
    targets.push_back(std::move(item));
  }
  Json json = report::ReportHead();
  json.update({{"model",
                {{"path", file.path},
                 {"sha256", file.sha256},
                 {"size_bytes", inspection.size_bytes},
                 {"format_version", inspection.format_version},
                 {"description", inspection.description}}},
               {"kind", KindName(inspection.kind)},
               {"subgraphs", inspection.subgraphs},
               {"inputs", inspection.inputs},
               {"outputs", inspection.outputs},
               {"macs", inspection.macs},
               {"weight_count", inspection.weight_count},
               {"weight_bytes", inspection.weight_bytes},
               {"resource_variables", inspection.resource_variables},
               {"metadata", inspection.metadata},
               {"signatures", inspection.signatures},
               {"operators", std::move(operators)},
               {"tensors", TensorsJson(inspection)},
               {"targets", std::move(targets)},
               {"notes", file.notes}});
  return report::DocumentText(json);
}

}  // namespace

Result<std::string> FormatInspection(const InspectedFile& file,
                                     const Inspection& inspection,
                                     ReportFormat format,
                                     const ReportStyle& style) {
  TINYML_RETURN_IF_ERROR(report::OneOfFormats(
      "an inspection", format, {ReportFormat::kText, ReportFormat::kJson}));
  if (format == ReportFormat::kJson) return InspectionJson(file, inspection);
  return InspectionText(file, inspection, style).Write();
}

}  // namespace tinyml
