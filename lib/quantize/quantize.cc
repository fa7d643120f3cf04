// QuantizeModel: calibrate, choose, recover, rewrite, verify.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "formats/tflite/writer.h"
#include "ops/macs.h"
#include "quantize/acceptance.h"
#include "quantize/bias_correction.h"
#include "quantize/calibrate.h"
#include "quantize/compare.h"
#include "quantize/equalize.h"
#include "quantize/normalise.h"
#include "quantize/parameters.h"
#include "quantize/plan.h"
#include "quantize/pool_to_mean.h"
#include "quantize/reconstruct.h"
#include "quantize/report.h"
#include "quantize/rewrite.h"
#include "quantize/statistics.h"
#include "quantize/tune.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"
#include "tinyml/quantize.h"
#include "transform/passes.h"

namespace tinyml {
namespace {

using namespace quantize;  // NOLINT(google-build-using-namespace): its room.

// Recoveries, which `skip` may name beside the passes of transform/.
constexpr std::string_view kMeans = "means-for-pools";
constexpr std::string_view kEqualisation = "equalisation";
constexpr std::string_view kReconstruction = "weight-rounding";
constexpr std::string_view kTuning = "tune-ranges";
constexpr std::string_view kBiasCorrection = "bias-correction";

constexpr std::array kRecoveries = {
    QuantizePass{
        kMeans,
        "computes global average pools as MEAN, which may have a finer "
        "scale, where that helps"},
    QuantizePass{kEqualisation,
                 "scales channels between layers so that they use their "
                 "tensor's range alike"},
    QuantizePass{kReconstruction,
                 "rounds weights so that the layers' results change least, "
                 "not each to the nearest"},
    QuantizePass{kTuning,
                 "picks each tensor's range by what it does to the outputs"},
    QuantizePass{kBiasCorrection,
                 "takes the mean error of each channel out of its bias"},
};

// Samples on which choices are judged.
constexpr int64_t kJudged = 16;

bool IsKnownPass(std::string_view name) {
  const auto passes = ListQuantizePasses();
  return std::ranges::find(passes, name, &QuantizePass::name) != passes.end();
}

// What recoveries change, and may take back.
struct State {
  Model model;  // The float model, simplified.
  Statistics statistics;
  Plan plan;
  std::vector<TensorStatistics> seen;  // By class of the plan.
  WeightsPlan weights;
  std::vector<std::string> warnings;  // About the plan.
};

class Quantizer {
 public:
  Quantizer(const Model& model, const SampleSource* samples,
            const QuantizationOptions& options)
      : given_(model), samples_(samples), options_(options) {
    threads_ = options.threads > 0
                   ? options.threads
                   : static_cast<int>(
                         std::max(1U, std::thread::hardware_concurrency()));
  }

  Result<QuantizeResult> Run() {
    TINYML_RETURN_IF_ERROR(CheckOptions());
    TINYML_RETURN_IF_ERROR(CheckFloatModel(given_));
    TINYML_ASSIGN_OR_RETURN(
        state_.model, Normalise(given_, options_.skip, result_.report.passes));
    targets_ = AcceptingTargets(state_.model);
    if (targets_.empty()) return Fail(RefusedAsFloat());
    TINYML_RETURN_IF_ERROR(TakeStatistics());
    TINYML_RETURN_IF_ERROR(MakeAcceptedPlan());
    TINYML_RETURN_IF_ERROR(Recover());
    TINYML_ASSIGN_OR_RETURN(result_.model, Rewritten(state_.plan));
    TINYML_RETURN_IF_ERROR(Report());
    TINYML_RETURN_IF_ERROR(Clean(result_.model));
    TINYML_RETURN_IF_ERROR(ValidateModel(result_.model));
    if (const auto refusal = FindRefusal(result_.model, targets_)) {
      return Fail(ErrorCode::kUnsupported,
                  "the quantized model is refused: " + refusal->message);
    }
    result_.report.warnings.insert(result_.report.warnings.end(),
                                   state_.warnings.begin(),
                                   state_.warnings.end());
    result_.float_model = std::move(state_.model);
    return std::move(result_);
  }

 private:
  Status CheckOptions() const {
    for (const std::string& name : options_.skip) {
      if (!IsKnownPass(name)) {
        return Fail(ErrorCode::kUsage, "there is no pass \"" + name + "\"");
      }
    }
    if (samples_ == nullptr && options_.statistics.empty()) {
      return Fail(ErrorCode::kUsage,
                  "quantization needs samples or saved statistics");
    }
    return {};
  }

  Error RefusedAsFloat() const {
    const auto target = Target::Parse("x86-64");
    const auto report = SizeArena(state_.model, *target);
    Error error;
    error.code = ErrorCode::kUnsupported;
    error.message =
        report ? "no target takes the float model" : report.error().message;
    return error;
  }

  bool Skips(std::string_view name) const {
    return std::ranges::find(options_.skip, name) != options_.skip.end();
  }

  std::function<void(int64_t, int64_t)> Progress(std::string_view what) const {
    if (!options_.progress) return {};
    return [this, what](int64_t done, int64_t of) {
      options_.progress(what, done, of);
    };
  }

  CalibrateOptions OptionsOfCalibration() const {
    CalibrateOptions options;
    options.threads = threads_;
    options.strict = options_.strict;
    options.reset = options_.reset;
    return options;
  }

  // Calibrates, and merges with what was saved.
  Status TakeStatistics() {
    TINYML_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes,
                            WriteTflite(state_.model));
    const std::string sha = Sha256(bytes);
    std::optional<Statistics> all;
    if (samples_ != nullptr) {
      CalibrateOptions options = OptionsOfCalibration();
      options.progress = Progress("calibrating");
      TINYML_ASSIGN_OR_RETURN(Calibration calibration,
                              Calibrate(state_.model, sha, *samples_, options));
      all = std::move(calibration.statistics);
      result_.report.left_out = std::move(calibration.left_out);
    }
    for (const auto& saved : options_.statistics) {
      TINYML_ASSIGN_OR_RETURN(Statistics more,
                              ParseStatistics(saved.name, saved.text));
      if (more.model_sha256 != sha) {
        return Fail(ErrorCode::kInvalid,
                    saved.name +
                        ": these statistics are of another model, or of this "
                        "one with other passes");
      }
      if (!all) {
        all = Statistics();
        all->model_sha256 = sha;
        for (const Subgraph& graph : state_.model.subgraphs) {
          all->tensors.emplace_back(graph.tensors.size());
        }
      }
      if (Status merged = all->Merge(more); !merged) {
        return Fail(ErrorCode::kInvalid,
                    saved.name + ": " + merged.error().message);
      }
    }
    state_.statistics = std::move(*all);
    result_.statistics = FormatStatistics(state_.statistics);
    result_.report.samples = state_.statistics.samples;
    WarnOfConstantInputs();
    return {};
  }

  void WarnOfConstantInputs() {
    for (const TensorIndex input : state_.model.subgraphs[0].inputs) {
      const TensorStatistics& seen =
          state_.statistics.tensors[0][static_cast<size_t>(input)];
      if (!seen.empty() && seen.min == seen.max) {
        result_.report.warnings.push_back(
            "input \"" +
            Printable(state_.model.subgraphs[0]
                          .tensors[static_cast<size_t>(input)]
                          .name) +
            "\" is the same in all samples; ranges chosen from them mean "
            "little");
      }
    }
  }

  PlanOptions OptionsOfPlan() const {
    PlanOptions options;
    options.activations = options_.activations;
    options.input = options_.input_type.value_or(options_.activations);
    options.output = options_.output_type.value_or(options_.activations);
    options.keep_float = {options_.keep_float.begin(),
                          options_.keep_float.end()};
    options.int16 = {options_.int16.begin(), options_.int16.end()};
    return options;
  }

  RangeMethod FirstMethod() const {
    return options_.method == RangeMethod::kAuto ? RangeMethod::kMse
                                                 : options_.method;
  }

  // Plans, and what the runtime refuses as integers stays float.
  Status MakeAcceptedPlan() {
    PlanOptions options = OptionsOfPlan();
    state_.warnings.clear();
    const size_t most =
        1 + std::accumulate(state_.model.subgraphs.begin(),
                            state_.model.subgraphs.end(), size_t{0},
                            [](size_t n, const Subgraph& graph) {
                              return n + graph.operators.size();
                            });
    for (size_t attempt = 0; attempt < most; ++attempt) {
      TINYML_ASSIGN_OR_RETURN(state_.plan, MakePlan(state_.model, options));
      state_.seen =
          StatisticsOfClasses(state_.model, state_.plan, state_.statistics);
      std::vector<std::string> unseen;
      ChooseParameters(state_.model, state_.seen, FirstMethod(), state_.plan,
                       unseen);
      state_.weights = WeightsPlan();
      RoundLayers(state_.model, state_.plan, options_.per_tensor,
                  state_.weights);
      TINYML_ASSIGN_OR_RETURN(const Model made, Rewritten(state_.plan));
      const auto refusal = FindRefusal(made, targets_);
      if (!refusal) {
        for (const std::string& name : unseen) {
          state_.warnings.push_back("no sample reaches tensor \"" +
                                    Printable(name) + "\"");
        }
        return {};
      }
      const auto origin = refusal->op
                              ? OriginOf(made, state_.model, *refusal->op)
                              : std::nullopt;
      if (!origin || !options.refused.insert(*origin).second) {
        return Fail(ErrorCode::kUnsupported,
                    "the quantized model is refused: " + refusal->message);
      }
      state_.warnings.push_back(
          DescribeOperator(state_.model, static_cast<size_t>(origin->first),
                           static_cast<size_t>(origin->second)) +
          " stays float: " + refusal->message);
    }
    return Fail(ErrorCode::kInternal, "quantization does not come to an end");
  }

  Result<Model> Rewritten(const Plan& plan) const {
    return Rewrite(state_.model, plan, state_.weights, state_.statistics);
  }

  // The mean of the signal to noise ratios of the outputs, and of what a
  // SOFTMAX or LOGISTIC makes outputs of: those alone would hide differences
  // wherever the model is sure of its answer.
  Result<double> Score(const Model& quantized, int64_t most_samples) const {
    CompareOptions options;
    options.most_samples = most_samples;
    options.watched = BehindOutputs(state_.model);
    options.reset = options_.reset;
    options.threads = threads_;
    TINYML_ASSIGN_OR_RETURN(
        const Comparison comparison,
        Compare(state_.model, quantized, *samples_, options));
    double sum = 0;
    for (const ErrorSums& output : comparison.outputs) sum += output.SnrDb();
    for (const ErrorSums& watched : comparison.watched) sum += watched.SnrDb();
    return sum / std::max<double>(1, std::ssize(comparison.outputs) +
                                         std::ssize(comparison.watched));
  }

  Status Recover() {
    if (samples_ == nullptr || options_.fast) return {};
    TINYML_RETURN_IF_ERROR(Attempt(kMeans, 0.5, [this] { return Means(); }));
    TINYML_RETURN_IF_ERROR(
        Attempt(kEqualisation, 0.1, [this] { return Equalisation(); }));
    TINYML_RETURN_IF_ERROR(
        Attempt(kReconstruction, 0.02, [this] { return Reconstruction(); }));
    TINYML_RETURN_IF_ERROR(Tune());
    return CorrectBias();
  }

  // Does `change`, which says whether there was anything to do, and keeps it if
  // the outputs come nearer to the float model's by `least_gain` dB.
  Status Attempt(std::string_view name, double least_gain,
                 const std::function<Result<bool>()>& change) {
    if (Skips(name)) return {};
    State before = state_;
    TINYML_ASSIGN_OR_RETURN(const bool changed, change());
    if (!changed) {
      state_ = std::move(before);
      return {};
    }
    TINYML_ASSIGN_OR_RETURN(const double after, ScoreNow());
    std::swap(state_, before);
    TINYML_ASSIGN_OR_RETURN(const double score, ScoreNow());
    if (after > score + least_gain) {
      std::swap(state_, before);
      result_.report.passes.emplace_back(name);
    }
    return {};
  }

  // The score of the plan as it stands, on a few samples.
  Result<double> ScoreNow() const {
    TINYML_ASSIGN_OR_RETURN(const Model made, Rewritten(state_.plan));
    return Score(made, kJudged);
  }

  Result<bool> Means() {
    if (PoolToMean(state_.model) == 0) return false;
    // The axes are new tensors.
    for (size_t s = 0; s < state_.model.subgraphs.size(); ++s) {
      state_.statistics.tensors[s].resize(
          state_.model.subgraphs[s].tensors.size());
    }
    TINYML_RETURN_IF_ERROR(MakeAcceptedPlan());
    return true;
  }

  Result<bool> Equalisation() {
    // Saved statistics are of the model as it was, and there may be no samples
    // behind them.
    if (!options_.statistics.empty()) return false;
    EqualizeOptions options;
    options.activations = options_.activations;
    options.per_channel = [this](const Layer& layer) {
      return IsPerChannel(layer, state_.plan, options_.per_tensor);
    };
    Equalized equalized = Equalize(state_.model, state_.statistics, options);
    if (equalized.pairs.empty()) return false;
    state_.model = std::move(equalized.model);
    CalibrateOptions calibrate = OptionsOfCalibration();
    calibrate.progress = Progress("calibrating again");
    TINYML_ASSIGN_OR_RETURN(Calibration calibration,
                            Calibrate(state_.model, "", *samples_, calibrate));
    state_.statistics = std::move(calibration.statistics);
    TINYML_RETURN_IF_ERROR(MakeAcceptedPlan());
    return true;
  }

  Result<bool> Reconstruction() {
    std::vector<LayerToRound> layers;
    for (const Layer& layer : LayersOf(state_.model)) {
      const auto key = std::pair(layer.subgraph, layer.op);
      if (!state_.weights.layers.contains(key)) continue;
      layers.push_back(
          {layer, IsPerChannel(layer, state_.plan, options_.per_tensor), true});
    }
    if (layers.empty()) return false;
    ReconstructOptions options;
    options.grams.reset = options_.reset;
    options.grams.threads = threads_;
    if (options_.progress) {
      options.grams.progress = [this](std::string_view, int64_t done,
                                      int64_t of) {
        options_.progress("rounding weights", done, of);
      };
    }
    TINYML_ASSIGN_OR_RETURN(const Target target, Target::Parse("x86-64"));
    TINYML_RETURN_IF_ERROR(ReconstructLayers(
        state_.model, target, layers, *samples_, options, state_.weights));
    RoundLayers(state_.model, state_.plan, options_.per_tensor, state_.weights);
    return true;
  }

  Status CorrectBias() {
    if (Skips(kBiasCorrection)) return {};
    BiasOptions options;
    options.reset = options_.reset;
    options.threads = threads_;
    options.progress = Progress("correcting biases");
    const std::vector<Layer> layers = LayersOf(state_.model);
    const auto rewrite = [&](const WeightsPlan& weights) {
      return Rewrite(state_.model, state_.plan, weights, state_.statistics);
    };
    TINYML_ASSIGN_OR_RETURN(const BiasCorrection correction,
                            CorrectBiases(state_.model, layers, *samples_,
                                          rewrite, options, state_.weights));
    if (correction.layers > 0) {
      result_.report.passes.emplace_back(kBiasCorrection);
    }
    return {};
  }

  // As many as the model's size allows, not the clock: results must not depend
  // on the machine.
  int64_t MostTrials() const {
    constexpr int64_t kLeast = 8;
    constexpr int64_t kMost = 200;
    constexpr int64_t kMacs = 40'000'000'000;
    int64_t macs = 0;
    for (const Subgraph& graph : state_.model.subgraphs) {
      for (const Operator& op : graph.operators) {
        macs += CountMacs(state_.model, graph, op);
      }
    }
    const int64_t samples = std::min(kJudged, samples_->Count());
    return std::clamp(kMacs / std::max<int64_t>(1, macs * samples), kLeast,
                      kMost);
  }

  Status Tune() {
    if (options_.method != RangeMethod::kAuto || Skips(kTuning)) return {};
    const Judge judge = [&](const Plan& plan) -> Result<double> {
      WeightsPlan kept = state_.weights;
      RoundLayers(state_.model, plan, options_.per_tensor, state_.weights);
      Result<Model> made = Rewritten(plan);
      state_.weights = std::move(kept);
      if (!made) return Fail(std::move(made.error()));
      return Score(*made, kJudged);
    };
    TuneOptions options;
    options.most_trials = MostTrials();
    options.progress = Progress("choosing ranges");
    double score = 0;
    TINYML_RETURN_IF_ERROR(
        TuneRanges(state_.seen, judge, options, state_.plan, score));
    RoundLayers(state_.model, state_.plan, options_.per_tensor, state_.weights);
    result_.report.passes.emplace_back(kTuning);
    return {};
  }

  Status Report() {
    std::optional<Comparison> comparison;
    if (samples_ != nullptr) {
      CompareOptions options;
      constexpr int64_t kMostCompared = 64;
      options.most_samples = kMostCompared;
      options.tensors = true;
      options.reset = options_.reset;
      options.threads = threads_;
      options.progress = Progress("comparing");
      TINYML_ASSIGN_OR_RETURN(
          comparison, Compare(state_.model, result_.model, *samples_, options));
    }
    FillReport({state_.model, state_.plan, state_.seen, state_.statistics,
                state_.weights, comparison ? &*comparison : nullptr},
               result_.report);
    return {};
  }

  const Model& given_;
  const SampleSource* samples_;
  const QuantizationOptions& options_;
  int threads_ = 1;
  std::vector<Target> targets_;
  State state_;
  QuantizeResult result_;
};

}  // namespace

std::vector<QuantizePass> ListQuantizePasses() {
  std::vector<QuantizePass> passes;
  for (const transform::Pass& pass : transform::Passes()) {
    passes.push_back({pass.name, pass.description});
  }
  passes.insert(passes.end(), kRecoveries.begin(), kRecoveries.end());
  return passes;
}

Result<QuantizeResult> QuantizeModel(const Model& model,
                                     const SampleSource* samples,
                                     const QuantizationOptions& options) {
  return Quantizer(model, samples, options).Run();
}

Result<Accuracy> CompareModels(
    const Model& float_model, const Model& quantized,
    const SampleSource& samples, const std::vector<int64_t>& labels,
    int threads, const std::function<void(int64_t, int64_t)>& progress) {
  const int64_t count = samples.Count();
  if (!labels.empty() && std::ssize(labels) != count) {
    return Fail(ErrorCode::kInvalid,
                "there are " + std::to_string(labels.size()) + " labels for " +
                    Counted(count, "sample"));
  }
  constexpr int64_t kLeftOut = -1;
  std::vector<std::pair<int64_t, int64_t>> given(static_cast<size_t>(count),
                                                 {kLeftOut, kLeftOut});
  int64_t classes = 0;
  CompareOptions options;
  options.threads =
      threads > 0
          ? threads
          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.progress = progress;
  if (!labels.empty()) {
    options.visit = [&](int64_t index, std::span<const float> a,
                        std::span<const float> b) {
      const auto largest = [](std::span<const float> values) -> int64_t {
        return std::ranges::max_element(values) - values.begin();
      };
      given[static_cast<size_t>(index)] = {largest(a), largest(b)};
    };
    classes = 1;
    const auto& graph = float_model.subgraphs[0];
    if (!graph.outputs.empty()) {
      classes = ElementCount(
                    graph.tensors[static_cast<size_t>(graph.outputs[0])].shape)
                    .value_or(1);
    }
    for (const int64_t label : labels) {
      if (label < 0 || label >= classes) {
        return Fail(ErrorCode::kInvalid, "label " + std::to_string(label) +
                                             " is none of the output's " +
                                             Counted(classes, "class"));
      }
    }
  }
  TINYML_ASSIGN_OR_RETURN(const Comparison comparison,
                          Compare(float_model, quantized, samples, options));
  Accuracy accuracy;
  accuracy.samples = comparison.samples;
  accuracy.classes = classes;
  accuracy.outputs = OutputsOf(float_model, comparison);
  if (labels.empty()) return accuracy;
  accuracy.confusion.assign(static_cast<size_t>(classes * classes), 0);
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].first == kLeftOut) continue;
    accuracy.float_correct += given[i].first == labels[i] ? 1 : 0;
    accuracy.quantized_correct += given[i].second == labels[i] ? 1 : 0;
    accuracy.agree += given[i].first == given[i].second ? 1 : 0;
    ++accuracy.confusion[static_cast<size_t>(labels[i] * classes +
                                             given[i].second)];
  }
  return accuracy;
}

}  // namespace tinyml
