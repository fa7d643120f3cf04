#include "runtime/targets/distributions.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/json_fields.h"
#include "base/macros.h"
#include "model/operator_table.h"
#include "runtime/targets/embedded_json.h"
#include "runtime/targets/missing_operator.h"

namespace tinyml::runtime {
namespace {

// Changes as "PROJECT NAME".
ChangeSet ReadChanges(JsonFields& fields, const char* key,
                      std::vector<RevisionChange>& list) {
  std::vector<std::string> labels;
  fields.Get(key, labels);
  ChangeSet changes = ChangeSet::None();
  for (const std::string& label : labels) {
    const size_t space = label.find(' ');
    const ChangeInfo* info =
        space == std::string::npos
            ? nullptr
            : FindChange(std::string_view(label).substr(0, space),
                         std::string_view(label).substr(space + 1));
    if (info == nullptr) {
      fields.Fault("there is no change '" + label + "'");
      break;
    }
    list.push_back({info->name, info->commit, info->date, info->what});
    changes.Add(info->change);
  }
  return changes;
}

void ReadOperators(JsonFields& fields, const char* key,
                   std::vector<std::string>& names) {
  fields.Get(key, names);
  for (const std::string& name : names) {
    if (OperatorNamed(name) == nullptr) {
      fields.Fault("there is no operator '" + name + "'");
      break;
    }
  }
}

DistributionBuild ReadBuild(JsonFields& fields) {
  fields.Require("kernels");
  DistributionBuild build;
  fields.Get("on", build.on);
  // "PROJECT NAME", as in revision files, or the name of reference kernels.
  const std::string label = fields.String("kernels");
  const size_t space = std::min(label.find(' '), label.size());
  build.kernels = label.substr(0, space);
  build.kernels_revision = label.substr(std::min(space + 1, label.size()));
  std::vector<std::string> features;
  if (!fields.List("features").is_null()) {
    fields.Get("features", features);
    build.features = std::move(features);
  }
  ReadOperators(fields, "reference_operators", build.reference_operators);
  return build;
}

Result<Distribution> ReadDistribution(std::string_view text) {
  TINYML_ASSIGN_OR_RETURN(const Json json,
                          ParseJsonObject(text, "a distribution file"));
  Distribution result;
  const Json& name = json.value("name", Json());
  JsonFields fields(
      json, "distribution " +
                (name.is_string() ? name.get<std::string>() : std::string()));
  for (const char* key :
       {"schema_version", "name", "title", "runtime.name", "runtime.revision",
        "static_memory", "builds", "install", "identify", "sources"}) {
    fields.Require(key);
  }
  fields.Integer("schema_version", 1, 1);
  fields.Get("name", result.name);
  fields.Get("title", result.title);
  fields.Get("runtime.name", result.runtime_name);
  fields.Get("runtime.revision", result.runtime_revision);
  result.upstream_commit = fields.String("upstream.commit");
  result.upstream_date = fields.String("upstream.date");
  fields.Get("static_memory", result.static_memory);
  fields.Get("measured", result.measured);
  fields.Get("install", result.install);
  fields.Get("identify", result.identify);
  fields.Get("note", result.note);
  fields.Each("builds", [&](JsonFields& item) {
    result.builds.push_back(ReadBuild(item));
  });
  if (result.builds.empty()) fields.Fault("'builds' must not be empty");
  result.adds = ReadChanges(fields, "adds", result.added);
  result.lacks = ReadChanges(fields, "lacks", result.lacking);
  ReadOperators(fields, "lacks_operators", result.lacks_operators);
  fields.Each("sources", [&](JsonFields& item) {
    result.sources.push_back({item.String("what"), item.String("where")});
  });
  TINYML_RETURN_IF_ERROR(fields.Done());
  return result;
}

}  // namespace

Result<DistributionCatalogue> DistributionCatalogue::Parse(
    std::span<const std::string_view> texts) {
  DistributionCatalogue catalogue;
  for (std::string_view text : texts) {
    TINYML_ASSIGN_OR_RETURN(Distribution distribution, ReadDistribution(text));
    if (catalogue.Find(distribution.name) != nullptr) {
      return Fail(ErrorCode::kInvalid,
                  "two distributions are named " + distribution.name);
    }
    catalogue.all_.push_back(std::move(distribution));
  }
  std::ranges::sort(catalogue.all_, {}, &Distribution::name);
  return catalogue;
}

// The files are part of the program, and a test reads them: what would be wrong
// with one counts as absent.
struct DistributionCatalogue::Unread {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<Distribution>, std::less<>> read;
  std::once_flag all_read;
  std::vector<Distribution> all;
};

const DistributionCatalogue& DistributionCatalogue::Builtin() {
  static const DistributionCatalogue kBuiltin = [] {
    DistributionCatalogue catalogue;
    catalogue.unread_ = std::make_shared<Unread>();
    return catalogue;
  }();
  return kBuiltin;
}

std::span<const Distribution> DistributionCatalogue::distributions() const {
  if (unread_ == nullptr) return all_;
  std::call_once(unread_->all_read, [this] {
    if (auto parsed = Parse(kEmbeddedDistributions)) {
      unread_->all = std::move(parsed->all_);
    }
  });
  return unread_->all;
}

const Distribution* DistributionCatalogue::Find(std::string_view name) const {
  if (unread_ == nullptr) {
    const auto found = std::ranges::find(all_, name, &Distribution::name);
    return found == all_.end() ? nullptr : &*found;
  }
  const std::scoped_lock lock(unread_->mutex);
  const auto known = unread_->read.find(name);
  if (known != unread_->read.end()) return known->second.get();
  const auto text = std::ranges::find(kEmbeddedDistributions, name, NameInText);
  if (text == kEmbeddedDistributions.end()) return nullptr;
  auto made = ReadDistribution(*text);
  if (!made) return nullptr;
  return unread_->read
      .emplace(name, std::make_unique<Distribution>(std::move(*made)))
      .first->second.get();
}

const DistributionBuild* BuildFor(const DistributionInfo& distribution,
                                  std::string_view core) {
  for (const DistributionBuild& build : distribution.builds) {
    if (build.on.empty() ||
        std::ranges::any_of(build.on, [&](const std::string& prefix) {
          return core.starts_with(prefix);
        })) {
      return &build;
    }
  }
  return nullptr;
}

OperatorSet OperatorsNamed(const std::vector<std::string>& names) {
  OperatorSet operators;
  for (const std::string& name : names) {
    if (const OperatorRow* row = OperatorNamed(name))
      operators.set(RowIndex(*row));
  }
  return operators;
}

std::vector<std::string> NamesFor(const DistributionCatalogue& catalogue,
                                  std::string_view core) {
  std::vector<std::string> names;
  for (const Distribution& distribution : catalogue.distributions()) {
    if (core.empty() || BuildFor(distribution, core) != nullptr) {
      names.push_back(distribution.name);
    }
  }
  return names;
}

}  // namespace tinyml::runtime

namespace tinyml {

std::span<const DistributionInfo> KnownDistributions() {
  static const std::vector<DistributionInfo> kKnown = [] {
    std::vector<DistributionInfo> known;
    for (const runtime::Distribution& distribution :
         runtime::DistributionCatalogue::Builtin().distributions()) {
      known.push_back(distribution);
    }
    return known;
  }();
  return kKnown;
}

}  // namespace tinyml
