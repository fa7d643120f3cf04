// Targets on which every model has the same figures.
#ifndef TINYML_ANALYSIS_ALIKE_TARGETS_H_
#define TINYML_ANALYSIS_ALIKE_TARGETS_H_

#include <cstddef>
#include <vector>

#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml::analysis {

// Returns for each of `targets` the index of the first that sizes alike, often
// its own: targets that differ in name or memory only need one simulation.
std::vector<size_t> FirstAlike(const std::vector<const Target*>& targets);

// Sizes `model` for each of `targets`, once for those that size alike. A
// refusal, which names its target, is each one's own.
std::vector<Result<ArenaReport>> SizeArenas(const Model& model,
                                            const std::vector<Target>& targets,
                                            const ArenaOptions& options = {});

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_ALIKE_TARGETS_H_
