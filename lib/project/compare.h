// What differs from the lock, and why, in sentences.
#ifndef TINYML_PROJECT_COMPARE_H_
#define TINYML_PROJECT_COMPARE_H_

#include <string>
#include <vector>

#include "tinyml/arena.h"
#include "tinyml/check.h"
#include "tinyml/model.h"

namespace tinyml::project {

// A model as it is and as in the lock.
struct Comparison {
  const ProjectModel& settings;
  const Model* model = nullptr;  // Null if it could not be made.
  const LockedModel& now;
  const LockedModel* before = nullptr;  // Null if the lock has none.
  std::string lock_tool_version;

  // Whether model, settings and samples are those of the lock.
  bool SameInput() const;
  // Whether any target has revisions other than in the lock.
  bool RevisionsMoved() const;
};

// Of the model as a whole: its input, what is embedded, and the output files,
// as they are on disk.
std::vector<Finding> CompareModel(const Comparison& comparison,
                                  const Project& project);

// Of the model on one target, whose figures are those of `report`; null if it
// is refused.
std::vector<Finding> CompareTarget(const Comparison& comparison,
                                   const ProjectTarget& target,
                                   const LockedTarget& now,
                                   const ArenaReport* report);

// Whether it fits its target, and whether it runs at all.
std::vector<Finding> CheckFit(const ProjectModel& model,
                              const ProjectTarget& target,
                              const LockedTarget& now, int64_t embedded_bytes);

// The hazards that it meets there, those alike in one finding.
std::vector<Finding> CheckHazards(const ProjectModel& model,
                                  const ArenaReport& report);

}  // namespace tinyml::project

#endif  // TINYML_PROJECT_COMPARE_H_
