// The files of rows: one function for each.
#ifndef TINYML_RUNTIME_HAZARDS_ROWS_H_
#define TINYML_RUNTIME_HAZARDS_ROWS_H_

#include <span>

#include "runtime/hazards/hazard_row.h"

namespace tinyml::runtime {

std::span<const HazardRow> TflmMovementHazards();
std::span<const HazardRow> TflmArithmeticHazards();
std::span<const HazardRow> TflmLayerHazards();
std::span<const HazardRow> TflmStateHazards();
std::span<const HazardRow> CmsisNnHazards();
std::span<const HazardRow> EspNnHazards();
std::span<const HazardRow> TflmResultHazards();
std::span<const HazardRow> CmsisNnConvHazards();
std::span<const HazardRow> CmsisNnMemoryHazards();
std::span<const HazardRow> EspNnResultHazards();

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_HAZARDS_ROWS_H_
