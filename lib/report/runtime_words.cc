#include "report/runtime_words.h"

#include <fmt/format.h>

namespace tinyml::report {
namespace {

constexpr size_t kCommitDigits = 9;
constexpr size_t kMonth = 7;  // "2023-01"

// A date without its day; other text ("before 2021-04") whole.
std::string Month(const std::string& date) {
  const bool is_date = date.size() == 10 && date[4] == '-' && date[7] == '-';
  return is_date ? date.substr(0, kMonth) : date;
}

}  // namespace

std::string UpstreamText(const std::string& commit, const std::string& date) {
  std::string text = "tflite-micro";
  if (!commit.empty()) text += " " + commit.substr(0, kCommitDigits);
  if (!date.empty()) text += " of " + Month(date);
  return text;
}

std::string RuntimeText(const TargetInfo& target) {
  if (target.distribution.empty()) {
    return target.runtime_name + " " + target.runtime_revision;
  }
  return fmt::format(
      "{} ({}{})", target.distribution_title,
      UpstreamText(target.upstream_commit, target.upstream_date),
      target.distribution_measured ? "" : "; read, not measured");
}

std::string DistributionSuffix(const TargetInfo& target) {
  return target.distribution.empty() ? "" : ", " + target.distribution_title;
}

std::string OtherRuntimesText(const TargetInfo& target) {
  if (target.distribution.empty() && target.kind != "board") return "";
  return fmt::format("'tinyml targets {}' lists others", target.profile);
}

std::optional<int64_t> KeptArenaBytes(const ApplicationUse& application,
                                      const ArenaReport& report) {
  if (!application.added_bytes) return std::nullopt;
  constexpr int64_t kAlignment = 16;
  return (report.arena_used_bytes + kAlignment - 1) / kAlignment * kAlignment +
         *application.added_bytes;
}

}  // namespace tinyml::report
