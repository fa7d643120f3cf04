// Reads and writes tinyml.lock.json: a project's figures as they were last
// agreed to.
#include <utility>

#include "base/json_fields.h"
#include "base/macros.h"
#include "base/text.h"
#include "project/format.h"
#include "report/json_parts.h"
#include "tinyml/check.h"
#include "tinyml/version.h"

namespace tinyml {
namespace {

Status ReadRevision(const Json& json, const std::string& where,
                    std::string& name, std::string& revision,
                    std::string& requested,
                    std::string* distribution = nullptr) {
  JsonFields fields(json, where);
  fields.Require("name");
  fields.Require("revision");
  fields.Get("name", name);
  fields.Get("revision", revision);
  if (distribution != nullptr) fields.Get("distribution", *distribution);
  fields.Get("requested", requested);
  return fields.Done();
}

Result<LockedTarget> ReadTarget(const Json& json, const std::string& where) {
  LockedTarget target;
  JsonFields fields(json, where);
  fields.Require("runtime");
  fields.Require("kernels");
  const Json& runtime = fields.Object("runtime");
  const Json& kernels = fields.Object("kernels");
  fields.Get("refused", target.refused);
  if (target.refused.empty()) {
    fields.Require("arena_used_bytes");
    fields.Require("required_arena_bytes");
    fields.Get("arena_used_bytes", target.arena_used_bytes);
    fields.Get("required_arena_bytes", target.required_arena_bytes);
  }
  TINYML_RETURN_IF_ERROR(fields.Done());
  TINYML_RETURN_IF_ERROR(ReadRevision(
      runtime, where + ": 'runtime'", target.runtime_name,
      target.runtime_revision, target.runtime_requested, &target.distribution));
  TINYML_RETURN_IF_ERROR(
      ReadRevision(kernels, where + ": 'kernels'", target.kernels_name,
                   target.kernels_revision, target.kernels_requested));
  return target;
}

Result<LockedModel> ReadModel(const Json& json, const std::string& where) {
  LockedModel model;
  JsonFields fields(json, where);
  fields.Require("source_sha256");
  fields.Require("settings_sha256");
  fields.Get("source_sha256", model.source_sha256);
  fields.Get("settings_sha256", model.settings_sha256);
  fields.Get("calibration_sha256", model.calibration_sha256);
  fields.Get("embedded_sha256", model.embedded_sha256);
  fields.Get("embedded_bytes", model.embedded_bytes);
  const Json& outputs = fields.Object("outputs");
  const Json& targets = fields.Object("targets");
  TINYML_RETURN_IF_ERROR(fields.Done());
  for (const auto& item : outputs.items()) {
    if (!item.value().is_string()) {
      return Fail(ErrorCode::kInvalid,
                  where + ": the hashes of 'outputs' must be strings");
    }
    model.outputs[item.key()] = item.value().get<std::string>();
  }
  for (const auto& item : targets.items()) {
    TINYML_ASSIGN_OR_RETURN(
        model.targets[item.key()],
        ReadTarget(item.value(), where + " on " + Printable(item.key())));
  }
  return model;
}

}  // namespace

std::string LockPathOf(const std::string& path) {
  constexpr std::string_view kExtension = ".json";
  const bool has = path.ends_with(kExtension);
  return path.substr(0, path.size() - (has ? kExtension.size() : 0)) +
         ".lock.json";
}

Result<Lock> ReadLock(const std::string& path) {
  TINYML_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(path));
  Lock lock;
  JsonFields fields(json, path);
  fields.Require("schema_version");
  fields.Integer("schema_version", 1, 1);
  fields.Require("tool");
  const Json& tool = fields.Object("tool");
  fields.Require("models");
  const Json& models = fields.Object("models");
  TINYML_RETURN_IF_ERROR(fields.Done());
  std::string name;
  JsonFields tool_fields(tool, path + ": 'tool'");
  tool_fields.Get("name", name);
  tool_fields.Require("version");
  tool_fields.Get("version", lock.tool_version);
  TINYML_RETURN_IF_ERROR(tool_fields.Done());
  for (const auto& item : models.items()) {
    TINYML_ASSIGN_OR_RETURN(
        lock.models[item.key()],
        ReadModel(item.value(),
                  path + ": model '" + Printable(item.key()) + "'"));
  }
  return lock;
}

std::string FormatLock(const Lock& lock) {
  Json models = Json::object();
  for (const auto& [name, model] : lock.models) {
    Json json = {{"source_sha256", model.source_sha256},
                 {"settings_sha256", model.settings_sha256}};
    if (!model.calibration_sha256.empty()) {
      json["calibration_sha256"] = model.calibration_sha256;
    }
    if (!model.embedded_sha256.empty()) {
      json["embedded_sha256"] = model.embedded_sha256;
      json["embedded_bytes"] = model.embedded_bytes;
    }
    if (!model.outputs.empty()) json["outputs"] = model.outputs;
    Json targets = Json::object();
    for (const auto& [key, target] : model.targets) {
      targets[key] = project::FiguresJson(target);
    }
    json["targets"] = std::move(targets);
    models[name] = std::move(json);
  }
  const Json json = {
      {"schema_version", 1},
      {"tool", {{"name", "tinyml"}, {"version", lock.tool_version}}},
      {"models", std::move(models)}};
  return report::DocumentText(json);
}

}  // namespace tinyml
