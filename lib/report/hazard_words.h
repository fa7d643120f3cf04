// What reports say of hazards.
#ifndef TINYML_REPORT_HAZARD_WORDS_H_
#define TINYML_REPORT_HAZARD_WORDS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tinyml/hazard.h"
#include "tinyml/report.h"

namespace tinyml::report {

// "operators 1, 4 and 7 (CONV_2D)", of one subgraph, at least one; "the model"
// where none is meant.
std::string OperatorsText(std::string_view name,
                          std::span<const OperatorId> operators);

// The items of "hazards" in JSON reports.
Json HazardsJson(std::span<const Hazard> hazards);

// What the model meets on the targets that run it.
std::vector<TargetHazards> HazardsOf(const ArenaDocument& document);

// Each note as two lines, the first of which begins with "hazard:", that in red
// if `color`; "" if there are none.
std::string HazardText(std::span<const TargetHazards> targets, bool color);

// Each note as an item of a list.
std::string HazardMarkdown(std::span<const TargetHazards> targets);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_HAZARD_WORDS_H_
