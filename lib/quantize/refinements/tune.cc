#include "quantize/refinements/tune.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/macros.h"
#include "base/progress.h"
#include "quantize/parameters/parameters.h"
#include "tinyml/quantize.h"

namespace tinyml::quantize {
namespace {

constexpr std::array kMethods = {RangeMethod::kMse, RangeMethod::kMinMax,
                                 RangeMethod::kPercentile,
                                 RangeMethod::kEntropy};
// What a change must gain to be worth it, in dB: samples are few.
constexpr double kLeastGain = 0.02;

bool HasChoice(const ParameterClass& made, const TensorStatistics& seen) {
  // int16 has room for everything.
  return !made.is_fixed && made.type == TensorType::kInt8 &&
         !made.activations.empty() && !seen.empty();
}

class Tuning {
 public:
  Tuning(const std::vector<TensorStatistics>& seen, const Judge& judge,
         const TuneOptions& options, Plan& plan)
      : seen_(seen), judge_(judge), options_(options), best_(plan) {}

  Status Run() {
    for (size_t c = 0; c < best_.classes.size(); ++c) {
      const bool choice = HasChoice(best_.classes[c], seen_[c]);
      choices_ += choice ? 1 : 0;
      std::vector<ParameterClass>& candidates = candidates_.emplace_back();
      if (!choice) continue;
      for (const RangeMethod method : kMethods) {
        ParameterClass candidate = best_.classes[c];
        ChooseForClass(seen_[c], method, candidate);
        candidates.push_back(std::move(candidate));
      }
    }
    of_ = std::min<int64_t>(
        options_.most_trials,
        std::ssize(kMethods) + choices_ * (std::ssize(kMethods) - 1));
    for (size_t m = 0; m < kMethods.size(); ++m) {
      Plan trial = best_;
      for (size_t c = 0; c < candidates_.size(); ++c) {
        if (!candidates_[c].empty()) trial.classes[c] = candidates_[c][m];
      }
      TINYML_RETURN_IF_ERROR(Try(std::move(trial), m == 0));
    }
    for (size_t c = 0; c < candidates_.size(); ++c) {
      for (const ParameterClass& candidate : candidates_[c]) {
        if (trials_ >= options_.most_trials) return {};
        const ParameterClass& now = best_.classes[c];
        if (candidate.scale == now.scale &&
            candidate.zero_point == now.zero_point) {
          continue;
        }
        Plan trial = best_;
        trial.classes[c] = candidate;
        TINYML_RETURN_IF_ERROR(Try(std::move(trial), false));
      }
    }
    return {};
  }
  double score() const { return score_; }

 private:
  Status Try(Plan trial, bool first) {
    TINYML_ASSIGN_OR_RETURN(const double score, judge_(trial));
    ++trials_;
    TINYML_RETURN_IF_ERROR(
        Report(options_.progress, std::min(trials_, of_), of_));
    if (first || score > score_ + kLeastGain) {
      score_ = score;
      best_ = std::move(trial);
    }
    return {};
  }

  const std::vector<TensorStatistics>& seen_;
  const Judge& judge_;
  const TuneOptions& options_;
  Plan& best_;
  std::vector<std::vector<ParameterClass>> candidates_;
  int64_t choices_ = 0;
  int64_t trials_ = 0;
  int64_t of_ = 0;
  double score_ = 0;
};

}  // namespace

Status TuneRanges(const std::vector<TensorStatistics>& seen, const Judge& judge,
                  const TuneOptions& options, Plan& plan, double& score) {
  Tuning tuning(seen, judge, options, plan);
  TINYML_RETURN_IF_ERROR(tuning.Run());
  score = tuning.score();
  return {};
}

}  // namespace tinyml::quantize
