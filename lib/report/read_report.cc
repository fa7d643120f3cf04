// Reads a JSON report back, as the baseline of a comparison. Reads only what a
// comparison needs, and ignores unknown members.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "analysis/share_names.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "tinyml/growth.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

// As many sizes up to this as a report of 32 MiB can hold add up without
// overflow.
constexpr int64_t kMaxBytes = int64_t{1} << 36;
constexpr size_t kMaxReportBytes = size_t{32} << 20;
// A report is nested less deeply than this.
constexpr int kMaxDepth = 12;
// Indices are below this.
constexpr int64_t kMaxIndex = int64_t{1} << 30;

std::string Text(JsonFields& fields, const char* key) {
  fields.Require(key);
  return fields.String(key);
}

int64_t Bytes(JsonFields& fields, const char* key) {
  fields.Require(key);
  return fields.Integer(key, 0, kMaxBytes).value_or(0);
}

int Index(JsonFields& fields, const char* key, int64_t least = 0) {
  fields.Require(key);
  return static_cast<int>(fields.Integer(key, least, kMaxIndex).value_or(0));
}

OperatorId ReadId(JsonFields& fields) {
  return {Index(fields, "subgraph"), Index(fields, "index")};
}

void ReadGraph(JsonFields& fields, ReportedGraph& graph) {
  fields.Require("graph.operators");
  fields.Each("graph.operators", [&](JsonFields& item) {
    ReportedGraph::Operator& op = graph.operators.emplace_back();
    op.id = ReadId(item);
    op.name = Text(item, "name");
    item.Require("macs");
    item.Get("macs", op.macs);
    item.Require("outputs");
    for (const int64_t output : item.Integers("outputs", -1, kMaxIndex)) {
      op.outputs.push_back(static_cast<TensorIndex>(output));
    }
  });
}

void ReadOperator(JsonFields& item, ArenaOperator& op) {
  op.id = ReadId(item);
  op.name = Text(item, "name");
  op.persistent_bytes = Bytes(item, "persistent_bytes");
  item.Require("scratch_bytes");
  op.scratch_bytes = item.Integers("scratch_bytes", 0, kMaxBytes);
}

void ReadBuffer(JsonFields& item, ArenaBuffer& buffer) {
  const std::string kind = Text(item, "kind");
  if (kind == "scratch") {
    buffer.kind = ArenaBuffer::Kind::kScratch;
    buffer.owner.index = Index(item, "operator");
  } else if (kind == "tensor") {
    buffer.tensor = Index(item, "tensor");
    buffer.owner.index = kNoOperatorIndex;
  } else {
    item.Fault("'kind' must be \"tensor\" or \"scratch\"");
  }
  buffer.owner.subgraph = Index(item, "subgraph");
  buffer.index = Index(item, "index");
  buffer.name = Text(item, "name");
  buffer.size_bytes = Bytes(item, "size_bytes");
  buffer.first_used = Index(item, "first_used", -1);
  buffer.last_used = Index(item, "last_used", -1);
  buffer.offset_bytes = Bytes(item, "offset_bytes");
}

ArenaReport ReadFigures(JsonFields& fields) {
  ArenaReport report;
  report.arena_used_bytes = Bytes(fields, "arena_used_bytes");
  report.required_arena_bytes = Bytes(fields, "required_arena_bytes");
  const auto used =
      fields.Integer("arena_used_bytes_with_input_and_output", 0, INT64_MAX);
  const auto required = fields.Integer(
      "required_arena_bytes_with_input_and_output", 0, INT64_MAX);
  if (used && required) report.with_io = {*used, *required};
  report.head_bytes = Bytes(fields, "head_bytes");
  report.tail_bytes = Bytes(fields, "tail_bytes");
  for (const char* key : {"breakdown", "operators", "buffers", "fits"}) {
    fields.Require(key);
  }
  fields.Each("breakdown", [&](JsonFields& item) {
    ArenaShare& share = report.breakdown.emplace_back();
    share.what = analysis::FindShare(Text(item, "what"));
    share.bytes = Bytes(item, "bytes");
    share.count = Bytes(item, "count");
  });
  fields.Each("operators", [&](JsonFields& item) {
    ReadOperator(item, report.operators.emplace_back());
  });
  fields.Each("buffers", [&](JsonFields& item) {
    ReadBuffer(item, report.buffers.emplace_back());
  });
  return report;
}

TargetAnswer ReadTarget(JsonFields& fields) {
  TargetAnswer answer{{}, ArenaReport()};
  TargetInfo& target = answer.target;
  target.name = Text(fields, "target");
  target.runtime_name = Text(fields, "runtime.name");
  target.runtime_revision = Text(fields, "runtime.revision");
  target.distribution = fields.String("runtime.distribution.name");
  target.distribution_title = fields.String("runtime.distribution.title");
  target.kernels_name = Text(fields, "kernels.name");
  target.kernels_revision = Text(fields, "kernels.revision");
  if (!fields.Any("error").is_null()) {
    answer.report = Fail(ErrorCode::kUnsupported, Text(fields, "error"));
    return answer;
  }
  answer.report = ReadFigures(fields);
  target.ram_bytes = fields.Integer("fits.ram_bytes", 0, kMaxBytes);
  target.flash_bytes = fields.Integer("fits.flash_bytes", 0, kMaxBytes);
  return answer;
}

}  // namespace

Result<ArenaDocument> ParseArenaReport(std::string_view text) {
  if (text.size() > kMaxReportBytes) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("a report of more than {} MiB is not read",
                            kMaxReportBytes >> 20));
  }
  const Result<Json> json = ParseJsonObject(text, "", kMaxDepth);
  if (!json || !json->contains("targets") || !json->contains("model")) {
    return Fail(ErrorCode::kInvalid,
                "this is not what tinyml arena-size --format json prints");
  }
  JsonFields fields(*json, "");
  fields.Require("schema_version");
  fields.Integer("schema_version", 1, 1);
  ArenaDocument document;
  document.model.path = Text(fields, "model.path");
  document.model.sha256 = Text(fields, "model.sha256");
  document.model.size_bytes = Bytes(fields, "model.size_bytes");
  if (json->contains("graph")) {  // The first reports had none.
    ReadGraph(fields, document.graph);
  }
  fields.Each("targets", [&](JsonFields& item) {
    document.targets.push_back(ReadTarget(item));
  });
  TINYML_RETURN_IF_ERROR(fields.status());
  return document;
}

Result<ArenaDocument> ReadArenaReport(const std::string& path) {
  TINYML_ASSIGN_OR_RETURN(const SharedBytes file, ReadFile(path));
  Result<ArenaDocument> document = ParseArenaReport(
      {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()});
  if (!document) return Fail(InFile(path, std::move(document.error())));
  return document;
}

}  // namespace tinyml
