// What a model needs with each runtime that a target may have.
#include <utility>

#include "analysis/alike_targets.h"
#include "analysis/keyword_example.h"
#include "base/macros.h"
#include "tinyml/report.h"

namespace tinyml {

Result<RuntimeComparison> CompareRuntimes(const Target& target,
                                          const ModelFile* file) {
  RuntimeComparison comparison;
  Model example;
  if (file == nullptr) {
    TINYML_ASSIGN_OR_RETURN(example, analysis::KeywordExample());
  } else {
    comparison.model = file->name;
  }
  std::vector<RuntimeChoice> choices = RuntimeChoices(target);
  std::vector<Target> targets;
  targets.reserve(choices.size());
  for (const RuntimeChoice& choice : choices) targets.push_back(choice.target);
  auto reports =
      analysis::SizeArenas(file == nullptr ? example : file->model, targets);
  for (size_t i = 0; i < choices.size(); ++i) {
    comparison.choices.push_back(
        {std::move(choices[i]), std::move(reports[i])});
  }
  return comparison;
}

}  // namespace tinyml
