#include "analysis/alike_targets.h"

#include "runtime/targets/target.h"

namespace tinyml::analysis {

std::vector<size_t> FirstAlike(const std::vector<const Target*>& targets) {
  std::vector<size_t> firsts;
  for (size_t i = 0; i < targets.size(); ++i) {
    size_t first = 0;
    while (first < i &&
           (firsts[first] != first ||
            !targets[first]->runtime().SizesAlike(targets[i]->runtime()))) {
      ++first;
    }
    firsts.push_back(first);
  }
  return firsts;
}

std::vector<Result<ArenaReport>> SizeArenas(const Model& model,
                                            const std::vector<Target>& targets,
                                            const ArenaOptions& options) {
  std::vector<const Target*> pointers;
  for (const Target& target : targets) pointers.push_back(&target);
  const std::vector<size_t> firsts = FirstAlike(pointers);
  std::vector<Result<ArenaReport>> reports;
  reports.reserve(targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    // A refusal names its target.
    const bool again = firsts[i] == i || !reports[firsts[i]];
    reports.push_back(again ? SizeArena(model, targets[i], options)
                            : reports[firsts[i]]);
  }
  return reports;
}

}  // namespace tinyml::analysis
