#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"
#include "report/quantize_formats.h"

namespace tinyml::report {
namespace {

// JSON has no infinities.
Json Number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

// The shortest decimal that reads back as the same float, not as the same
// double.
Json Number(float value) {
  if (!std::isfinite(value)) return nullptr;
  return Json::parse(fmt::format("{}", value));
}

Json PortsJson(const std::vector<QuantizedPort>& ports) {
  Json array = Json::array();
  for (const QuantizedPort& port : ports) {
    Json& entry = array.emplace_back(Json{{"name", port.name},
                                          {"type", TensorTypeName(port.type)},
                                          {"shape", port.shape}});
    if (port.scale != 0) {
      entry["scale"] = Number(port.scale);
      entry["zero_point"] = port.zero_point;
    }
  }
  return array;
}

Json ArenasJson(const std::vector<QuantizedArena>& arenas) {
  Json array = Json::array();
  for (const QuantizedArena& arena : arenas) {
    Json& entry = array.emplace_back(Json{{"target", arena.target}});
    if (!arena.distribution_title.empty()) {
      entry["distribution"] = arena.distribution_title;
    }
    if (arena.before_bytes) entry["before_bytes"] = *arena.before_bytes;
    if (arena.after_bytes) {
      entry["after_bytes"] = *arena.after_bytes;
      entry["hazards"] = HazardsJson(arena.hazards);
    }
  }
  return array;
}

Json RemediesJson(const std::vector<AppliedRemedy>& remedies) {
  Json array = Json::array();
  for (const AppliedRemedy& remedy : remedies) {
    array.push_back({{"remedy", remedy.remedy},
                     {"what", remedy.does},
                     {"hazard", remedy.hazard},
                     {"target", remedy.target},
                     {"subgraph", remedy.op.subgraph},
                     {"operator", remedy.op.index},
                     {"name", remedy.operator_name}});
  }
  return array;
}

Json FidelityJson(const std::vector<QuantizedOutput>& outputs) {
  Json array = Json::array();
  for (const QuantizedOutput& output : outputs) {
    array.push_back({{"name", output.name},
                     {"snr_db", Number(output.snr_db)},
                     {"max_error", Number(output.max_error)}});
  }
  return array;
}

Json TensorsJson(const QuantizeReport& report) {
  Json array = Json::array();
  for (const QuantizedTensor& tensor : report.tensors) {
    Json& entry = array.emplace_back(Json{{"subgraph", tensor.id.subgraph},
                                          {"index", tensor.id.index},
                                          {"name", tensor.name},
                                          {"operator", tensor.op},
                                          {"type", TensorTypeName(tensor.type)},
                                          {"scale", Number(tensor.scale)},
                                          {"zero_point", tensor.zero_point},
                                          {"method", tensor.method},
                                          {"min", Number(tensor.min)},
                                          {"max", Number(tensor.max)}});
    if (report.compared > 0) entry["snr_db"] = Number(tensor.snr_db);
    entry["clipped_share"] = Number(tensor.clipped_share);
  }
  return array;
}

Json WeightsJson(const QuantizeReport& report) {
  Json array = Json::array();
  for (const QuantizedWeights& weights : report.weights) {
    array.push_back({{"subgraph", weights.op.subgraph},
                     {"operator_index", weights.op.index},
                     {"operator", weights.op_name},
                     {"name", weights.name},
                     {"scales", weights.channels},
                     {"method", weights.method},
                     {"snr_db", Number(weights.snr_db)}});
  }
  return array;
}

Json AccuracyJson(const QuantizeDocument& document) {
  const Accuracy& accuracy = *document.accuracy;
  Json json = {{"samples_path", document.evaluated_on},
               {"samples", accuracy.samples},
               {"outputs", FidelityJson(accuracy.outputs)}};
  if (accuracy.confusion.empty()) return json;
  json["classes"] = accuracy.classes;
  json["float_correct"] = accuracy.float_correct;
  json["quantized_correct"] = accuracy.quantized_correct;
  json["agree"] = accuracy.agree;
  Json rows = Json::array();
  const size_t classes = accuracy.classes;
  for (size_t at = 0; at + classes <= accuracy.confusion.size();
       at += classes) {
    const auto row = accuracy.confusion.begin() + static_cast<ptrdiff_t>(at);
    rows.push_back(
        std::vector<int64_t>(row, row + static_cast<ptrdiff_t>(classes)));
  }
  json["confusion"] = std::move(rows);
  return json;
}

}  // namespace

std::string QuantizeJson(const QuantizeDocument& document) {
  const QuantizeReport& report = document.report;
  Json json = ReportHead();
  json["model"] = ModelJson(document.model);
  json["quantized"] = ModelJson(document.quantized);
  json["arenas"] = ArenasJson(document.arenas);
  if (!document.remedies.empty()) {
    json["remedies"] = RemediesJson(document.remedies);
  }
  json["inputs"] = PortsJson(document.inputs);
  json["outputs"] = PortsJson(document.outputs);
  json["samples"] = report.samples;
  json["left_out"] = report.left_out;
  json["passes"] = report.passes;
  json["float_left"] = report.float_left;
  json["compared"] = report.compared;
  json["fidelity"] = FidelityJson(report.outputs);
  json["tensors"] = TensorsJson(report);
  json["weights"] = WeightsJson(report);
  if (document.accuracy) json["accuracy"] = AccuracyJson(document);
  json["warnings"] = report.warnings;
  return DocumentText(json);
}

}  // namespace tinyml::report
