// The arena report as JSON.
#include <fmt/format.h>

#include "base/json.h"
#include "report/arena_formats.h"
#include "report/growth_words.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"
#include "report/runtime_words.h"

namespace tinyml::report {
namespace {

// The long lists are filled in place: an initializer list would copy every
// value, and compare every key with those before it.
Json& Append(Json& list, size_t fields) {
  Json& item = list.emplace_back(Json::object());
  item.get_ref<Json::object_t&>().reserve(fields);
  return item;
}

template <typename T>
void Set(Json& item, const char* key, const T& value) {
  item.get_ref<Json::object_t&>().Container::emplace_back(key, value);
}

Json OperatorsJson(const ArenaReport& report) {
  Json list = Json::array();
  for (const ArenaOperator& op : report.operators) {
    Json& item = Append(list, 5);
    Set(item, "subgraph", op.id.subgraph);
    Set(item, "index", op.id.index);
    Set(item, "name", op.name);
    Set(item, "persistent_bytes", op.persistent_bytes);
    Set(item, "scratch_bytes", op.scratch_bytes);
  }
  return list;
}

Json BuffersJson(const ArenaReport& report) {
  Json list = Json::array();
  for (const ArenaBuffer& buffer : report.buffers) {
    const bool scratch = buffer.kind == ArenaBuffer::Kind::kScratch;
    Json& item = Append(list, 9);
    Set(item, "kind", scratch ? "scratch" : "tensor");
    Set(item, "subgraph", buffer.owner.subgraph);
    Set(item, "index", buffer.index);
    Set(item, scratch ? "operator" : "tensor",
        scratch ? buffer.owner.index : buffer.tensor);
    Set(item, "name", buffer.name);
    Set(item, "size_bytes", buffer.size_bytes);
    Set(item, "first_used", buffer.first_used);
    Set(item, "last_used", buffer.last_used);
    Set(item, "offset_bytes", buffer.offset_bytes);
  }
  return list;
}

Json FitsJson(const ArenaDocument& document, const TargetInfo& target,
              const ArenaReport& report) {
  Json fits = Json::object();
  if (target.ram_bytes) fits["ram_bytes"] = *target.ram_bytes;
  if (target.flash_bytes) fits["flash_bytes"] = *target.flash_bytes;
  if (const auto ram = FitsRam(target, report.DeclareBytes())) {
    fits["ram"] = *ram;
  }
  if (const auto flash = FitsFlash(target, document.model.size_bytes)) {
    fits["flash"] = *flash;
  }
  if (document.budget_bytes) {
    fits["budget_bytes"] = *document.budget_bytes;
    fits["budget"] = report.DeclareBytes() <= *document.budget_bytes;
  }
  return fits;
}

Json TargetJson(const ArenaDocument& document, const TargetAnswer& answer) {
  const TargetInfo& target = answer.target;
  Json json = {{"target", target.name}};
  AddRevisions(target, &json);
  if (!answer.report) {
    json["error"] = answer.report.error().message;
    return json;
  }
  const ArenaReport& report = *answer.report;
  json["arena_used_bytes"] = report.arena_used_bytes;
  json["required_arena_bytes"] = report.required_arena_bytes;
  if (report.with_io) {
    json["arena_used_bytes_with_input_and_output"] =
        report.with_io->arena_used_bytes;
    json["required_arena_bytes_with_input_and_output"] =
        report.with_io->required_arena_bytes;
  }
  json["head_bytes"] = report.head_bytes;
  json["tail_bytes"] = report.tail_bytes;
  json["peak_phase"] = ArenaPhaseName(report.peak_phase);
  if (report.peak_operator) {
    json["peak_operator"] = {{"subgraph", report.peak_operator->subgraph},
                             {"index", report.peak_operator->index}};
  }
  json["resource_variables"] = report.resource_variables;
  if (report.resource_arena_bytes) {
    json["resource_arena_bytes"] = *report.resource_arena_bytes;
  }
  if (const ApplicationUse& application = target.application;
      !application.name.empty()) {
    json["application"] = {{"name", application.name},
                           {"title", application.title},
                           {"notes", application.notes}};
    if (const auto kept = KeptArenaBytes(application, report)) {
      json["application"]["kept_arena_bytes"] = *kept;
    }
  }
  Json breakdown = Json::array();
  for (const ArenaShare& share : report.breakdown) {
    breakdown.push_back({{"what", share.what.Name()},
                         {"bytes", share.bytes},
                         {"count", share.count}});
  }
  json["breakdown"] = std::move(breakdown);
  json["operators"] = OperatorsJson(report);
  json["buffers"] = BuffersJson(report);
  json["fits"] = FitsJson(document, target, report);
  json["warnings"] = report.warnings;
  json["hazards"] = HazardsJson(report.hazards);
  return json;
}

Json GrowthJson(const GrowthReport& growth, const TargetGrowth& target) {
  const bool compared = target.kind == TargetGrowth::Kind::kCompared;
  Json json = {{"state", report::GrowthName(target.kind)}};
  if (target.kind != TargetGrowth::Kind::kNew) {
    json["runtime"] = {{"name", target.runtime_name},
                       {"revision", target.runtime_revision}};
    if (!target.distribution.empty()) {
      json["runtime"]["distribution"] = {{"name", target.distribution}};
    }
    json["kernels"] = {{"name", target.kernels_name},
                       {"revision", target.kernels_revision}};
    json["revisions_changed"] = target.revisions_changed;
  }
  if (compared || target.kind == TargetGrowth::Kind::kRefusedNow) {
    json["required_arena_bytes"] = target.required_before;
    json["arena_used_bytes"] = target.used_before;
  }
  if (!growth.limit.empty()) json["allowed"] = target.allowed;
  if (!compared) return json;
  json["required_change_bytes"] = target.required_change;
  json["used_change_bytes"] = target.used_change;
  Json operators = Json::array();
  for (const OperatorGrowth& op : target.operators) {
    Json item = {{"subgraph", op.Id().subgraph}};
    if (op.before) item["index_before"] = op.before->index;
    if (op.after) item["index"] = op.after->index;
    item["name"] = op.name;
    item["persistent_change_bytes"] = op.persistent_change;
    item["scratch_change_bytes"] = op.scratch_change;
    item["tensors_change_bytes"] = op.tensors_change;
    operators.push_back(std::move(item));
  }
  json["operators"] = std::move(operators);
  Json shares = Json::array();
  for (const ShareGrowth& share : target.shares) {
    shares.push_back({{"what", share.what.Name()},
                      {"bytes_before", share.before},
                      {"bytes_after", share.after}});
  }
  json["shares"] = std::move(shares);
  return json;
}

std::string Compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A list, one item per line.
template <typename List, typename ToJson>
std::string Lines(const char* name, const List& list, ToJson to_json) {
  std::string text = fmt::format("  \"{}\": [", name);
  const char* separator = "\n   ";
  for (const auto& item : list) {
    text += separator + Compact(to_json(item));
    separator = ",\n   ";
  }
  return text + (list.empty() ? "]" : "\n  ]");
}

std::string GraphText(const ReportedGraph& graph) {
  return Lines("subgraphs", graph.subgraphs,
               [](const ReportedGraph::Subgraph& subgraph) {
                 return Json{{"inputs", subgraph.inputs},
                             {"outputs", subgraph.outputs}};
               }) +
         ",\n" +
         Lines("operators", graph.operators,
               [](const ReportedGraph::Operator& op) {
                 return Json{{"subgraph", op.id.subgraph},
                             {"index", op.id.index},
                             {"name", op.name},
                             {"macs", op.macs},
                             {"inputs", op.inputs},
                             {"outputs", op.outputs}};
               }) +
         ",\n" + Lines("scopes", graph.scopes, [](const OperatorId& scope) {
           Json json = {{"subgraph", scope.subgraph}};
           if (scope.index != kNoOperatorIndex) json["operator"] = scope.index;
           return json;
         });
}

std::string Dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ArenaJson(const ArenaDocument& document) {
  Json json = ReportHead();
  json["model"] = ModelJson(document.model);
  if (document.growth) {
    const GrowthReport& growth = *document.growth;
    json["baseline"] = {
        {"path", growth.baseline_path},
        {"model",
         {{"sha256", growth.model_sha256}, {"size_bytes", growth.model_bytes}}},
        {"missing_targets", growth.missing}};
    if (!growth.limit.empty()) json["baseline"]["max_growth"] = growth.limit;
  }
  std::string text = Dump(json);
  text.resize(text.rfind('\n'));
  text += ",\n \"graph\": {\n" + GraphText(document.graph) + "\n }";
  text += ",\n \"targets\": [";
  // One target at a time: the values of all together would take many times the
  // size of the text.
  bool first = true;
  for (size_t i = 0; i < document.targets.size(); ++i) {
    text += first ? "\n  " : ",\n  ";
    first = false;
    Json target = TargetJson(document, document.targets[i]);
    if (document.growth) {
      target["growth"] =
          GrowthJson(*document.growth, document.growth->targets[i]);
    }
    for (const char c : Dump(target)) {
      text += c;
      if (c == '\n') text += "  ";
    }
  }
  text += first ? "]\n}\n" : "\n ]\n}\n";
  return text;
}

}  // namespace tinyml::report
