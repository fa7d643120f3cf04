#include "report/arena_formats.h"

#include <nlohmann/json.hpp>

#include "tinyml/version.h"

namespace tinyml::report {
namespace {

using Json = nlohmann::ordered_json;

Json OperatorsJson(const ArenaReport& report) {
  Json list = Json::array();
  for (const ArenaOperator& op : report.operators) {
    list.push_back({{"subgraph", op.subgraph},
                    {"index", op.index},
                    {"name", op.name},
                    {"persistent_bytes", op.persistent_bytes},
                    {"scratch_bytes", op.scratch_bytes}});
  }
  return list;
}

Json BuffersJson(const ArenaReport& report) {
  Json list = Json::array();
  for (const ArenaBuffer& buffer : report.buffers) {
    const bool scratch = buffer.kind == ArenaBuffer::Kind::kScratch;
    Json item = {{"kind", scratch ? "scratch" : "tensor"},
                 {"subgraph", buffer.subgraph},
                 {"index", buffer.index}};
    if (scratch) {
      item["operator"] = buffer.op;
    } else {
      item["tensor"] = buffer.tensor;
    }
    item["name"] = buffer.name;
    item["size_bytes"] = buffer.size_bytes;
    item["first_used"] = buffer.first_used;
    item["last_used"] = buffer.last_used;
    item["offset_bytes"] = buffer.offset_bytes;
    list.push_back(std::move(item));
  }
  return list;
}

Json FitsJson(const ArenaDocument& document, const TargetInfo& target,
              const ArenaReport& report) {
  Json fits = Json::object();
  if (target.ram_bytes) fits["ram_bytes"] = *target.ram_bytes;
  if (target.flash_bytes) fits["flash_bytes"] = *target.flash_bytes;
  if (const auto ram = FitsRam(target, report.required_arena_bytes)) {
    fits["ram"] = *ram;
  }
  if (const auto flash = FitsFlash(target, document.model.size_bytes)) {
    fits["flash"] = *flash;
  }
  if (document.budget_bytes) {
    fits["budget_bytes"] = *document.budget_bytes;
    fits["budget"] = report.required_arena_bytes <= *document.budget_bytes;
  }
  return fits;
}

Json TargetJson(const ArenaDocument& document, const TargetAnswer& answer) {
  const TargetInfo& target = answer.target;
  Json json = {
      {"target", target.name},
      {"runtime",
       {{"name", target.runtime_name}, {"revision", target.runtime_revision}}},
      {"kernels",
       {{"name", target.kernels_name}, {"revision", target.kernels_revision}}}};
  if (!answer.report) {
    json["error"] = answer.report.error().message;
    return json;
  }
  const ArenaReport& report = *answer.report;
  json["arena_used_bytes"] = report.arena_used_bytes;
  json["required_arena_bytes"] = report.required_arena_bytes;
  json["head_bytes"] = report.head_bytes;
  json["tail_bytes"] = report.tail_bytes;
  json["peak_phase"] = report.peak_phase;
  if (report.peak_operator >= 0) {
    json["peak_operator"] = {{"subgraph", report.peak_subgraph},
                             {"index", report.peak_operator}};
  }
  json["resource_variables"] = report.resource_variables;
  Json breakdown = Json::array();
  for (const ArenaShare& share : report.breakdown) {
    breakdown.push_back(
        {{"what", share.what}, {"bytes", share.bytes}, {"count", share.count}});
  }
  json["breakdown"] = std::move(breakdown);
  json["operators"] = OperatorsJson(report);
  json["buffers"] = BuffersJson(report);
  json["fits"] = FitsJson(document, target, report);
  json["warnings"] = report.warnings;
  return json;
}

}  // namespace

std::string ArenaJson(const ArenaDocument& document) {
  Json json = {
      {"schema_version", 1},
      {"tool", {{"name", "tinyml"}, {"version", TINYML_VERSION_STRING}}},
      {"model",
       {{"path", document.model.path},
        {"sha256", document.model.sha256},
        {"size_bytes", document.model.size_bytes},
        {"operators", document.model.operators},
        {"tensors", document.model.tensors}}}};
  Json targets = Json::array();
  for (const TargetAnswer& answer : document.targets) {
    targets.push_back(TargetJson(document, answer));
  }
  json["targets"] = std::move(targets);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tinyml::report
