#include "report/json_parts.h"

#include "tinyml/version.h"

namespace tinyml::report {

Json ReportHead() {
  return {{"schema_version", 1},
          {"tool", {{"name", "tinyml"}, {"version", TINYML_VERSION_STRING}}}};
}

Json ModelJson(const ReportedModel& model) {
  return {{"path", model.path},
          {"sha256", model.sha256},
          {"size_bytes", model.size_bytes},
          {"operators", model.operators},
          {"tensors", model.tensors}};
}

void AddRevisions(const TargetInfo& target, Json* json) {
  (*json)["runtime"] = {{"name", target.runtime_name},
                        {"revision", target.runtime_revision},
                        {"release", target.runtime_release}};
  AddDistribution(target, &(*json)["runtime"]);
  (*json)["kernels"] = {{"name", target.kernels_name},
                        {"revision", target.kernels_revision},
                        {"release", target.kernels_release}};
  AddRequested(target, json);
}

void AddRequested(const TargetInfo& target, Json* json) {
  if (!target.runtime_requested.empty()) {
    (*json)["runtime"]["requested"] = target.runtime_requested;
  }
  if (!target.kernels_requested.empty()) {
    (*json)["kernels"]["requested"] = target.kernels_requested;
  }
}

void AddDistribution(const TargetInfo& target, Json* runtime) {
  if (target.distribution.empty()) return;
  (*runtime)["distribution"] = {{"name", target.distribution},
                                {"title", target.distribution_title},
                                {"upstream_commit", target.upstream_commit},
                                {"upstream_date", target.upstream_date},
                                {"static_memory", target.static_memory},
                                {"measured", target.distribution_measured}};
}

Json ChangeJson(const RevisionChange& change) {
  return {{"name", change.name},
          {"commit", change.commit},
          {"date", change.date},
          {"what", change.what}};
}

std::string DocumentText(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tinyml::report
