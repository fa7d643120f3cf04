#include "runtime/targets/profile.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "runtime/targets/embedded_profiles.h"
#include "runtime/targets/profile_json.h"
#include "runtime/targets/revisions.h"

namespace tinyml::runtime {
namespace {

struct LibraryName {
  KernelLibrary library;
  std::string_view name;
};
constexpr std::array<LibraryName, 4> kLibraries = {{
    {KernelLibrary::kReference, "reference"},
    {KernelLibrary::kCmsisNn, "cmsis-nn"},
    {KernelLibrary::kEspNn, "esp-nn"},
    {KernelLibrary::kEspNnAnsi, "esp-nn-ansi"},
}};

std::optional<KernelLibrary> FindLibrary(std::string_view name) {
  for (const LibraryName& entry : kLibraries) {
    if (entry.name == name) return entry.library;
  }
  return std::nullopt;
}

Result<TargetInfo> ReadInfo(const Json& json, const std::string& name) {
  JsonFields fields(json, "profile " + name);
  for (const char* key :
       {"kind", "abi.pointer_bytes", "abi.int64_alignment", "abi.short_enums",
        "runtime.name", "runtime.revision", "kernels.name"}) {
    fields.Require(key);
  }
  TargetInfo info;
  info.kind = fields.String("kind");
  info.title = fields.String("title");
  info.description = fields.String("description");
  info.note = fields.String("note");
  info.mcu = fields.String("mcu");
  info.clock_hz = fields.Integer("clock_hz", 1, INT64_MAX);
  info.ram_bytes = fields.Integer("ram_bytes", 1, INT64_MAX);
  info.flash_bytes = fields.Integer("flash_bytes", 1, INT64_MAX);
  const auto four_or_eight = [&](const char* key) {
    const int64_t value = fields.Integer(key, 1, INT64_MAX).value_or(4);
    if (value != 4 && value != 8) {
      fields.Fault(std::string("'") + key + "' must be 4 or 8");
    }
    return static_cast<int>(value);
  };
  info.pointer_bytes = four_or_eight("abi.pointer_bytes");
  info.int64_alignment = four_or_eight("abi.int64_alignment");
  fields.Get("abi.short_enums", info.short_enums);
  info.runtime_name = fields.String("runtime.name");
  info.runtime_revision = fields.String("runtime.revision");
  info.kernels_name = fields.String("kernels.name");
  info.kernels_revision = fields.String("kernels.revision");
  info.kernels_variant = fields.String("kernels.variant");
  fields.Get("kernels.features", info.kernels_features);
  info.optimize_for = fields.String("kernels.optimize_for");
  if (info.optimize_for.empty()) info.optimize_for = "speed";
  if (info.optimize_for != "speed" && info.optimize_for != "size") {
    fields.Fault("'kernels.optimize_for' must be \"speed\" or \"size\"");
  }
  fields.Each("memory", [&](JsonFields& item) {
    item.Require("bytes");
    MemoryRegion& region = info.memory.emplace_back();
    region.name = item.String("name");
    region.note = item.String("note");
    item.Get("bytes", region.bytes);
  });
  fields.Each("sources", [&](JsonFields& item) {
    info.sources.push_back({item.String("what"), item.String("where")});
  });
  TINYML_RETURN_IF_ERROR(fields.status());
  return info;
}

// Finds the revisions that `info` names and replaces them with their full
// names.
Result<ResolvedRevisions> Resolve(const RevisionCatalogue& catalogue,
                                  bool nearest, TargetInfo* info) {
  TINYML_ASSIGN_OR_RETURN(
      ResolvedRevisions resolved,
      ResolveRevisions(catalogue, info->runtime_name, info->runtime_revision,
                       info->kernels_name, info->kernels_revision, nearest));
  info->runtime_requested = resolved.runtime_requested;
  info->kernels_requested = resolved.kernels_requested;
  info->nearest_note = resolved.nearest_note;
  info->runtime_revision = ShortCommit(*resolved.runtime);
  info->runtime_release = resolved.runtime->name;
  info->kernels_revision = ShortCommit(*resolved.kernels);
  info->kernels_release = resolved.kernels->name;
  return resolved;
}

// Turns the merged profile into what the simulation needs.
Result<Target> MakeTarget(const RevisionCatalogue& catalogue,
                          const Distribution* distribution, bool nearest,
                          TargetInfo& info) {
  Target target;
  target.name = info.name;
  target.abi = {info.pointer_bytes, info.int64_alignment, info.short_enums};
  KernelConfig& kernels = target.kernels;
  const auto library = FindLibrary(info.kernels_name);
  if (!library) {
    return Fail(ErrorCode::kInvalid,
                "target " + info.name + ": there is no kernel library '" +
                    info.kernels_name +
                    "' (reference, cmsis-nn, esp-nn, esp-nn-ansi)");
  }
  TINYML_ASSIGN_OR_RETURN(ResolvedRevisions revisions,
                          Resolve(catalogue, nearest, &info));
  target.runtime_name = info.runtime_name;
  target.runtime_revision = info.runtime_revision;
  target.revision_note = std::move(revisions.note);
  target.nearest_note = std::move(revisions.nearest_note);
  kernels.library = *library;
  kernels.revision = info.kernels_revision;
  kernels.changes = revisions.changes;
  if (distribution != nullptr) {
    target.distribution = distribution->name;
    target.static_memory = distribution->static_memory;
    target.lacks_operators = distribution->lacks_operators;
    kernels.changes.Add(distribution->adds);
    kernels.changes.Remove(distribution->lacks);
    if (const DistributionBuild* build = BuildFor(*distribution, info.core);
        build != nullptr && build->kernels == info.kernels_name) {
      kernels.reference_operators = build->reference_operators;
    }
  }
  kernels.optimize_for_size = info.optimize_for == "size";
  for (const std::string& feature : info.kernels_features) {
    if (feature == "dsp") {
      kernels.dsp = true;
    } else if (feature == "mve") {
      kernels.mve = true;
    } else if (feature == "ethos-u") {
      kernels.ethos_u = true;
    } else {
      return Fail(ErrorCode::kInvalid, "target " + info.name +
                                           ": there is no kernel feature '" +
                                           feature + "' (dsp, mve, ethos-u)");
    }
  }
  if (kernels.library == KernelLibrary::kEspNn) {
    if (info.kernels_variant == "esp32s3") {
      kernels.esp_variant = EspVariant::kS3;
    } else if (info.kernels_variant == "esp32p4") {
      kernels.esp_variant = EspVariant::kP4;
    } else if (info.kernels_variant != "esp32") {
      return Fail(ErrorCode::kUsage,
                  "target " + info.name +
                      ": ESP-NN's optimised kernels run on ESP32 chips only; "
                      "use esp-nn-ansi elsewhere");
    }
  }
  return target;
}

// Replaces the profile's own kernels with `library`, in the revision that goes
// with the runtime's.
void SwitchKernels(const RevisionCatalogue& catalogue,
                   const std::string& library, Json& json) {
  Json& kernels = json["kernels"];
  const std::string own = kernels.value("name", "");
  if (library == own) return;
  kernels["name"] = library;
  Json& runtime = json["runtime"];
  const bool was_esp = own.starts_with("esp-nn");
  const bool is_esp = library.starts_with("esp-nn");
  if (is_esp && !was_esp) {
    runtime = {{"name", kEspTfliteMicroName},
               {"revision", catalogue.Default(kEspTfliteMicroName).name}};
  }
  kernels.erase("revision");
}

// Replaces the runtime and the kernel library of `json` with those that
// `distribution` has on `core`, except for a kernel library that the user
// chose.
Status ApplyDistribution(const Distribution& distribution,
                         const std::string& core, bool keep_kernels,
                         Json& json) {
  const DistributionBuild* build = BuildFor(distribution, core);
  if (build == nullptr) {
    return Fail(ErrorCode::kUsage, "distribution " + distribution.name +
                                       " is not built for " + core);
  }
  Json& runtime = json["runtime"];
  runtime["name"] = distribution.runtime_name;
  runtime["revision"] = distribution.runtime_revision;
  Json& kernels = json["kernels"];
  kernels.erase("revision");
  if (keep_kernels && kernels.value("name", "") != build->kernels) return {};
  if (kernels.value("name", "") != build->kernels) {
    kernels = Json::object();
    kernels["name"] = build->kernels;
  }
  if (!build->kernels_revision.empty()) {
    kernels["revision"] = build->kernels_revision;
  }
  if (build->features) kernels["features"] = *build->features;
  return {};
}

// Gives `text` the JSON type that the field `key` has.
Result<Json> OverrideValue(const std::string& key, const std::string& text) {
  const auto bad = [&](const std::string& expected) {
    return Fail(ErrorCode::kUsage, "target override '" + key + "=" + text +
                                       "': expected " + expected);
  };
  if (key == "abi.short_enums" || key == "nearest") {
    if (text != "true" && text != "false") return bad("true or false");
    return Json(text == "true");
  }
  if (key == "kernels.features") {
    Json features = Json::array();
    size_t start = 0;
    while (start <= text.size() && text != "none") {
      const size_t end = std::min(text.find('+', start), text.size());
      features.push_back(text.substr(start, end - start));
      start = end + 1;
    }
    return features;
  }
  if (key == "abi.pointer_bytes" || key == "abi.int64_alignment" ||
      key == "ram_bytes" || key == "flash_bytes") {
    if (text.empty() || text.size() > 15 ||
        text.find_first_not_of("0123456789") != std::string::npos) {
      return bad("a whole number of bytes");
    }
    return Json(std::stoll(text));
  }
  return Json(text);
}

constexpr std::array<std::string_view, 11> kOverridable = {
    "abi.short_enums",
    "abi.pointer_bytes",
    "abi.int64_alignment",
    "kernels.optimize_for",
    "kernels.features",
    "kernels.revision",
    "runtime.revision",
    "runtime",
    "ram_bytes",
    "flash_bytes",
    "nearest"};

Status ApplyOverride(const std::string& key, const std::string& text,
                     Json& json) {
  if (std::find(kOverridable.begin(), kOverridable.end(), key) ==
      kOverridable.end()) {
    std::string list;
    for (std::string_view name : kOverridable) {
      if (!list.empty()) list += ", ";
      list += name;
    }
    return Fail(ErrorCode::kUsage, "target override '" + key +
                                       "' does not exist (there are: " + list +
                                       ")");
  }
  TINYML_ASSIGN_OR_RETURN(Json value, OverrideValue(key, text));
  // "runtime" alone means its revision.
  const std::string path = key == "runtime" ? "runtime.revision" : key;
  const size_t dot = path.find('.');
  if (dot == std::string::npos) {
    json[path] = std::move(value);
  } else {
    json[path.substr(0, dot)][path.substr(dot + 1)] = std::move(value);
  }
  return {};
}

}  // namespace

Result<TargetSpec> ParseTargetSpec(std::string_view spec) {
  TargetSpec parts;
  const size_t colon = spec.find(':');
  std::string_view base = spec.substr(0, colon);
  const size_t slash = base.rfind('/');
  const size_t plus =
      base.find('+', slash == std::string_view::npos ? 0 : slash);
  parts.base = base.substr(0, plus);
  if (plus != std::string_view::npos) parts.kernels = base.substr(plus + 1);
  if (parts.base.empty() ||
      (plus != std::string_view::npos && parts.kernels.empty())) {
    return Fail(ErrorCode::kUsage,
                "target '" + std::string(spec) +
                    "' is not of the form NAME[+KERNELS][:KEY=VALUE,...]");
  }
  if (colon == std::string_view::npos) return parts;
  std::string_view rest = spec.substr(colon + 1);
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Fail(ErrorCode::kUsage, "target '" + std::string(spec) +
                                         "': override '" + std::string(item) +
                                         "' is not of the form KEY=VALUE");
    }
    parts.overrides.emplace_back(item.substr(0, equals),
                                 item.substr(equals + 1));
    if (comma == std::string_view::npos) return parts;
    rest.remove_prefix(comma + 1);
  }
}

Result<LoadedProfile> LoadProfile(const TargetSpec& spec, std::string name,
                                  const RevisionCatalogue& catalogue,
                                  const DistributionCatalogue& distributions) {
  std::string core;
  TINYML_ASSIGN_OR_RETURN(Json json, LoadProfileJson(spec.base, &core));
  for (const char* table : {"abi", "runtime", "kernels"}) {
    if (!json.contains(table) || !json[table].is_object()) {
      return Fail(ErrorCode::kInvalid, "profile " + spec.base + ": '" + table +
                                           "' must be an object");
    }
  }
  if (!spec.kernels.empty()) {
    if (!FindLibrary(spec.kernels)) {
      return Fail(ErrorCode::kUsage,
                  "target '" + name + "': there is no kernel library '" +
                      spec.kernels +
                      "' (reference, cmsis-nn, esp-nn, esp-nn-ansi)");
    }
    SwitchKernels(catalogue, spec.kernels, json);
  }
  // Another runtime brings its own kernels, whatever the order of the
  // overrides.
  for (const auto& [key, value] : spec.overrides) {
    if (!key.starts_with("runtime")) continue;
    json["kernels"].erase("revision");
    json["runtime"].erase("distribution");
    if (distributions.Find(value) != nullptr) {
      json["runtime"]["distribution"] = value;
    }
  }
  const Distribution* distribution = nullptr;
  if (const std::string name = json["runtime"].value("distribution", "");
      !name.empty()) {
    distribution = distributions.Find(name);
    if (distribution == nullptr) {
      return Fail(ErrorCode::kUsage, "target '" + spec.base +
                                         "': there is no distribution '" +
                                         name + "'");
    }
    TINYML_RETURN_IF_ERROR(
        ApplyDistribution(*distribution, core, !spec.kernels.empty(), json));
  }
  for (const auto& [key, value] : spec.overrides) {
    if (key.starts_with("runtime") && distribution != nullptr) continue;
    TINYML_RETURN_IF_ERROR(ApplyOverride(key, value, json));
  }
  LoadedProfile loaded;
  TINYML_ASSIGN_OR_RETURN(loaded.info, ReadInfo(json, spec.base));
  bool nearest = false;
  JsonFields fields(json, "profile " + spec.base);
  fields.Get("nearest", nearest);
  TINYML_RETURN_IF_ERROR(fields.status());
  loaded.info.name = std::move(name);
  loaded.info.core = core;
  if (distribution != nullptr) {
    loaded.info.distribution = distribution->name;
    loaded.info.distribution_title = distribution->title;
    loaded.info.static_memory = distribution->static_memory;
  }
  TINYML_ASSIGN_OR_RETURN(
      loaded.target, MakeTarget(catalogue, distribution, nearest, loaded.info));
  return loaded;
}

}  // namespace tinyml::runtime

namespace tinyml {

Result<Target> Target::Parse(std::string_view spec) {
  TINYML_ASSIGN_OR_RETURN(const runtime::TargetSpec parts,
                          runtime::ParseTargetSpec(spec));
  TINYML_ASSIGN_OR_RETURN(runtime::LoadedProfile loaded,
                          runtime::LoadProfile(parts, std::string(spec)));
  Target target;
  target.info_ = std::make_shared<const TargetInfo>(std::move(loaded.info));
  target.runtime_ =
      std::make_shared<const runtime::Target>(std::move(loaded.target));
  return target;
}

Result<Target> Target::ParseNearest(std::string_view spec) {
  Result<Target> target = Parse(spec);
  if (target) return target;
  const bool has_overrides = spec.find(':') != std::string_view::npos;
  Result<Target> nearest =
      Parse(std::string(spec) + (has_overrides ? "," : ":") + "nearest=true");
  // Its error would quote a target that nobody wrote.
  return nearest ? std::move(nearest) : std::move(target);
}

std::vector<std::string> CoreNames() {
  std::vector<std::string> names;
  for (const runtime::EmbeddedProfile& profile : runtime::kEmbeddedProfiles) {
    if (!profile.is_board) names.emplace_back(profile.name);
  }
  return names;
}

std::vector<std::string> TargetNames() {
  std::vector<std::string> names = CoreNames();
  for (const runtime::EmbeddedProfile& profile : runtime::kEmbeddedProfiles) {
    if (profile.is_board) names.emplace_back(profile.name);
  }
  return names;
}

}  // namespace tinyml
