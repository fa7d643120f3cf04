#include "quantize/refinements/refinement.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/macros.h"
#include "ops/macs.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/calibration/sample_subset.h"
#include "quantize/comparison/compare.h"
#include "quantize/parameters/parameters.h"
#include "quantize/refinements/bias_correction.h"
#include "quantize/refinements/equalize.h"
#include "quantize/refinements/reconstruct.h"
#include "quantize/refinements/split_weights.h"
#include "quantize/refinements/tune.h"
#include "quantize/rewrite/layers.h"
#include "quantize/rewrite/pool_to_mean.h"
#include "quantize/rewrite/rewrite.h"

namespace tinyml::quantize {
namespace {

constexpr std::string_view kMeans = "mean-for-global-pool";
constexpr std::string_view kEqualization = "cross-layer-equalization";
constexpr std::string_view kResidualWeights = "residual-weights";
constexpr std::string_view kRounding = "gptq-rounding";
constexpr std::string_view kTuning = "tune-ranges";
constexpr std::string_view kBiasCorrection = "bias-correction";

constexpr std::array kRefinements = {
    QuantizePass{
        kMeans,
        "computes global average pools as MEAN, whose output may have a finer "
        "scale"},
    QuantizePass{kEqualization,
                 "scales the channels between two layers so that each uses "
                 "the whole range of its tensor"},
    QuantizePass{kResidualWeights,
                 "with int16 activations, runs layers a second time with the "
                 "rounding errors of their int8 weights"},
    QuantizePass{kRounding,
                 "rounds the weights of a layer together so that its outputs "
                 "change least, as GPTQ does"},
    QuantizePass{kTuning,
                 "chooses the range of each tensor by the error of the "
                 "model's outputs"},
    QuantizePass{kBiasCorrection,
                 "subtracts the mean error of each channel from its bias"},
};

// Samples on which choices are judged.
constexpr int64_t kJudged = 32;

class Refining {
 public:
  Refining(const QuantizationOptions& options, int threads,
           const std::vector<Target>& targets, const SampleSource& samples,
           Draft& draft, std::vector<std::string>& kept)
      : options_(options),
        threads_(threads),
        targets_(targets),
        samples_(samples),
        draft_(draft),
        kept_(kept) {}

  Status Run() {
    DivideSamples();
    TINYML_RETURN_IF_ERROR(Attempt(kMeans, 0.5, [this] { return Means(); }));
    // Where it surely helps, and where it may.
    for (const double estimate : {0.5, 0.1}) {
      TINYML_RETURN_IF_ERROR(Attempt(kEqualization, 0.1, [this, estimate] {
        return Equalization(estimate);
      }));
    }
    TINYML_RETURN_IF_ERROR(
        Attempt(kResidualWeights, 6.0, [this] { return ResidualWeights(); }));
    TINYML_RETURN_IF_ERROR(
        Attempt(kRounding, 0.02, [this] { return Rounding(); }));
    TINYML_RETURN_IF_ERROR(Tune());
    return Attempt(kBiasCorrection, 0.02, [this] { return BiasCorrected(); });
  }

 private:
  bool Skips(std::string_view name) const {
    return std::ranges::find(options_.skip, name) != options_.skip.end();
  }

  Progress In(std::string_view phase) const {
    if (!options_.progress) return {};
    return [this, phase](int64_t done, int64_t of) {
      return options_.progress(phase, done, of);
    };
  }

  // The mean of the signal to noise ratios of the outputs, and of what a
  // SOFTMAX or LOGISTIC makes outputs of: those alone would hide differences
  // wherever the model is sure of its answer.
  Result<double> Score(const Model& quantized, int64_t most_samples) const {
    CompareOptions options;
    options.most_samples = most_samples;
    options.watched = BeforeOutputs(draft_.model);
    options.reset = options_.reset;
    options.threads = threads_;
    TINYML_ASSIGN_OR_RETURN(
        const Comparison comparison,
        Compare(draft_.model, quantized, *judged_, options));
    double sum = 0;
    for (const ErrorSums& output : comparison.outputs) sum += output.SnrDb();
    for (const ErrorSums& watched : comparison.watched) sum += watched.SnrDb();
    return sum / std::max<double>(1, std::ssize(comparison.outputs) +
                                         std::ssize(comparison.watched));
  }

  // Refinements learn from some samples and are judged on others, where there
  // are enough and their order does not matter.
  void DivideSamples() {
    constexpr int64_t kEnough = 20;
    constexpr int64_t kOneOf = 4;
    const int64_t count = samples_.Count();
    std::vector<int64_t> learned;
    std::vector<int64_t> judged;
    const bool divide =
        count >= kEnough && (options_.reset || !Remembers(draft_.model));
    for (int64_t i = 0; i < count; ++i) {
      const bool is_judged = i % kOneOf == kOneOf - 1;
      if (!divide || !is_judged) learned.push_back(i);
      if (!divide || is_judged) judged.push_back(i);
    }
    learned_ = std::make_unique<SampleSubset>(samples_, std::move(learned));
    judged_ = std::make_unique<SampleSubset>(samples_, std::move(judged));
  }

  // Does `change`, which says whether there was anything to do, and keeps it if
  // the outputs come nearer to the float model's by `least_gain` dB.
  Status Attempt(std::string_view name, double least_gain,
                 const std::function<Result<bool>()>& change) {
    if (Skips(name)) return {};
    const Stopwatch stopwatch;
    Draft before = draft_;
    TINYML_ASSIGN_OR_RETURN(const bool changed, change());
    if (!changed) {
      Log(LogLevel::kDebug, "refinement {}: nothing to do {}", name,
          stopwatch.Text());
      draft_ = std::move(before);
      return {};
    }
    TINYML_ASSIGN_OR_RETURN(const double after, ScoreNow());
    std::swap(draft_, before);
    TINYML_ASSIGN_OR_RETURN(const double score, ScoreNow());
    const bool helps = after > score + least_gain;
    Log(LogLevel::kInfo,
        "refinement {}: {}, outputs at {:.2f} dB instead of {:.2f} {}", name,
        helps ? "kept" : "not kept", after, score, stopwatch.Text());
    if (helps) {
      std::swap(draft_, before);
      if (std::ranges::find(kept_, name) == kept_.end()) {
        kept_.emplace_back(name);
      }
    }
    return {};
  }

  // The score of the plan as it stands, on a few samples.
  Result<double> ScoreNow() const {
    TINYML_ASSIGN_OR_RETURN(const Model made, WriteDraft(draft_));
    return Score(made, kJudged);
  }

  Result<bool> Means() {
    if (PoolToMean(draft_.model) == 0) return false;
    // The axes are new tensors.
    for (size_t s = 0; s < draft_.model.subgraphs.size(); ++s) {
      draft_.statistics.tensors[s].resize(
          draft_.model.subgraphs[s].tensors.size());
    }
    TINYML_RETURN_IF_ERROR(PlanDraft(options_, targets_, draft_));
    return true;
  }

  // `estimate`: the share of the noise that must be expected to go.
  Result<bool> Equalization(double estimate) {
    // Saved statistics are of the model as it was, and their samples may be
    // gone.
    if (!options_.statistics.empty()) return false;
    EqualizeOptions options;
    options.least_gain = estimate;
    options.activations = options_.activations;
    options.per_channel = [this](const Layer& layer) {
      return IsPerChannel(layer, draft_.plan, options_.per_tensor);
    };
    Equalized equalized = Equalize(draft_.model, draft_.statistics, options);
    if (equalized.pairs.empty()) return false;
    draft_.model = std::move(equalized.model);
    TINYML_RETURN_IF_ERROR(CalibrateAgain());
    return true;
  }

  Result<bool> ResidualWeights() {
    if (!options_.statistics.empty()) return false;
    const auto choose = [&](const Layer& layer) {
      const OperatorPlan& op =
          draft_.plan.subgraphs[layer.id.subgraph].operators[layer.id.index];
      if (op.type != TensorType::kInt16) return SplitChoice::kLeave;
      return IsPerChannel(layer, draft_.plan, options_.per_tensor)
                 ? SplitChoice::kPerChannel
                 : SplitChoice::kPerTensor;
    };
    if (SplitWeights(draft_.model, choose) == 0) return false;
    TINYML_RETURN_IF_ERROR(CalibrateAgain());
    return true;
  }

  // After the float model has changed.
  Status CalibrateAgain() {
    CalibrateOptions calibrate;
    calibrate.threads = threads_;
    calibrate.strict = options_.strict;
    calibrate.reset = options_.reset;
    calibrate.progress = In("calibrating again");
    TINYML_ASSIGN_OR_RETURN(Calibration calibration,
                            Calibrate(draft_.model, "", samples_, calibrate));
    draft_.statistics = std::move(calibration.statistics);
    return PlanDraft(options_, targets_, draft_);
  }

  Result<bool> Rounding() {
    std::vector<LayerToRound> layers;
    for (const Layer& layer : LayersOf(draft_.model)) {
      const auto key = layer.id;
      if (!draft_.weights.layers.contains(key)) continue;
      layers.push_back(
          {layer, IsPerChannel(layer, draft_.plan, options_.per_tensor), true});
    }
    if (layers.empty()) return false;
    ReconstructOptions options;
    options.grams.reset = options_.reset;
    options.grams.threads = threads_;
    options.grams.progress = In("rounding weights");
    TINYML_ASSIGN_OR_RETURN(const Target target, Target::Parse("x86-64"));
    TINYML_RETURN_IF_ERROR(ReconstructLayers(
        draft_.model, target, layers, *learned_, options, draft_.weights));
    RoundLayers(draft_.model, draft_.plan, options_.per_tensor, draft_.weights);
    return true;
  }

  Result<bool> BiasCorrected() {
    BiasOptions options;
    options.reset = options_.reset;
    options.threads = threads_;
    options.progress = In("correcting biases");
    const std::vector<Layer> layers = LayersOf(draft_.model);
    const auto rewrite = [&](const WeightsPlan& weights) {
      return Rewrite(draft_.model, draft_.plan, weights, draft_.statistics);
    };
    TINYML_ASSIGN_OR_RETURN(const BiasCorrection correction,
                            CorrectBiases(draft_.model, layers, *learned_,
                                          rewrite, options, draft_.weights));
    return correction.layers > 0;
  }

  // As many as the model's size allows, not the clock: results must not depend
  // on the machine.
  int64_t MostTrials() const {
    constexpr int64_t kLeast = 8;
    constexpr int64_t kMost = 200;
    constexpr int64_t kMacs = 40'000'000'000;
    int64_t macs = 0;
    for (const Subgraph& graph : draft_.model.subgraphs) {
      for (const Operator& op : graph.operators) {
        macs += CountMacs(draft_.model, graph, op);
      }
    }
    const int64_t samples = std::min(kJudged, judged_->Count());
    return std::clamp(kMacs / std::max<int64_t>(1, macs * samples), kLeast,
                      kMost);
  }

  Status Tune() {
    if (options_.method != RangeMethod::kAuto || Skips(kTuning)) return {};
    const Judge judge = [&](const Plan& plan) -> Result<double> {
      WeightsPlan kept = draft_.weights;
      RoundLayers(draft_.model, plan, options_.per_tensor, draft_.weights);
      Result<Model> made = WriteDraft(draft_, plan);
      draft_.weights = std::move(kept);
      if (!made) return Fail(std::move(made.error()));
      return Score(*made, kJudged);
    };
    TuneOptions options;
    options.most_trials = MostTrials();
    options.progress = In("choosing ranges");
    double score = 0;
    const Stopwatch stopwatch;
    TINYML_RETURN_IF_ERROR(
        TuneRanges(draft_.seen, judge, options, draft_.plan, score));
    Log(LogLevel::kInfo, "refinement {}: outputs at {:.2f} dB {}", kTuning,
        score, stopwatch.Text());
    RoundLayers(draft_.model, draft_.plan, options_.per_tensor, draft_.weights);
    kept_.emplace_back(kTuning);
    return {};
  }

  const QuantizationOptions& options_;
  int threads_;
  const std::vector<Target>& targets_;
  const SampleSource& samples_;
  Draft& draft_;
  std::vector<std::string>& kept_;
  std::unique_ptr<SampleSubset> learned_;
  std::unique_ptr<SampleSubset> judged_;
};

}  // namespace

std::span<const QuantizePass> Refinements() { return kRefinements; }

Status Refine(const QuantizationOptions& options, int threads,
              const std::vector<Target>& targets, const SampleSource& samples,
              Draft& draft, std::vector<std::string>& kept) {
  return Refining(options, threads, targets, samples, draft, kept).Run();
}

}  // namespace tinyml::quantize
