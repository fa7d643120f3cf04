// QuantizeModel: calibrate, choose ranges, refine, rewrite, verify.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/parallel.h"
#include "base/text.h"
#include "formats/tflite/writer.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/calibration/statistics.h"
#include "quantize/comparison/compare.h"
#include "quantize/comparison/report.h"
#include "quantize/parameters/acceptance.h"
#include "quantize/parameters/draft.h"
#include "quantize/refinements/refinement.h"
#include "quantize/rewrite/float_model.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"
#include "tinyml/quantize.h"
#include "transform/passes.h"

namespace tinyml {
namespace {

using namespace quantize;  // NOLINT(google-build-using-namespace): its room.

bool IsKnownPass(std::string_view name) {
  const auto passes = ListQuantizePasses();
  return std::ranges::find(passes, name, &QuantizePass::name) != passes.end();
}

class Quantizer {
 public:
  Quantizer(const Model& model, const SampleSource* samples,
            const QuantizationOptions& options)
      : given_(model),
        samples_(samples),
        options_(options),
        threads_(ThreadsFor(options.threads, INT64_MAX)) {}

  Result<QuantizeResult> Run() {
    TINYML_RETURN_IF_ERROR(CheckOptions());
    TINYML_RETURN_IF_ERROR(CheckFloatModel(given_));
    TINYML_ASSIGN_OR_RETURN(
        draft_.model,
        SortAndSimplify(given_, options_.skip, result_.report.passes));
    targets_ = AcceptingTargets(draft_.model);
    if (targets_.empty()) return Fail(RefusedAsFloat());
    Log(LogLevel::kInfo, "{} targets run the float model", targets_.size());
    const Stopwatch calibrating;
    TINYML_RETURN_IF_ERROR(TakeStatistics());
    Log(LogLevel::kInfo, "statistics of {} samples {}",
        draft_.statistics.samples, calibrating.Text());
    const Stopwatch planning;
    TINYML_RETURN_IF_ERROR(PlanDraft(options_, targets_, draft_));
    Log(LogLevel::kInfo, "chose the quantization parameters {}",
        planning.Text());
    if (samples_ != nullptr && !options_.fast) {
      TINYML_RETURN_IF_ERROR(Refine(options_, threads_, targets_, *samples_,
                                    draft_, result_.report.passes));
    }
    TINYML_ASSIGN_OR_RETURN(result_.model, WriteDraft(draft_));
    TINYML_RETURN_IF_ERROR(Report());
    TINYML_RETURN_IF_ERROR(transform::RemoveLeftovers(result_.model));
    TINYML_RETURN_IF_ERROR(ValidateModel(result_.model));
    if (const auto refusal = FindRefusal(result_.model, targets_)) {
      return Fail(ErrorCode::kUnsupported,
                  "the quantized model is refused: " + refusal->message,
                  {.op = refusal->op});
    }
    result_.report.warnings.insert(result_.report.warnings.end(),
                                   draft_.warnings.begin(),
                                   draft_.warnings.end());
    result_.float_model = std::move(draft_.model);
    return std::move(result_);
  }

 private:
  Status CheckOptions() const {
    for (const std::string& name : options_.skip) {
      if (!IsKnownPass(name)) {
        return Fail(ErrorCode::kUsage, "unknown pass \"" + name + "\"");
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
    const auto report = SizeArena(draft_.model, *target);
    if (report)
      return {ErrorCode::kUnsupported, "no target accepts the float model"};
    Error error = report.error();
    error.code = ErrorCode::kUnsupported;
    return error;
  }

  Progress In(std::string_view phase) const {
    if (!options_.progress) return {};
    return [this, phase](int64_t done, int64_t of) {
      return options_.progress(phase, done, of);
    };
  }

  // Calibrates, and merges with what was saved.
  Status TakeStatistics() {
    TINYML_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes,
                            WriteTflite(draft_.model));
    const std::string sha = Sha256(bytes);
    std::optional<Statistics> all;
    if (samples_ != nullptr) {
      CalibrateOptions options;
      options.threads = threads_;
      options.strict = options_.strict;
      options.reset = options_.reset;
      options.progress = In("calibrating");
      TINYML_ASSIGN_OR_RETURN(Calibration calibration,
                              Calibrate(draft_.model, sha, *samples_, options));
      all = std::move(calibration.statistics);
      result_.report.left_out = std::move(calibration.left_out);
    }
    for (const auto& saved : options_.statistics) {
      TINYML_ASSIGN_OR_RETURN(Statistics more,
                              ParseStatistics(saved.name, saved.text));
      if (more.model_sha256 != sha) {
        return FailInFile(saved.name,
                          "these statistics are of another model, or of this "
                          "one after other passes");
      }
      if (!all) {
        all = Statistics();
        all->model_sha256 = sha;
        for (const Subgraph& graph : draft_.model.subgraphs) {
          all->tensors.emplace_back(graph.tensors.size());
        }
      }
      if (Status merged = all->Merge(more); !merged) {
        return Fail(InFile(saved.name, std::move(merged.error())));
      }
    }
    draft_.statistics = std::move(*all);
    result_.statistics = FormatStatistics(draft_.statistics);
    result_.report.samples = draft_.statistics.samples;
    WarnOfConstantInputs();
    return {};
  }

  void WarnOfConstantInputs() {
    for (const TensorIndex input : draft_.model.subgraphs[0].inputs) {
      const TensorStatistics& seen = draft_.statistics.tensors[0][input];
      if (!seen.empty() && seen.min == seen.max) {
        result_.report.warnings.push_back(
            "input \"" +
            Printable(draft_.model.subgraphs[0].tensors[input].name) +
            "\" is the same in all samples; ranges chosen from them mean "
            "little");
      }
    }
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
      options.progress = In("comparing");
      TINYML_ASSIGN_OR_RETURN(
          comparison, Compare(draft_.model, result_.model, *samples_, options));
    }
    FillReport({draft_.model, draft_.plan, draft_.seen, draft_.statistics,
                draft_.weights, comparison ? &*comparison : nullptr},
               result_.report);
    return {};
  }

  const Model& given_;
  const SampleSource* samples_;
  const QuantizationOptions& options_;
  int threads_;
  std::vector<Target> targets_;
  Draft draft_;
  QuantizeResult result_;
};

}  // namespace

std::vector<QuantizePass> ListQuantizePasses() {
  std::vector<QuantizePass> passes;
  for (const transform::Pass& pass : transform::Passes()) {
    passes.push_back({pass.name, pass.description});
  }
  const auto refinements = Refinements();
  passes.insert(passes.end(), refinements.begin(), refinements.end());
  return passes;
}

Result<QuantizeResult> QuantizeModel(const Model& model,
                                     const SampleSource* samples,
                                     const QuantizationOptions& options) {
  return Quantizer(model, samples, options).Run();
}

}  // namespace tinyml
