// The result of a run, as text and JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "exec/run_record.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "report/runtime_words.h"
#include "report/text_writer.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

// How many values of an output the text shows; .npy files have all.
constexpr size_t kShownValues = 12;

std::string Hex(const std::vector<uint8_t>& bytes) {
  std::string hex;
  for (const uint8_t byte : bytes) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  }
  return hex;
}

Json OutputJson(const RunTensor& tensor, const exec::OutputDigest& digest) {
  return {{"name", tensor.name},
          {"type", TensorTypeName(tensor.type)},
          {"shape", tensor.shape},
          {"bytes", tensor.bytes.size()},
          {"fnv1a64", fmt::format("{:016x}", digest.fnv1a64)},
          {"first256_hex", Hex(digest.prefix)}};
}

std::string RunJson(const RunDocument& document) {
  const RunResult& result = document.result;
  const TargetInfo& target = document.target;
  Json json = report::ReportHead();
  json.update(
      {{"model", {{"path", document.model_path}, {"sha256", document.sha256}}},
       {"target", target.name},
       {"runtime",
        {{"name", target.runtime_name}, {"revision", target.runtime_revision}}},
       {"kernels",
        {{"name", target.kernels_name}, {"revision", target.kernels_revision}}},
       {"arena_used_bytes", result.arena_used_bytes},
       {"required_arena_bytes", result.required_arena_bytes}});
  report::AddDistribution(target, &json["runtime"]);
  report::AddRequested(target, &json);
  // A result that does not come from a run has none.
  const exec::RunRecord none;
  const exec::RunRecord& record = result.record ? *result.record : none;
  if (record.allocations) json["allocations_after_init"] = *record.allocations;
  json["samples"] = result.samples;
  if (document.verified) {
    json["verified"] = result.verify_fault.empty();
    if (!result.verify_fault.empty()) json["fault"] = result.verify_fault;
  }
  Json invokes = Json::array();
  for (const exec::RunRecord::Invocation& invocation : record.invocations) {
    Json outputs = Json::array();
    for (size_t i = 0; i < invocation.outputs.size(); ++i) {
      outputs.push_back(OutputJson(result.outputs[i], invocation.outputs[i]));
    }
    Json& entry = invokes.emplace_back(Json::object());
    if (invocation.ended_early) entry["ended_early"] = true;
    entry["outputs"] = std::move(outputs);
  }
  json["invokes"] = std::move(invokes);
  if (!result.profile.empty()) {
    Json operators = Json::array();
    for (const OperatorProfile& op : result.profile) {
      operators.push_back({{"subgraph", op.id.subgraph},
                           {"index", op.id.index},
                           {"name", op.name},
                           {"runs", op.runs},
                           {"nanoseconds", op.nanoseconds},
                           {"macs", op.macs},
                           {"moved_bytes", op.bytes}});
    }
    json["profile"] = {{"total_nanoseconds", result.total_nanoseconds},
                       {"operators", std::move(operators)}};
  }
  json["warnings"] = result.warnings;
  json["hazards"] = report::HazardsJson(result.hazards);
  return report::DocumentText(json);
}

template <typename T>
T Load(const std::vector<uint8_t>& bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// Element `i` as a number; nothing for types that are not shown as numbers.
std::optional<double> ValueAt(const RunTensor& tensor, size_t i) {
  switch (tensor.type) {
    case TensorType::kFloat32:
      return Load<float>(tensor.bytes, i);
    case TensorType::kInt8:
      return Load<int8_t>(tensor.bytes, i);
    case TensorType::kBool:
    case TensorType::kUInt8:
      return tensor.bytes[i];
    case TensorType::kInt16:
      return Load<int16_t>(tensor.bytes, i);
    case TensorType::kUInt16:
      return Load<uint16_t>(tensor.bytes, i);
    case TensorType::kInt32:
      return Load<int32_t>(tensor.bytes, i);
    case TensorType::kUInt32:
      return Load<uint32_t>(tensor.bytes, i);
    case TensorType::kInt64:
      return static_cast<double>(Load<int64_t>(tensor.bytes, i));
    default:
      return std::nullopt;
  }
}

size_t Elements(const RunTensor& tensor) {
  const int bits = TensorTypeBits(tensor.type);
  return bits < 8 ? 0 : tensor.bytes.size() / (static_cast<size_t>(bits) / 8);
}

std::string Value(const RunTensor& tensor, double value) {
  return tensor.type == TensorType::kFloat32 ? fmt::format("{:.6g}", value)
                                             : fmt::format("{:.0f}", value);
}

// The real value of a quantized one, in parentheses; "" for others.
std::string Real(const RunTensor& tensor, double value) {
  const bool integer = tensor.type == TensorType::kInt8 ||
                       tensor.type == TensorType::kUInt8 ||
                       tensor.type == TensorType::kInt16;
  if (!integer || !tensor.quantization.IsAffine()) return "";
  const double real =
      double{tensor.quantization.scale[0]} *
      (value - static_cast<double>(tensor.quantization.zero_point[0]));
  return fmt::format(" ({:.6g})", real);
}

class RunText : private report::TextWriter {
 public:
  RunText(const RunDocument& document, const ReportStyle& style)
      : TextWriter(style.color),
        document_(document),
        result_(document.result) {}

  std::string Write() {
    const TargetInfo& target = document_.target;
    Line("{} on {}", Bold(document_.model_path), Bold(target.name));
    if (!target.distribution.empty()) {
      Line("  runtime         {}", report::RuntimeText(target));
    }
    Line("  arena           {:>11} bytes required, {} used",
         FormatBytes(result_.required_arena_bytes),
         FormatBytes(result_.arena_used_bytes));
    if (result_.record && result_.record->allocations) {
      Line("  allocations     {:>11} while invoking",
           *result_.record->allocations);
    }
    Line("  invocations     {:>11} in {:.3f} ms", result_.invocations,
         static_cast<double>(result_.total_nanoseconds) / 1e6);
    if (document_.verified) {
      Line("  plan            {}",
           result_.verify_fault.empty()
               ? "    verified: memory outside of live buffers does not matter"
               : "    " + result_.verify_fault);
    }
    WriteOutputs();
    if (!result_.profile.empty()) WriteProfile();
    for (const std::string& warning : result_.warnings) {
      if (&warning == &result_.warnings.front()) Line("");
      Line("  warning: {}", Printable(warning));
    }
    const TargetHazards met = {document_.target.name, result_.hazards};
    text_ += report::HazardText({&met, 1}, color_);
    return std::move(text_);
  }

 private:
  void WriteOutputs() {
    Line("");
    const int64_t count = result_.invocations;
    if (count > 1) Line("  the last of {} invocations:", count);
    if (result_.ended_early) {
      Line("  ended early: the model waits for more input");
    }
    for (const RunTensor& output : result_.outputs) WriteTensor(output);
  }

  void WriteTensor(const RunTensor& tensor) {
    std::string shape;
    for (const int32_t dim : tensor.shape) {
      shape += (shape.empty() ? "" : ",") + std::to_string(dim);
    }
    Line("  '{}' {} [{}]", Printable(tensor.name), TensorTypeName(tensor.type),
         shape);
    const size_t count = Elements(tensor);
    std::string values;
    size_t largest = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto value = ValueAt(tensor, i);
      if (!value) return;
      if (*value > *ValueAt(tensor, largest)) largest = i;
      if (i < kShownValues) values += " " + Value(tensor, *value);
    }
    if (count > kShownValues) values += " ...";
    Line("   {}", values);
    if (count > 1) {
      const double value = *ValueAt(tensor, largest);
      Line("    largest: {}{} at {}", Value(tensor, value), Real(tensor, value),
           largest);
    } else if (count == 1 && !Real(tensor, *ValueAt(tensor, 0)).empty()) {
      Line("   {}", Real(tensor, *ValueAt(tensor, 0)));
    }
  }

  void WriteProfile() {
    int64_t sum = 0;
    for (const OperatorProfile& op : result_.profile) sum += op.nanoseconds;
    Line("");
    Line("  {:>5}  {:<28} {:>7} {:>12} {:>7} {:>14} {:>12}", "op", "operator",
         "runs", "time us", "share", "MACs", "bytes");
    for (const OperatorProfile& op : result_.profile) {
      Line("  {:>5}  {:<28} {:>7} {:>12.1f} {:>6.1f}% {:>14} {:>12}",
           op.id.subgraph == 0
               ? std::to_string(op.id.index)
               : fmt::format("{}.{}", op.id.subgraph, op.id.index),
           Printable(op.name), op.runs,
           static_cast<double>(op.nanoseconds) / 1e3,
           sum > 0 ? 100.0 * static_cast<double>(op.nanoseconds) /
                         static_cast<double>(sum)
                   : 0.0,
           FormatBytes(op.macs), FormatBytes(op.bytes));
    }
    Line("  {:>5}  {:<28} {:>7} {:>12.1f} of {:.1f} us in all", "",
         "operators together", "", static_cast<double>(sum) / 1e3,
         static_cast<double>(result_.total_nanoseconds) / 1e3);
  }

  const RunDocument& document_;
  const RunResult& result_;
};

}  // namespace

Result<std::string> FormatRun(const RunDocument& document, ReportFormat format,
                              const ReportStyle& style) {
  TINYML_RETURN_IF_ERROR(
      report::OneOfFormats("the report of a run", format,
                           {ReportFormat::kText, ReportFormat::kJson}));
  return format == ReportFormat::kJson ? RunJson(document)
                                       : RunText(document, style).Write();
}

}  // namespace tinyml
