// The table of hazards, and which of them a simulated model meets.
#ifndef TINYML_RUNTIME_HAZARDS_HAZARDS_H_
#define TINYML_RUNTIME_HAZARDS_HAZARDS_H_

#include <vector>

#include "runtime/hazards/hazard_row.h"
#include "runtime/simulate.h"
#include "runtime/targets/target.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"

namespace tinyml::runtime {

// Every row, by library.
const std::vector<const HazardRow*>& AllHazards();

// Whether the revisions of `target` have the defect and its build links the
// code; an operator must still meet it.
bool TargetHas(const HazardRow& row, const Target& target);

// Returns what `model` meets on `target`, of which `simulation` is: by
// operator, then in the order of the table.
std::vector<Hazard> FindHazards(const Model& model,
                                const Simulation& simulation,
                                const Target& target);

// Whether the kernels of lib/ops/ give what the device gives nonetheless.
bool IsComputed(const Hazard& hazard);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_HAZARDS_HAZARDS_H_
