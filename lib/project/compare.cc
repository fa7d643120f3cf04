#include "project/compare.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "report/figures.h"
#include "tinyml/arena_diff.h"
#include "tinyml/report.h"
#include "tinyml/version.h"

namespace tinyml::project {
namespace {

std::string_view Short(std::string_view hash) { return hash.substr(0, 12); }

bool SameRevisions(const LockedTarget& a, const LockedTarget& b) {
  return a.runtime_name == b.runtime_name &&
         a.runtime_revision == b.runtime_revision &&
         a.distribution == b.distribution && a.kernels_name == b.kernels_name &&
         a.kernels_revision == b.kernels_revision;
}

// "cmsis-nn 4ab83cc3cc98 -> 0123456789ab", for what moved.
std::string Moved(const LockedTarget& before, const LockedTarget& now) {
  std::string text;
  const auto add = [&text](const std::string& name_before,
                           const std::string& revision_before,
                           const std::string& name,
                           const std::string& revision) {
    if (name_before == name && revision_before == revision) return;
    text += fmt::format("{}{} {} -> {}{}", text.empty() ? "" : ", ",
                        name_before, revision_before,
                        name_before == name ? "" : name + " ", revision);
  };
  if (before.distribution != now.distribution) {
    const auto label = [](const LockedTarget& target) {
      return target.distribution.empty()
                 ? target.runtime_name + " " + target.runtime_revision
                 : target.distribution;
    };
    text = label(before) + " -> " + label(now);
  } else {
    add(before.runtime_name, before.runtime_revision, now.runtime_name,
        now.runtime_revision);
  }
  // The reference kernels are part of the runtime.
  if (before.kernels_revision != before.runtime_revision ||
      now.kernels_revision != now.runtime_revision ||
      before.kernels_name != now.kernels_name) {
    add(before.kernels_name, before.kernels_revision, now.kernels_name,
        now.kernels_revision);
  }
  return text;
}

// `target` with the revisions that the lock has; nothing if they are unknown or
// it then had another runtime or kernel library.
std::optional<Target> TargetOfLock(const Target& target,
                                   const LockedTarget& before) {
  const TargetInfo& info = target.info();
  if (before.runtime_name != info.runtime_name ||
      before.kernels_name != info.kernels_name) {
    return std::nullopt;
  }
  const bool has_overrides = info.name.find(':') != std::string::npos;
  auto parsed = Target::Parse(fmt::format("{}{}runtime={},kernels.revision={}",
                                          info.name, has_overrides ? "," : ":",
                                          before.distribution.empty()
                                              ? before.runtime_revision
                                              : before.distribution,
                                          before.kernels_revision));
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

// What a change in the required arena consists of.
struct Attribution {
  bool known = false;
  int64_t by_revisions = 0;  // With the model as it is now.
  int64_t by_rest = 0;
  std::string changes;  // The upstream changes after the first, or "".
};

Attribution Attribute(const Comparison& comparison, const ProjectTarget& target,
                      const LockedTarget& before, const ArenaReport& report) {
  Attribution result;
  if (comparison.model == nullptr) return result;
  const auto old_target = TargetOfLock(target.target, before);
  if (!old_target) return result;
  const auto diff = DiffArena(*comparison.model, *old_target, target.target,
                              report, {comparison.settings.resource_variables});
  if (!diff) return result;
  result.known = true;
  result.by_revisions = diff->RequiredChange();
  result.by_rest =
      diff->before.required_arena_bytes - before.required_arena_bytes;
  std::set<std::string> seen;
  const auto add = [&](const std::vector<RevisionChange>& causes) {
    for (const RevisionChange& cause : causes) {
      std::string name = fmt::format("{} {}", cause.commit, cause.name);
      if (!seen.insert(name).second) continue;
      result.changes += (result.changes.empty() ? "" : ", ") + name;
    }
  };
  for (const OperatorDiff& op : diff->operators) add(op.causes);
  add(diff->other_causes);
  return result;
}

// Why figures changed although the revisions are the same.
std::string OtherReason(const Comparison& comparison) {
  const LockedModel& before = *comparison.before;
  if (before.source_sha256 != comparison.now.source_sha256) {
    return "the model changed";
  }
  if (before.settings_sha256 != comparison.now.settings_sha256) {
    return "its settings changed";
  }
  if (before.calibration_sha256 != comparison.now.calibration_sha256) {
    return "its calibration samples changed";
  }
  if (comparison.lock_tool_version != TINYML_VERSION_STRING) {
    return fmt::format("tinyml {} -> {} computes otherwise",
                       comparison.lock_tool_version, TINYML_VERSION_STRING);
  }
  return "";
}

// Why the required arena changed.
struct Reason {
  std::string text;  // A clause; empty for no reason.
  bool by_revision = false;
};

Reason ReasonOf(const Comparison& comparison, const ProjectTarget& target,
                const LockedTarget& before, const LockedTarget& now,
                const ArenaReport& report) {
  const std::string rest = OtherReason(comparison);
  if (SameRevisions(before, now)) return {rest};
  const std::string moved = Moved(before, now);
  const Attribution part = Attribute(comparison, target, before, report);
  const std::string commits =
      part.changes.empty() ? "" : " (" + part.changes + ")";
  if (part.known && part.by_rest == 0) {
    return {fmt::format("{} alone{}", moved, commits), comparison.SameInput()};
  }
  if (!part.known && rest.empty()) {
    return {moved + ", of which this tinyml cannot size the earlier",
            /*by_revision=*/true};
  }
  if (!part.known) return {fmt::format("{}, and {}", rest, moved)};
  if (rest.empty()) return {};  // Even the earlier ones do not reproduce it.
  if (part.by_revisions == 0) return {rest};
  return {fmt::format("{} by {}, {} by {}{}", report::SignedBytes(part.by_rest),
                      rest, report::SignedBytes(part.by_revisions), moved,
                      commits)};
}

std::optional<std::string> HashOnDisk(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return std::nullopt;
  const auto file = ReadFile(path, INT64_MAX);
  return file ? Sha256Hex(file->bytes) : std::string("unreadable");
}

void CompareOutputs(const Comparison& comparison, const Project& project,
                    std::vector<Finding>& findings) {
  // Comments name the version and the revisions.
  const bool may_differ =
      comparison.lock_tool_version != TINYML_VERSION_STRING ||
      comparison.RevisionsMoved();
  for (const auto& [path, hash] : comparison.now.outputs) {
    const auto locked = comparison.before->outputs.find(path);
    const bool is_locked = locked != comparison.before->outputs.end();
    if (comparison.SameInput() && is_locked && locked->second != hash) {
      if (may_differ) {
        findings.push_back(
            {FindingKind::kRevision, false,
             path + " is to be written again, for the revisions or the version "
                    "that it names"});
      } else {
        findings.push_back(
            {FindingKind::kNotReproducible, true,
             fmt::format("{} is not reproducible: the same model and settings "
                         "give SHA-256 {}, and the lock has {}",
                         path, Short(hash), Short(locked->second))});
        continue;
      }
    }
    const auto on_disk = HashOnDisk(PathIn(project, path));
    if (on_disk && *on_disk != hash &&
        !(is_locked && *on_disk == locked->second)) {
      findings.push_back(
          {FindingKind::kNotReproducible, true,
           fmt::format("{} is neither what the model gives now nor what the "
                       "lock has: it was edited or is left from another model",
                       path)});
    }
  }
}

}  // namespace

bool Comparison::SameInput() const {
  return before != nullptr && before->source_sha256 == now.source_sha256 &&
         before->settings_sha256 == now.settings_sha256 &&
         before->calibration_sha256 == now.calibration_sha256;
}

bool Comparison::RevisionsMoved() const {
  return std::ranges::any_of(now.targets, [this](const auto& item) {
    const auto locked = before->targets.find(item.first);
    return locked == before->targets.end() ||
           !SameRevisions(locked->second, item.second);
  });
}

std::vector<Finding> CompareModel(const Comparison& comparison,
                                  const Project& project) {
  std::vector<Finding> findings;
  const LockedModel& now = comparison.now;
  if (comparison.before == nullptr) {
    findings.push_back({FindingKind::kNew, true, "the lock does not have it"});
    return findings;
  }
  const LockedModel& before = *comparison.before;
  if (before.source_sha256 != now.source_sha256 && !now.source_sha256.empty()) {
    findings.push_back(
        {FindingKind::kChanged, true,
         fmt::format("{} is not the model of the lock: SHA-256 {} -> {}",
                     comparison.settings.path, Short(before.source_sha256),
                     Short(now.source_sha256))});
  }
  if (before.settings_sha256 != now.settings_sha256 &&
      !now.settings_sha256.empty()) {
    findings.push_back({FindingKind::kChanged, true,
                        "its settings are not those of the lock"});
  }
  if (comparison.model == nullptr) return findings;
  if (before.calibration_sha256 != now.calibration_sha256) {
    findings.push_back({FindingKind::kChanged, true,
                        "its calibration samples are not those of the lock"});
  }
  if (comparison.SameInput() && before.embedded_sha256 != now.embedded_sha256) {
    if (comparison.lock_tool_version != TINYML_VERSION_STRING) {
      findings.push_back(
          {FindingKind::kChanged, true,
           fmt::format(
               "tinyml {} -> {} makes another model from the same file: "
               "SHA-256 {} -> {}",
               comparison.lock_tool_version, TINYML_VERSION_STRING,
               Short(before.embedded_sha256), Short(now.embedded_sha256))});
    } else {
      findings.push_back(
          {FindingKind::kNotReproducible, true,
           fmt::format("not reproducible: the same file and settings give a "
                       "model of SHA-256 {}, and the lock has {}",
                       Short(now.embedded_sha256),
                       Short(before.embedded_sha256))});
    }
  }
  CompareOutputs(comparison, project, findings);
  for (const auto& item : before.targets) {
    if (!now.targets.contains(item.first)) {
      findings.push_back(
          {FindingKind::kGone, true,
           fmt::format("the lock has figures for {}, which is no longer a "
                       "target of it",
                       Printable(item.first))});
    }
  }
  return findings;
}

std::vector<Finding> CompareTarget(const Comparison& comparison,
                                   const ProjectTarget& target,
                                   const LockedTarget& now,
                                   const ArenaReport* report) {
  std::vector<Finding> findings;
  if (comparison.before == nullptr) return findings;  // Reported for the model.
  const auto found = comparison.before->targets.find(target.key);
  if (found == comparison.before->targets.end()) {
    findings.push_back(
        {FindingKind::kNew, true, "the lock has no figures for this target"});
    return findings;
  }
  const LockedTarget& before = found->second;
  if (!before.refused.empty() || !now.refused.empty()) {
    if (before.refused.empty()) {
      findings.push_back(
          {FindingKind::kChanged, true,
           fmt::format("it ran with {} bytes in the lock",
                       FormatBytes(before.required_arena_bytes))});
    } else if (now.refused.empty()) {
      findings.push_back({FindingKind::kChanged, true,
                          "it runs now; in the lock it is refused"});
    } else if (before.refused != now.refused) {
      findings.push_back({FindingKind::kChanged, true,
                          "the lock has another reason: " + before.refused});
    }
    return findings;
  }
  const int64_t change = now.required_arena_bytes - before.required_arena_bytes;
  const bool moved = !SameRevisions(before, now);
  if (change == 0 && before.arena_used_bytes == now.arena_used_bytes) {
    if (moved) {
      findings.push_back(
          {FindingKind::kRevision, false,
           fmt::format("{}: the figures are the same", Moved(before, now)),
           comparison.SameInput()});
    }
    return findings;
  }
  const Reason reason = ReasonOf(comparison, target, before, now, *report);
  const std::string figures = fmt::format(
      "{} bytes required, {} in the lock ({})",
      FormatBytes(now.required_arena_bytes),
      FormatBytes(before.required_arena_bytes), report::SignedBytes(change));
  if (reason.text.empty()) {
    const std::string used =
        now.arena_used_bytes == before.arena_used_bytes
            ? ""
            : fmt::format(", {} used, {} in the lock",
                          FormatBytes(now.arena_used_bytes),
                          FormatBytes(before.arena_used_bytes));
    findings.push_back(
        {FindingKind::kNotReproducible, true,
         fmt::format("not reproducible: the same model and settings give {}{}",
                     figures, used)});
    return findings;
  }
  const FindingKind kind = change > 0           ? FindingKind::kGrew
                           : reason.by_revision ? FindingKind::kRevision
                           : change < 0         ? FindingKind::kShrank
                                                : FindingKind::kChanged;
  // The model's own finding reports its changed hash.
  findings.push_back({kind, kind == FindingKind::kGrew,
                      figures + ": " + reason.text, reason.by_revision});
  return findings;
}

std::vector<Finding> CheckFit(const ProjectModel& model,
                              const ProjectTarget& target,
                              const LockedTarget& now, int64_t embedded_bytes) {
  std::vector<Finding> findings;
  const TargetInfo& info = target.target.info();
  if (!now.refused.empty()) {
    findings.push_back(
        {FindingKind::kRefused, !model.allow_refused, now.refused});
    return findings;
  }
  const int64_t required = now.required_arena_bytes;
  if (target.budget_bytes && required > *target.budget_bytes) {
    findings.push_back(
        {FindingKind::kOverBudget, true,
         fmt::format("{} bytes required, {} over the budget of {}",
                     FormatBytes(required),
                     FormatBytes(required - *target.budget_bytes),
                     FormatBytes(*target.budget_bytes))});
  }
  if (FitsRam(info, required) == false) {
    findings.push_back(
        {FindingKind::kOverRam, true,
         fmt::format("{} bytes required, and the RAM has {}",
                     FormatBytes(required), FormatBytes(*info.ram_bytes))});
  }
  if (FitsFlash(info, embedded_bytes) == false) {
    findings.push_back({FindingKind::kOverFlash, true,
                        fmt::format("the model has {} bytes, and the flash {}",
                                    FormatBytes(embedded_bytes),
                                    FormatBytes(*info.flash_bytes))});
  }
  return findings;
}

std::vector<Finding> CheckHazards(const ProjectModel& model,
                                  const ArenaReport& report) {
  std::vector<Finding> findings;
  const TargetHazards met = {"", report.hazards};
  for (const HazardNote& note : DescribeHazards({&met, 1})) {
    const bool accepted = std::ranges::find(model.accepted_hazards, note.id) !=
                          model.accepted_hazards.end();
    findings.push_back(
        {FindingKind::kHazard, !accepted,
         note.title + " (" + (accepted ? "accepted" : note.advice) + ")"});
  }
  return findings;
}

}  // namespace tinyml::project
