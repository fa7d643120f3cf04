// A model for each hazard that has a remedy.
#ifndef TINYML_TESTS_ANALYSIS_REMEDY_CASES_H_
#define TINYML_TESTS_ANALYSIS_REMEDY_CASES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/options.h"

namespace tinyml::testing {

// A model whose first operator meets a hazard, and where.
struct RemedyCase {
  std::string hazard;
  std::string target;
  std::function<Model()> build;
  std::string remedy;
  // The runtime's reference kernel does something else than is meant, or what
  // the remedy makes it compute is rounded in another way.
  bool other_results = false;
};

const std::vector<RemedyCase>& RemedyCases();

// 4x4 with stride 2 and a padding of 1.
Model TransposeConvForRemedies(
    TensorType type,
    ActivationFunctionType activation = ActivationFunctionType::kNone);
// 3x3 with stride 2, int8; sizes of height, width and channels.
Model DepthwiseForRemedies(std::vector<int32_t> in, std::vector<int32_t> out,
                           Padding padding);

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_ANALYSIS_REMEDY_CASES_H_
