#include "tests/runtime/hazards/hazard_pair.h"

#include <gmock/gmock.h>

#include "runtime/hazards/hazards.h"
#include "runtime/simulate.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

std::vector<std::string> IdsOf(const HazardCase& item) {
  std::vector<std::string> ids;
  for (const Hazard& hazard : HazardsOf(item)) ids.push_back(hazard.id);
  return ids;
}

}  // namespace

std::vector<Hazard> HazardsOf(const HazardCase& item) {
  const auto target = tinyml::Target::Parse(item.target);
  if (!target) {
    ADD_FAILURE() << target.error().message;
    return {};
  }
  if (const Status valid = ValidateModel(item.model); !valid) {
    ADD_FAILURE() << valid.error().message;
    return {};
  }
  const auto simulation = Simulate(item.model, target->runtime());
  if (!simulation) {
    ADD_FAILURE() << item.target
                  << " refuses it: " << simulation.error().message;
    return {};
  }
  return FindHazards(item.model, *simulation, target->runtime());
}

void CheckHazardPair(std::string_view id, const HazardCase& met,
                     const HazardCase& not_met) {
  EXPECT_THAT(IdsOf(met), ::testing::Contains(std::string(id)));
  EXPECT_THAT(IdsOf(not_met),
              ::testing::Not(::testing::Contains(std::string(id))));
}

std::set<std::string_view>& PairedHazards() {
  static std::set<std::string_view> ids;
  return ids;
}

}  // namespace tinyml::runtime
