// The known revisions that a spelling comes near to, for messages and for
// targets that take the nearest.
#ifndef TINYML_RUNTIME_TARGETS_NEAREST_REVISION_H_
#define TINYML_RUNTIME_TARGETS_NEAREST_REVISION_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tinyml/revisions.h"

namespace tinyml::runtime {

// Days since a fixed day, for text that starts with a date or is a year and
// month; nothing for other text.
std::optional<int> DayOf(std::string_view text);

// The revisions of `project`, nearest to `spelling` first: dates by time,
// versions by order and then by spelling, others by spelling.
std::vector<const Revision*> RankByNearness(std::span<const Revision> revisions,
                                            std::string_view project,
                                            std::string_view spelling);

// A known revision in the place of one that is not known.
struct StandIn {
  const Revision* revision = nullptr;  // Null: nothing can stand in.
  // Whether its place among the known ones is known, as for dates and versions,
  // not for commits.
  bool placed = false;
};

// The one of `project` for `spelling`, as RevisionCatalogue::FindNearest says.
// `revisions` are in the order of their dates.
StandIn FindStandIn(std::span<const Revision> revisions,
                    std::string_view project, std::string_view spelling);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_NEAREST_REVISION_H_
