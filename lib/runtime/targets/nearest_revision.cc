#include "runtime/targets/nearest_revision.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace tinyml::runtime {
namespace {

constexpr size_t kMinCommitDigits = 7;
constexpr size_t kMaxCommitDigits = 40;

// "1.2.6" and "v1.2.0~1" in numbers, "1.2.0-e7e9c13" too; nothing for text that
// does not start with two numbers and a dot between them.
using Version = std::vector<int>;

std::optional<Version> VersionOf(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  Version version;
  while (true) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || number < 0) return std::nullopt;
    version.push_back(number);
    text.remove_prefix(stop - text.data());
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (version.size() < 2) return std::nullopt;
  version.resize(std::max<size_t>(version.size(), 3));
  // "~1" is a later upload of the same, "-rc1" and "-e7e9c13" are before it.
  if (!text.empty() && text[0] != '~' && text[0] != '-') return std::nullopt;
  version.push_back(text.empty() ? 0 : text[0] == '~' ? 1 : -1);
  return version;
}

bool LooksLikeCommit(std::string_view text) {
  return text.size() >= kMinCommitDigits && text.size() <= kMaxCommitDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<int> DayOf(std::string_view text) {
  const auto number = [&](size_t at, size_t count) {
    int value = 0;
    for (size_t i = at; i < at + count; ++i) {
      if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = number(0, 4);
  const int month = text.size() > 4 && text[4] == '-' ? number(5, 2) : -1;
  if (year < 0 || month < 0) return std::nullopt;
  const int day = text.size() > 7 && text[7] == '-' ? number(8, 2) : 15;
  return year * 366 + month * 31 + std::max(day, 0);
}

std::vector<const Revision*> RankByNearness(std::span<const Revision> revisions,
                                            std::string_view project,
                                            std::string_view spelling) {
  std::vector<std::pair<size_t, const Revision*>> ranked;
  const std::optional<int> day = DayOf(spelling);
  // Of versions, the one that would stand in.
  const StandIn stand_in =
      day ? StandIn() : FindStandIn(revisions, project, spelling);
  for (const Revision& revision : revisions) {
    if (revision.project != project) continue;
    size_t distance = 0;
    if (stand_in.placed && stand_in.revision == &revision) {
      distance = 0;
    } else if (day.has_value()) {
      distance = static_cast<size_t>(
          std::abs(DayOf(revision.date).value_or(0) - *day));
    } else {
      distance =
          1 + std::min(EditDistance(spelling, revision.name),
                       EditDistance(spelling, std::string_view(revision.commit)
                                                  .substr(0, spelling.size())));
    }
    ranked.emplace_back(distance, &revision);
  }
  std::ranges::stable_sort(ranked, {},
                           [](const auto& entry) { return entry.first; });
  std::vector<const Revision*> nearest;
  nearest.reserve(ranked.size());
  for (const auto& [distance, revision] : ranked) nearest.push_back(revision);
  return nearest;
}

StandIn FindStandIn(std::span<const Revision> revisions,
                    std::string_view project, std::string_view spelling) {
  // "2026-11" is a date, as no version has "-" after its first number.
  const std::optional<int> day = DayOf(spelling);
  const std::optional<Version> version =
      day ? std::nullopt : VersionOf(spelling);
  if (!day && !version && !LooksLikeCommit(spelling)) return {};

  const Revision* first = nullptr;   // Of those in the same order.
  const Revision* before = nullptr;  // The latest that is not after it.
  const Revision* newest = nullptr;
  bool later = false;  // Some revision is after it.
  std::optional<Version> of_first;
  std::optional<Version> of_before;
  for (const Revision& revision : revisions) {
    if (revision.project != project) continue;
    // A prefix of several commits.
    if (revision.commit.starts_with(spelling)) return {};
    newest = &revision;
    if (day) {
      if (first == nullptr) first = &revision;
      if (DayOf(revision.date).value_or(0) <= *day) before = &revision;
      continue;
    }
    std::optional<Version> own = VersionOf(revision.name);
    if (!version || !own) continue;
    if (!of_first || *own < *of_first) {
      first = &revision;
      of_first = own;
    }
    if (*own > *version) {
      later = true;
    } else if (!of_before || *own > *of_before) {
      before = &revision;
      of_before = std::move(own);
    }
  }
  const bool after_all = version && !later;
  if (day || (version && !after_all)) {
    return {before != nullptr ? before : first, true};
  }
  return {newest, after_all && of_first.has_value()};
}

}  // namespace tinyml::runtime
