// Choosing between ranges by what they do to the model's outputs.
#ifndef TINYML_QUANTIZE_REFINEMENTS_TUNE_H_
#define TINYML_QUANTIZE_REFINEMENTS_TUNE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "quantize/calibration/statistics.h"
#include "quantize/parameters/plan.h"
#include "tinyml/progress.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// How good a plan with chosen parameters is: the mean of the outputs' signal to
// noise ratios, in dB.
using Judge = std::function<Result<double>(const Plan& plan)>;

struct TuneOptions {
  int64_t most_trials = 200;  // Calls of the judge.
  Progress progress;
};

// Gives every class the range that judges best: first the best of the methods
// for all of them, then class by class, as long as trials are left. `score`
// gets what the result judges.
Status TuneRanges(const std::vector<TensorStatistics>& seen, const Judge& judge,
                  const TuneOptions& options, Plan& plan, double& score);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_TUNE_H_
