// Targets on which every model has the same figures.
#ifndef TINYML_ANALYSIS_ALIKE_TARGETS_H_
#define TINYML_ANALYSIS_ALIKE_TARGETS_H_

#include <cstddef>
#include <vector>

#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml::analysis {

// Returns for each of `targets` the index of the first one with the same sizes,
// often its own: targets that differ only in name or memory need one
// simulation.
std::vector<size_t> FirstAlike(const std::vector<const Target*>& targets);

// Sizes `model` for each of `targets`, once for those with the same sizes. A
// refusal names its target, and so is each one's own.
std::vector<Result<ArenaReport>> SizeArenas(const Model& model,
                                            const std::vector<Target>& targets,
                                            const ArenaOptions& options = {});

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_ALIKE_TARGETS_H_
