#include "runtime/targets/profile_json.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "base/text.h"
#include "runtime/targets/embedded_profiles.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

constexpr int kMaxInheritance = 8;
constexpr int64_t kMaxProfileBytes = 1 << 20;
// A profile needs 3. Values nested a hundred thousand deep take more stack to
// copy than there is.
constexpr int kMaxDepth = 16;

// The keys of a profile, as schema/profile.schema.json has them.
constexpr std::string_view kTopKeys =
    " schema_version kind name title description note extends mcu clock_hz "
    "ram_bytes flash_bytes abi runtime kernels nearest memory sources ";

struct TableKeys {
  const char* table;
  std::string_view keys;
};
constexpr TableKeys kTables[] = {
    {"abi", " pointer_bytes int64_alignment short_enums "},
    {"runtime", " name revision distribution "},
    {"kernels", " name revision variant features optimize_for "},
};

// Keys whose value is a string at any level.
constexpr std::string_view kStrings =
    " kind name title description note extends mcu revision distribution "
    "variant optimize_for ";

bool Contains(std::string_view words, const std::string& word) {
  return words.find(" " + word + " ") != std::string_view::npos;
}

// `prefix` goes before a key in messages: "", or "kernels.".
Status CheckKeys(const Json& object, std::string_view known,
                 const std::string& where, const std::string& prefix) {
  for (const auto& [key, value] : object.items()) {
    if (!Contains(known, key)) {
      return Fail(ErrorCode::kInvalid, where + " has an unknown key '" +
                                           prefix + Printable(key) + "'");
    }
    if (Contains(kStrings, key) && !value.is_string()) {
      return Fail(ErrorCode::kInvalid,
                  where + ": '" + prefix + key + "' must be a string");
    }
  }
  return {};
}

Status CheckAllKeys(const Json& profile, const std::string& name) {
  const std::string where = "profile " + name;
  TINYML_RETURN_IF_ERROR(CheckKeys(profile, kTopKeys, where, ""));
  for (const auto& [table, keys] : kTables) {
    const auto found = profile.find(table);
    if (found == profile.end()) continue;
    if (!found->is_object()) {
      return Fail(ErrorCode::kInvalid,
                  where + ": '" + table + "' must be an object");
    }
    TINYML_RETURN_IF_ERROR(
        CheckKeys(*found, keys, where, std::string(table) + "."));
  }
  return {};
}

Result<Json> ParseJson(std::string_view text, const std::string& name) {
  TINYML_ASSIGN_OR_RETURN(Json json,
                          ParseJsonObject(text, "profile " + name, kMaxDepth));
  TINYML_RETURN_IF_ERROR(CheckAllKeys(json, name));
  return json;
}

// A path rather than a name of ours.
bool LooksLikePath(std::string_view base) {
  return base.find('/') != std::string_view::npos || base.ends_with(".json");
}

Result<Json> LoadRaw(const std::string& base) {
  for (const EmbeddedProfile& profile : kEmbeddedProfiles) {
    if (profile.name == base) return ParseJson(profile.json, base);
  }
  if (LooksLikePath(base)) {
    TINYML_ASSIGN_OR_RETURN(const SharedBytes file,
                            ReadFile(base, kMaxProfileBytes));
    return ParseJson(
        {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()},
        base);
  }
  std::string message = "there is no target '" + base + "'";
  const std::vector<std::string> names = TargetNames();
  const std::string_view closest = ClosestTo(base, names);
  if (!closest.empty()) {
    message += "; did you mean '" + std::string(closest) + "'?";
  }
  return Fail(ErrorCode::kUsage,
              message + " ('tinyml targets' lists them all)");
}

// What a profile does not inherit.
constexpr std::array<const char*, 7> kNotInherited = {
    "schema_version", "kind", "name",   "title",
    "description",    "note", "sources"};

// Whether `json` has a field `key` in its table `table`.
bool HasField(const Json& json, const char* table, const char* key) {
  const auto found = json.find(table);
  return found != json.end() && found->is_object() && found->contains(key);
}

// Lays `profile` over what it extends. If `profile` names another kernel
// library, it inherits none of the parent's kernel fields; if it names a
// runtime revision, it does not inherit the kernels' revision; with any of
// these, it does not inherit a distribution.
Json LayOver(Json parent, const Json& profile) {
  for (const char* key : kNotInherited) parent.erase(key);
  const auto kernels = profile.find("kernels");
  if (kernels != profile.end() && kernels->is_object() &&
      kernels->contains("name") && parent.contains("kernels") &&
      (*kernels)["name"] != parent["kernels"].value("name", Json())) {
    parent.erase("kernels");
  }
  if (HasField(profile, "runtime", "revision") &&
      HasField(parent, "kernels", "revision")) {
    parent["kernels"].erase("revision");
  }
  if (HasField(parent, "runtime", "distribution") &&
      (HasField(profile, "runtime", "revision") ||
       HasField(profile, "kernels", "name") ||
       HasField(profile, "kernels", "revision"))) {
    parent["runtime"].erase("distribution");
  }
  parent.merge_patch(profile);
  return parent;
}

}  // namespace

Result<Json> LoadProfileJson(const std::string& base, std::string* core) {
  TINYML_ASSIGN_OR_RETURN(Json merged, LoadRaw(base));
  *core = merged.value("name", base);
  Json current = merged;
  for (int depth = 0; current.contains("extends"); ++depth) {
    if (depth == kMaxInheritance) {
      return Fail(ErrorCode::kInvalid,
                  "profile " + base + ": 'extends' leads nowhere");
    }
    const auto parent_name = current["extends"].get<std::string>();
    auto parent = LoadRaw(parent_name);
    if (!parent) {
      return Fail(ErrorCode::kInvalid, "profile " + base + " extends '" +
                                           parent_name +
                                           "': " + parent.error().message);
    }
    *core = parent->value("name", parent_name);
    current = *parent;
    merged = LayOver(std::move(*parent), merged);
  }
  return merged;
}

}  // namespace tinyml::runtime
