#include "runtime/targets/profile.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "runtime/targets/applications.h"
#include "runtime/targets/choose_runtime.h"
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

// A date without its day; other text ("before 2021-04") whole.
std::string Month(const std::string& date) {
  const bool is_date = date.size() == 10 && date[4] == '-' && date[7] == '-';
  return is_date ? date.substr(0, 7) : date;
}

void Describe(const Distribution& distribution, TargetInfo* info) {
  info->distribution = distribution.name;
  info->distribution_title = distribution.title;
  info->distribution_measured = distribution.measured;
  info->install = distribution.install;
  info->identify = distribution.identify;
  info->static_memory = distribution.static_memory;
  info->upstream_commit = distribution.upstream_commit;
  info->upstream_date = distribution.upstream_date;
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
  if (info->upstream_commit.empty() && info->upstream_date.empty()) {
    info->upstream_commit = resolved.runtime->upstream_commit.empty()
                                ? resolved.runtime->commit
                                : resolved.runtime->upstream_commit;
    info->upstream_date = resolved.runtime->date;
  }
  return resolved;
}

// Turns the merged profile into what the simulation needs.
Result<Target> MakeTarget(const RevisionCatalogue& catalogue,
                          const Distribution* distribution, bool nearest,
                          TargetInfo& info) {
  Target target;
  target.name = info.name;
  target.core = info.core;
  target.own_resource_arena = info.application.resource_arena_bytes > 0;
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
  target.runtime_label = "runtime revision " + info.runtime_revision;
  if (distribution != nullptr) {
    target.distribution = distribution->name;
    target.runtime_label =
        distribution->title + " (" + Month(info.upstream_date) + ")";
    target.static_memory = distribution->static_memory;
    target.lacks_operators = OperatorsNamed(distribution->lacks_operators);
    target.revision_note = NoteOnKernels(*distribution, info.core, catalogue,
                                         info.kernels_name, *revisions.kernels);
    kernels.changes.Add(distribution->adds);
    kernels.changes.Remove(distribution->lacks);
    if (const DistributionBuild* build = BuildFor(*distribution, info.core);
        build != nullptr && build->kernels == info.kernels_name) {
      kernels.reference_operators = OperatorsNamed(build->reference_operators);
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

constexpr std::array<std::string_view, 12> kOverridable = {
    "abi.short_enums",      "abi.pointer_bytes", "abi.int64_alignment",
    "kernels.optimize_for", "kernels.features",  "kernels.revision",
    "runtime.revision",     "runtime",           "ram_bytes",
    "flash_bytes",          "application",       "nearest"};

constexpr std::string_view kApplication = "application";

// The application that an override names, or null.
Result<const Application*> ApplicationOf(const TargetSpec& spec) {
  const Application* application = nullptr;
  for (const auto& [key, value] : spec.overrides) {
    if (key != kApplication) continue;
    TINYML_ASSIGN_OR_RETURN(application, FindApplication(value));
  }
  return application;
}

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
  const size_t dot = key.find('.');
  if (dot == std::string::npos) {
    json[key] = std::move(value);
  } else {
    json[key.substr(0, dot)][key.substr(dot + 1)] = std::move(value);
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

std::string WithOverride(std::string_view spec, std::string_view override) {
  const bool is_first = spec.find(':') == std::string_view::npos;
  return std::string(spec) + (is_first ? ":" : ",") + std::string(override);
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
  }
  TINYML_ASSIGN_OR_RETURN(const Application* application, ApplicationOf(spec));
  if (application != nullptr && !application->distribution.empty() &&
      distributions.Find(application->distribution) != nullptr) {
    json["runtime"]["distribution"] = application->distribution;
  }
  TINYML_ASSIGN_OR_RETURN(
      const Distribution* distribution,
      ChooseRuntime(spec, core, catalogue, distributions, json));
  for (const auto& [key, value] : spec.overrides) {
    if (ChoosesRuntime(key) || key == kApplication) continue;
    TINYML_RETURN_IF_ERROR(ApplyOverride(key, value, json));
  }
  LoadedProfile loaded;
  TINYML_ASSIGN_OR_RETURN(loaded.info, ReadInfo(json, spec.base));
  bool nearest = false;
  JsonFields fields(json, "profile " + spec.base);
  fields.Get("nearest", nearest);
  TINYML_RETURN_IF_ERROR(fields.status());
  loaded.info.name = std::move(name);
  loaded.info.profile = spec.base;
  loaded.info.core = core;
  if (distribution != nullptr) Describe(*distribution, &loaded.info);
  if (application != nullptr) loaded.info.application = application->use;
  auto made = MakeTarget(catalogue, distribution, nearest, loaded.info);
  if (!made) {
    Error error = std::move(made.error());
    for (const auto& [key, value] : spec.overrides) {
      if (!ChoosesRuntime(key) || distribution != nullptr) continue;
      if (error.message.find("'" + value + "'") == std::string::npos) continue;
      error.message += SuggestDistribution(distributions, core, value);
    }
    return Fail(std::move(error));
  }
  loaded.target = std::move(*made);
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
  Result<Target> nearest = Parse(runtime::WithOverride(spec, "nearest=true"));
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
