// Reads a JSON report back, as the baseline of a comparison. What is read is
// what a comparison needs; members that it does not know are left alone.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "analysis/share_names.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_depth.h"
#include "base/macros.h"
#include "base/text.h"
#include "tinyml/growth.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

// Sizes up to this, and as many items as a report of 32 MiB can hold, add up
// without overflow.
constexpr int64_t kMaxBytes = int64_t{1} << 36;
constexpr size_t kMaxReportBytes = size_t{32} << 20;
// A report is nested less deeply than this.
constexpr int kMaxDepth = 12;
// Indices are below this.
constexpr int64_t kMaxIndex = int64_t{1} << 30;

// A value of the document, and where it is: "targets[0].buffers".
class Node {
 public:
  Node(const Json* json, std::string where)
      : json_(json), where_(std::move(where)) {}

  Result<Node> Member(const char* name) const {
    const std::string where = where_.empty() ? name : where_ + "." + name;
    if (!json_->is_object()) return Wrong("is not an object");
    const auto found = json_->find(name);
    if (found == json_->end()) {
      return Fail(ErrorCode::kInvalid, where + " is missing");
    }
    return Node(&*found, where);
  }

  bool Has(const char* name) const {
    return json_->is_object() && json_->contains(name);
  }

  Result<int64_t> Integer(int64_t least, int64_t most) const {
    const bool whole =
        json_->is_number_integer() &&
        (!json_->is_number_unsigned() ||
         json_->get<uint64_t>() <= static_cast<uint64_t>(kMaxBytes));
    if (!whole || json_->get<int64_t>() < least ||
        json_->get<int64_t>() > most) {
      return Wrong(
          fmt::format("is not a whole number from {} to {}", least, most));
    }
    return json_->get<int64_t>();
  }
  Result<int64_t> Bytes() const { return Integer(0, kMaxBytes); }
  Result<int> Index(int64_t least = 0) const {
    TINYML_ASSIGN_OR_RETURN(const int64_t value, Integer(least, kMaxIndex));
    return static_cast<int>(value);
  }

  Result<std::string> Text() const {
    if (!json_->is_string()) return Wrong("is not a string");
    return json_->get<std::string>();
  }

  // Calls `visit` with every item, until one fails.
  template <typename Visit>
  Status Each(Visit visit) const {
    if (!json_->is_array()) return Wrong("is not a list");
    size_t index = 0;
    for (const Json& item : *json_) {
      TINYML_RETURN_IF_ERROR(
          visit(Node(&item, fmt::format("{}[{}]", where_, index))));
      ++index;
    }
    return {};
  }

  tl::unexpected<Error> Wrong(const std::string& what) const {
    return Fail(ErrorCode::kInvalid,
                (where_.empty() ? "the document" : where_) + " " + what);
  }

 private:
  const Json* json_;
  std::string where_;
};

Result<int64_t> BytesOf(const Node& node, const char* name) {
  TINYML_ASSIGN_OR_RETURN(const Node member, node.Member(name));
  return member.Bytes();
}

Result<int> IndexOf(const Node& node, const char* name, int64_t least = 0) {
  TINYML_ASSIGN_OR_RETURN(const Node member, node.Member(name));
  return member.Index(least);
}

Result<std::string> TextOf(const Node& node, const char* name) {
  TINYML_ASSIGN_OR_RETURN(const Node member, node.Member(name));
  return member.Text();
}

template <typename Visit>
Status EachOf(const Node& node, const char* name, Visit visit) {
  TINYML_ASSIGN_OR_RETURN(const Node member, node.Member(name));
  return member.Each(visit);
}

Status ReadIndices(const Node& node, const char* name,
                   std::vector<TensorIndex>* indices) {
  return EachOf(node, name, [&](const Node& item) -> Status {
    TINYML_ASSIGN_OR_RETURN(const int index, item.Index(-1));
    indices->push_back(index);
    return {};
  });
}

Result<OperatorId> ReadId(const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const int subgraph, IndexOf(node, "subgraph"));
  TINYML_ASSIGN_OR_RETURN(const int index, IndexOf(node, "index"));
  return OperatorId(subgraph, index);
}

Result<ReportedGraph> ReadGraph(const Node& node) {
  ReportedGraph graph;
  TINYML_RETURN_IF_ERROR(
      EachOf(node, "operators", [&](const Node& item) -> Status {
        ReportedGraph::Operator& op = graph.operators.emplace_back();
        TINYML_ASSIGN_OR_RETURN(op.id, ReadId(item));
        TINYML_ASSIGN_OR_RETURN(op.name, TextOf(item, "name"));
        TINYML_ASSIGN_OR_RETURN(const Node macs, item.Member("macs"));
        TINYML_ASSIGN_OR_RETURN(op.macs, macs.Integer(0, INT64_MAX));
        return ReadIndices(item, "outputs", &op.outputs);
      }));
  return graph;
}

Status ReadOperator(const Node& item, ArenaOperator* op) {
  TINYML_ASSIGN_OR_RETURN(op->id, ReadId(item));
  TINYML_ASSIGN_OR_RETURN(op->name, TextOf(item, "name"));
  TINYML_ASSIGN_OR_RETURN(op->persistent_bytes,
                          BytesOf(item, "persistent_bytes"));
  return EachOf(item, "scratch_bytes", [&](const Node& request) -> Status {
    TINYML_ASSIGN_OR_RETURN(const int64_t bytes, request.Bytes());
    op->scratch_bytes.push_back(bytes);
    return {};
  });
}

Status ReadBuffer(const Node& item, ArenaBuffer* buffer) {
  TINYML_ASSIGN_OR_RETURN(const Node kind, item.Member("kind"));
  TINYML_ASSIGN_OR_RETURN(const std::string kind_name, kind.Text());
  if (kind_name == "scratch") {
    buffer->kind = ArenaBuffer::Kind::kScratch;
    TINYML_ASSIGN_OR_RETURN(buffer->owner.index, IndexOf(item, "operator"));
  } else if (kind_name == "tensor") {
    TINYML_ASSIGN_OR_RETURN(buffer->tensor, IndexOf(item, "tensor"));
    buffer->owner.index = kNoOperatorIndex;
  } else {
    return kind.Wrong("is neither \"tensor\" nor \"scratch\"");
  }
  TINYML_ASSIGN_OR_RETURN(buffer->owner.subgraph, IndexOf(item, "subgraph"));
  TINYML_ASSIGN_OR_RETURN(buffer->index, IndexOf(item, "index"));
  TINYML_ASSIGN_OR_RETURN(buffer->name, TextOf(item, "name"));
  TINYML_ASSIGN_OR_RETURN(buffer->size_bytes, BytesOf(item, "size_bytes"));
  TINYML_ASSIGN_OR_RETURN(buffer->first_used, IndexOf(item, "first_used", -1));
  TINYML_ASSIGN_OR_RETURN(buffer->last_used, IndexOf(item, "last_used", -1));
  TINYML_ASSIGN_OR_RETURN(buffer->offset_bytes, BytesOf(item, "offset_bytes"));
  return {};
}

Result<ArenaReport> ReadFigures(const Node& node) {
  ArenaReport report;
  TINYML_ASSIGN_OR_RETURN(report.arena_used_bytes,
                          BytesOf(node, "arena_used_bytes"));
  TINYML_ASSIGN_OR_RETURN(report.required_arena_bytes,
                          BytesOf(node, "required_arena_bytes"));
  TINYML_ASSIGN_OR_RETURN(report.head_bytes, BytesOf(node, "head_bytes"));
  TINYML_ASSIGN_OR_RETURN(report.tail_bytes, BytesOf(node, "tail_bytes"));
  TINYML_RETURN_IF_ERROR(
      EachOf(node, "breakdown", [&](const Node& item) -> Status {
        ArenaShare& share = report.breakdown.emplace_back();
        TINYML_ASSIGN_OR_RETURN(const std::string what, TextOf(item, "what"));
        share.what = analysis::FindShare(what);
        TINYML_ASSIGN_OR_RETURN(share.bytes, BytesOf(item, "bytes"));
        TINYML_ASSIGN_OR_RETURN(share.count, BytesOf(item, "count"));
        return {};
      }));
  TINYML_RETURN_IF_ERROR(EachOf(node, "operators", [&](const Node& item) {
    return ReadOperator(item, &report.operators.emplace_back());
  }));
  TINYML_RETURN_IF_ERROR(EachOf(node, "buffers", [&](const Node& item) {
    return ReadBuffer(item, &report.buffers.emplace_back());
  }));
  return report;
}

Status ReadRevision(const Node& node, const char* name, std::string* project,
                    std::string* revision) {
  TINYML_ASSIGN_OR_RETURN(const Node member, node.Member(name));
  TINYML_ASSIGN_OR_RETURN(*project, TextOf(member, "name"));
  TINYML_ASSIGN_OR_RETURN(*revision, TextOf(member, "revision"));
  return {};
}

Result<TargetAnswer> ReadTarget(const Node& node) {
  TargetAnswer answer{{}, ArenaReport()};
  TargetInfo& target = answer.target;
  TINYML_ASSIGN_OR_RETURN(target.name, TextOf(node, "target"));
  TINYML_RETURN_IF_ERROR(ReadRevision(node, "runtime", &target.runtime_name,
                                      &target.runtime_revision));
  TINYML_RETURN_IF_ERROR(ReadRevision(node, "kernels", &target.kernels_name,
                                      &target.kernels_revision));
  if (node.Has("error")) {
    TINYML_ASSIGN_OR_RETURN(std::string message, TextOf(node, "error"));
    answer.report = Fail(ErrorCode::kUnsupported, std::move(message));
    return answer;
  }
  TINYML_ASSIGN_OR_RETURN(answer.report, ReadFigures(node));
  TINYML_ASSIGN_OR_RETURN(const Node fits, node.Member("fits"));
  if (fits.Has("ram_bytes")) {
    TINYML_ASSIGN_OR_RETURN(target.ram_bytes, BytesOf(fits, "ram_bytes"));
  }
  if (fits.Has("flash_bytes")) {
    TINYML_ASSIGN_OR_RETURN(target.flash_bytes, BytesOf(fits, "flash_bytes"));
  }
  return answer;
}

}  // namespace

Result<ArenaDocument> ParseArenaReport(std::string_view text) {
  if (text.size() > kMaxReportBytes) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("a report of more than {} MiB is not read",
                            kMaxReportBytes >> 20));
  }
  const Json json = NestsAtMost(text, kMaxDepth)
                        ? Json::parse(text, nullptr, /*allow_exceptions=*/false)
                        : Json();
  const Node root(&json, "");
  if (json.is_discarded() || !root.Has("targets") || !root.Has("model")) {
    return Fail(ErrorCode::kInvalid,
                "this is not what tinyml arena-size --format json prints");
  }
  TINYML_ASSIGN_OR_RETURN(const Node version, root.Member("schema_version"));
  TINYML_ASSIGN_OR_RETURN(const int number, version.Index());
  if (number != 1) return version.Wrong("is not 1, the only one known");

  ArenaDocument document;
  TINYML_ASSIGN_OR_RETURN(const Node model, root.Member("model"));
  TINYML_ASSIGN_OR_RETURN(document.model.path, TextOf(model, "path"));
  TINYML_ASSIGN_OR_RETURN(document.model.sha256, TextOf(model, "sha256"));
  TINYML_ASSIGN_OR_RETURN(document.model.size_bytes,
                          BytesOf(model, "size_bytes"));
  if (root.Has("graph")) {  // The first reports had none.
    TINYML_ASSIGN_OR_RETURN(const Node graph, root.Member("graph"));
    TINYML_ASSIGN_OR_RETURN(document.graph, ReadGraph(graph));
  }
  TINYML_RETURN_IF_ERROR(
      EachOf(root, "targets", [&](const Node& item) -> Status {
        TINYML_ASSIGN_OR_RETURN(TargetAnswer answer, ReadTarget(item));
        document.targets.push_back(std::move(answer));
        return {};
      }));
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
