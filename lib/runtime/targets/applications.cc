#include "runtime/targets/applications.h"

#include <algorithm>
#include <utility>

#include "base/json_fields.h"
#include "base/macros.h"
#include "runtime/targets/embedded_json.h"

namespace tinyml::runtime {
namespace {

constexpr int64_t kMaxVariables = 1 << 20;
constexpr int64_t kMaxBytes = int64_t{1} << 40;

Result<Application> ReadApplication(std::string_view text) {
  TINYML_ASSIGN_OR_RETURN(const Json json,
                          ParseJsonObject(text, "an application file"));
  Application result;
  const Json& name = json.value("name", Json());
  JsonFields fields(
      json, "application " +
                (name.is_string() ? name.get<std::string>() : std::string()));
  for (const char* key : {"schema_version", "name", "title", "sources"}) {
    fields.Require(key);
  }
  fields.Integer("schema_version", 1, 1);
  fields.Get("name", result.use.name);
  fields.Get("title", result.use.title);
  fields.Get("distribution", result.distribution);
  result.use.resource_variables =
      fields.Integer("resource_variables", 0, kMaxVariables);
  if (const auto bytes = fields.Integer("resource_arena_bytes", 1, kMaxBytes)) {
    result.use.resource_arena_bytes = *bytes;
  }
  result.use.added_bytes = fields.Integer("added_bytes", 0, kMaxBytes);
  fields.Get("refusal", result.refusal);
  fields.Get("notes", result.use.notes);
  fields.Each("sources", [&](JsonFields& item) {
    result.use.sources.push_back({item.String("what"), item.String("where")});
  });
  TINYML_RETURN_IF_ERROR(fields.Done());
  return result;
}

}  // namespace

Result<std::vector<Application>> ParseApplications(
    std::span<const std::string_view> texts) {
  std::vector<Application> applications;
  for (std::string_view text : texts) {
    TINYML_ASSIGN_OR_RETURN(Application application, ReadApplication(text));
    applications.push_back(std::move(application));
  }
  std::ranges::sort(applications, {}, [](const Application& application) {
    return application.use.name;
  });
  return applications;
}

std::span<const Application> KnownApplications() {
  // The files are part of the program, and a test reads them.
  static const std::vector<Application> kKnown =
      ParseApplications(kEmbeddedApplications)
          .value_or(std::vector<Application>());
  return kKnown;
}

std::vector<std::string_view> ApplicationNames() {
  std::vector<std::string_view> names;
  names.reserve(kEmbeddedApplications.size());
  for (const std::string_view text : kEmbeddedApplications) {
    names.push_back(NameInText(text));
  }
  std::ranges::sort(names);
  return names;
}

Result<const Application*> FindApplication(std::string_view name) {
  std::string names;
  for (const Application& application : KnownApplications()) {
    if (application.use.name != name) {
      names += (names.empty() ? "" : ", ") + application.use.name;
      continue;
    }
    if (application.refusal.empty()) return &application;
    return Fail(ErrorCode::kUnsupported,
                application.use.title + ": " + application.refusal);
  }
  return Fail(ErrorCode::kUsage, "there is no application '" +
                                     std::string(name) +
                                     "' (there are: " + names + ")");
}

}  // namespace tinyml::runtime
