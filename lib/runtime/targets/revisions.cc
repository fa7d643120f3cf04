#include "runtime/targets/revisions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "runtime/targets/nearest_revision.h"
#include "tinyml/version.h"

namespace tinyml::runtime {
namespace {

constexpr size_t kCommitDigits = 40;
constexpr size_t kShortCommit = 12;
constexpr size_t kMinPrefix = 7;
constexpr size_t kSuggestions = 3;

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Returns whether `prefix` names `commit`.
bool NamesCommit(std::string_view prefix, std::string_view commit) {
  return prefix.size() >= kMinPrefix && commit.starts_with(prefix);
}

bool NamesRevision(std::string_view spelling, const Revision& revision) {
  if (spelling == revision.name) return true;
  // A tag as upstream writes it.
  if (spelling.size() > 1 && spelling[0] == 'v' &&
      spelling.substr(1) == revision.name) {
    return true;
  }
  const auto contains = [&](const RevisionRelease& release) {
    return spelling == release.version;
  };
  if (std::ranges::any_of(revision.releases, contains)) return true;
  return NamesCommit(spelling, revision.commit) ||
         std::ranges::any_of(revision.also, [&](const std::string& commit) {
           return NamesCommit(spelling, commit);
         });
}

std::string Label(const Revision& revision) {
  return revision.name + " (" + ShortCommit(revision) + ")";
}

// A change that a revision of `project` can have: its own or, for a runtime
// that is made from tflite-micro, one of that.
const ChangeInfo* FindChangeFor(std::string_view project,
                                std::string_view name) {
  const ChangeInfo* info = FindChange(project, name);
  if (info != nullptr || project != kEspTfliteMicroName) return info;
  return FindChange(kTflmName, name);
}

RevisionChange ChangeOf(const ChangeInfo& info) {
  return {info.name, info.commit, info.date, info.what};
}

std::vector<RevisionChange> ReadChanges(JsonFields& fields,
                                        std::string_view project,
                                        const char* key) {
  std::vector<std::string> names;
  fields.Get(key, names);
  std::vector<RevisionChange> changes;
  for (const std::string& name : names) {
    const ChangeInfo* info = FindChangeFor(project, name);
    if (info == nullptr) {
      fields.Fault("there is no change '" + name + "' of " +
                   std::string(project));
      break;
    }
    changes.push_back(ChangeOf(*info));
  }
  return changes;
}

// A row whose file ReadRevision takes; a test holds them against each other.
Revision RevisionOf(const RevisionRow& row) {
  Revision revision;
  revision.project = row.project;
  revision.name = row.name;
  revision.commit = row.commit;
  revision.date = row.date;
  revision.upstream_commit = row.upstream_commit;
  revision.based_on = row.based_on;
  revision.is_default = row.is_default;
  revision.measured = row.measured;
  revision.note = row.note;
  revision.also.assign(row.also.begin(), row.also.end());
  revision.kernels.assign(row.kernels.begin(), row.kernels.end());
  for (const RevisionRow::Release& release : row.releases) {
    revision.releases.push_back({std::string(release.what),
                                 std::string(release.version),
                                 std::string(release.note)});
  }
  const auto find = [&row](std::span<const std::string_view> names,
                           std::vector<RevisionChange>& changes) {
    for (std::string_view name : names) {
      const ChangeInfo* info = FindChangeFor(row.project, name);
      if (info != nullptr) changes.push_back(ChangeOf(*info));
    }
  };
  find(row.adds, revision.added);
  find(row.lacks, revision.lacking);
  return revision;
}

Result<Revision> ReadRevision(const Json& json) {
  const auto text = [&](const char* key) {
    const Json value = json.is_object() ? json.value(key, Json()) : Json();
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  Revision revision;
  revision.project = text("project");
  revision.name = text("name");
  JsonFields fields(json, "revision " + revision.project + " " + revision.name);
  for (const char* key :
       {"schema_version", "project", "name", "commit", "date"}) {
    fields.Require(key);
  }
  fields.Integer("schema_version", 1, 1);
  fields.Get("project", revision.project);
  fields.Get("name", revision.name);
  revision.commit = fields.String("commit");
  revision.date = fields.String("date");
  revision.upstream_commit = fields.String("upstream_commit");
  revision.based_on = fields.String("based_on");
  revision.note = fields.String("note");
  fields.Get("default", revision.is_default);
  fields.Get("measured", revision.measured);
  fields.Get("also", revision.also);
  fields.Get("kernels", revision.kernels);
  std::vector<std::string> commits = revision.also;
  commits.push_back(revision.commit);
  if (!revision.upstream_commit.empty()) {
    commits.push_back(revision.upstream_commit);
  }
  for (const std::string& commit : commits) {
    if (commit.size() != kCommitDigits || !IsHex(commit)) {
      fields.Fault("'" + commit + "' is not the 40 digits of a commit");
    }
  }
  if (!DayOf(revision.date)) fields.Fault("'date' must be a date");
  fields.Each("releases", [&](JsonFields& item) {
    item.Require("what");
    item.Require("version");
    revision.releases.push_back(
        {item.String("what"), item.String("version"), item.String("note")});
  });
  revision.added = ReadChanges(fields, revision.project, "adds");
  revision.lacking = ReadChanges(fields, revision.project, "lacks");
  TINYML_RETURN_IF_ERROR(fields.Done());
  return revision;
}

std::string NearestNote(std::string_view project, std::string_view spelling,
                        const StandIn& stand_in) {
  return "revision '" + std::string(spelling) + "' of " + std::string(project) +
         " is not known" + (stand_in.placed ? "" : ", nor when it was made") +
         ": these are the figures of the " +
         (stand_in.placed ? "nearest" : "newest") + " known one, " +
         Label(*stand_in.revision);
}

void Apply(const Revision& revision, ChangeSet* set) {
  for (const RevisionChange& change : revision.added) {
    set->Add(FindChangeFor(revision.project, change.name)->change);
  }
  for (const RevisionChange& change : revision.lacking) {
    set->Remove(FindChangeFor(revision.project, change.name)->change);
  }
}

}  // namespace

std::string ShortCommit(const Revision& revision) {
  return revision.commit.substr(0, kShortCommit);
}

Result<RevisionCatalogue> RevisionCatalogue::Parse(
    std::span<const std::string_view> texts) {
  std::vector<Revision> revisions;
  for (std::string_view text : texts) {
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) {
      return Fail(ErrorCode::kInvalid, "a revision file is not a JSON object");
    }
    TINYML_ASSIGN_OR_RETURN(Revision revision, ReadRevision(json));
    revisions.push_back(std::move(revision));
  }
  return Of(std::move(revisions));
}

Result<RevisionCatalogue> RevisionCatalogue::Of(
    std::vector<Revision> unordered) {
  RevisionCatalogue catalogue;
  catalogue.revisions_ = std::move(unordered);
  std::vector<Revision>& revisions = catalogue.revisions_;
  std::ranges::stable_sort(revisions, {}, [](const Revision& revision) {
    return std::pair<std::string_view, std::string_view>(revision.project,
                                                         revision.date);
  });

  std::map<std::string, const Revision*> by_label;
  std::map<std::string, int> defaults;
  for (const Revision& revision : revisions) {
    for (const Revision& other : revisions) {
      if (&other == &revision || other.project != revision.project) continue;
      if (NamesRevision(other.name, revision) ||
          NamesRevision(other.commit, revision)) {
        return Fail(ErrorCode::kInvalid, "two revisions of " +
                                             revision.project + " are both " +
                                             Label(revision));
      }
    }
    by_label[revision.project + " " + revision.name] = &revision;
    defaults[revision.project] += revision.is_default ? 1 : 0;
  }
  for (const auto& [project, count] : defaults) {
    if (count != 1) {
      return Fail(ErrorCode::kInvalid, project + " needs one default revision");
    }
  }
  for (const Revision& revision : revisions) {
    // From the revision at the root to this one.
    std::vector<const Revision*> line = {&revision};
    while (!line.back()->based_on.empty()) {
      const auto parent = by_label.find(line.back()->based_on);
      if (parent == by_label.end() || line.size() > revisions.size()) {
        return Fail(ErrorCode::kInvalid, "revision " + revision.project + " " +
                                             revision.name +
                                             ": 'based_on' leads nowhere");
      }
      line.push_back(parent->second);
    }
    ChangeSet& set = catalogue.changes_.emplace_back();
    for (auto at = line.rbegin(); at != line.rend(); ++at) Apply(**at, &set);
  }
  return catalogue;
}

const RevisionCatalogue& RevisionCatalogue::Builtin() {
  // A test holds the rows against the files, and those against each other.
  static const RevisionCatalogue kBuiltin = [] {
    std::vector<Revision> revisions;
    revisions.reserve(kRevisionTable.size());
    for (const RevisionRow& row : kRevisionTable) {
      revisions.push_back(RevisionOf(row));
    }
    return Of(std::move(revisions)).value_or(RevisionCatalogue());
  }();
  return kBuiltin;
}

Result<const Revision*> RevisionCatalogue::Find(
    std::string_view project, std::string_view spelling) const {
  const Revision* found = nullptr;
  for (const Revision& revision : revisions_) {
    if (revision.project != project || !NamesRevision(spelling, revision)) {
      continue;
    }
    if (found != nullptr) {
      return Fail(ErrorCode::kUsage, "revision '" + std::string(spelling) +
                                         "' of " + std::string(project) +
                                         " is ambiguous: " + Label(*found) +
                                         " or " + Label(revision));
    }
    found = &revision;
  }
  if (found != nullptr) return found;

  std::string message = "revision '" + std::string(spelling) + "' of " +
                        std::string(project) + " is not known";
  const auto nearest = RankByNearness(revisions_, project, spelling);
  for (size_t i = 0; i < std::min(nearest.size(), kSuggestions); ++i) {
    message += i == 0 ? "; the nearest known: " : ", ";
    message += Label(*nearest[i]);
  }
  return Fail(ErrorCode::kUsage,
              message +
                  " ('tinyml targets --revisions' lists them all; "
                  "--nearest takes one of them)");
}

Result<const Revision*> RevisionCatalogue::FindNearest(
    std::string_view project, std::string_view spelling) const {
  const StandIn found = FindStandIn(revisions_, project, spelling);
  if (found.revision == nullptr) return Find(project, spelling);
  return found.revision;
}

const Revision& RevisionCatalogue::Newest(std::string_view project) const {
  const Revision* newest = nullptr;
  for (const Revision& revision : revisions_) {
    if (revision.project == project) newest = &revision;
  }
  return *newest;
}

const Revision* RevisionCatalogue::NewestKernels(
    const Revision& runtime, std::string_view project) const {
  const Revision* newest = nullptr;
  for (const Revision& revision : revisions_) {
    const std::string label = revision.project + " " + revision.name;
    if (revision.project == project &&
        std::ranges::find(runtime.kernels, label) != runtime.kernels.end()) {
      newest = &revision;
    }
  }
  return newest;
}

const Revision& RevisionCatalogue::Default(std::string_view project) const {
  return *std::ranges::find_if(revisions_, [&](const Revision& revision) {
    return revision.project == project && revision.is_default;
  });
}

const ChangeSet& RevisionCatalogue::ChangesOf(const Revision& revision) const {
  return changes_[&revision - revisions_.data()];
}

std::string_view KernelProject(std::string_view name,
                               std::string_view runtime) {
  if (name == "cmsis-nn") return "cmsis-nn";
  if (name.starts_with("esp-nn")) return "esp-nn";
  return runtime;
}

Result<ResolvedRevisions> ResolveRevisions(const RevisionCatalogue& catalogue,
                                           std::string_view runtime_name,
                                           std::string_view runtime_revision,
                                           std::string_view kernels_name,
                                           std::string_view kernels_revision,
                                           bool nearest) {
  if (runtime_name != kTflmName && runtime_name != kEspTfliteMicroName) {
    return Fail(ErrorCode::kUsage, "runtime '" + std::string(runtime_name) +
                                       "' is not known; there are " +
                                       std::string(kTflmName) + " and " +
                                       std::string(kEspTfliteMicroName));
  }
  ResolvedRevisions resolved;
  // Finds `spelling` or what stands in for it, which `requested` then tells.
  const auto find = [&](std::string_view project, std::string_view spelling,
                        std::string* requested) -> Result<const Revision*> {
    Result<const Revision*> found = catalogue.Find(project, spelling);
    if (found || !nearest) return found;
    const StandIn stand_in =
        FindStandIn(catalogue.revisions(), project, spelling);
    if (stand_in.revision == nullptr) return found;
    *requested = spelling;
    if (!resolved.nearest_note.empty()) resolved.nearest_note += "; ";
    resolved.nearest_note += NearestNote(project, spelling, stand_in);
    return stand_in.revision;
  };
  TINYML_ASSIGN_OR_RETURN(resolved.runtime, find(runtime_name, runtime_revision,
                                                 &resolved.runtime_requested));
  const Revision& runtime = *resolved.runtime;
  resolved.changes = catalogue.ChangesOf(runtime);
  const std::string_view project = KernelProject(kernels_name, runtime_name);
  if (project == runtime_name) {
    resolved.kernels = resolved.runtime;
    if (kernels_revision.empty()) return resolved;
    TINYML_ASSIGN_OR_RETURN(
        const Revision* kernels,
        find(project, kernels_revision, &resolved.kernels_requested));
    if (kernels == resolved.runtime) return resolved;
    return Fail(ErrorCode::kUsage,
                "the reference kernels are the runtime's own: revision " +
                    Label(*kernels) + " cannot be combined with runtime " +
                    Label(runtime) + " (choose it with 'runtime')");
  }

  std::vector<const Revision*> own;  // That the runtime is built with.
  for (const std::string& label : runtime.kernels) {
    const std::string prefix = std::string(project) + " ";
    if (!label.starts_with(prefix)) continue;
    TINYML_ASSIGN_OR_RETURN(
        own.emplace_back(),
        catalogue.Find(project, label.substr(prefix.size())));
  }
  if (!kernels_revision.empty()) {
    TINYML_ASSIGN_OR_RETURN(
        resolved.kernels,
        find(project, kernels_revision, &resolved.kernels_requested));
  } else {
    resolved.kernels = own.empty() ? &catalogue.Default(project) : own.front();
  }
  resolved.changes.Add(catalogue.ChangesOf(*resolved.kernels));
  if (!own.empty() && std::ranges::find(own, resolved.kernels) == own.end()) {
    resolved.note = std::string(runtime_name) + " " + Label(runtime) +
                    " was never built with " + std::string(project) + " " +
                    Label(*resolved.kernels) + " upstream, but with " +
                    Label(*own.front()) + ": check that they compile together";
  }
  return resolved;
}

}  // namespace tinyml::runtime

namespace tinyml {

std::span<const Revision> KnownRevisions() {
  return runtime::RevisionCatalogue::Builtin().revisions();
}

std::span<const UpstreamRevision> ModelledRevisions() {
  static const std::vector<UpstreamRevision> kRevisions = [] {
    std::vector<UpstreamRevision> revisions;
    for (const auto& [project, name] :
         {std::pair<std::string_view, std::string_view>{"tflite-micro", "tflm"},
          {"CMSIS-NN", "cmsis-nn"},
          {"esp-tflite-micro", "esp-tflite-micro"},
          {"ESP-NN", "esp-nn"}}) {
      for (const runtime::RevisionRow& row : runtime::kRevisionTable) {
        if (row.project != name || !row.is_default) continue;
        revisions.push_back(
            {project, row.commit.substr(0, runtime::kShortCommit)});
      }
    }
    return revisions;
  }();
  return kRevisions;
}

}  // namespace tinyml
