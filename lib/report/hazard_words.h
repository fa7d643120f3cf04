// What reports say of hazards.
#ifndef TINYML_REPORT_HAZARD_WORDS_H_
#define TINYML_REPORT_HAZARD_WORDS_H_

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "tinyml/hazard.h"

namespace tinyml::report {

// The items of "hazards" in JSON reports.
Json HazardsJson(std::span<const Hazard> hazards);

// A hazard, and the operators that meet it alike.
struct HazardGroup {
  const Hazard* hazard = nullptr;
  std::vector<OperatorId> operators;
};

// In the order of the first of each. They point into `hazards`.
std::vector<HazardGroup> GroupHazards(std::span<const Hazard> hazards);

// "operators 1, 4 and 7 (CONV_2D)"; "the model" where none is meant.
std::string OperatorsText(const HazardGroup& group);

// "ID (memory), operator 3 (CONV_2D): what happens".
std::string HazardTitle(const HazardGroup& group);

// "fixed in PROJECT COMMIT, DATE; REMEDY".
std::string HazardAdvice(const Hazard& hazard);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_HAZARD_WORDS_H_
