// tinyml quantize: a float model and samples in, an integer model out.
#include "tinyml/quantize.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "apps/tinyml/model_output.h"
#include "apps/tinyml/quantize_options.h"
#include "apps/tinyml/remedied_model.h"
#include "apps/tinyml/watched_samples.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "tinyml/arena.h"
#include "tinyml/convert.h"
#include "tinyml/quantize_report.h"
#include "tinyml/samples.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

using Samples = std::unique_ptr<WatchedSamples>;

// Shows why samples were left out, the first of many.
void WarnOfLeftOut(const std::vector<std::string>& reasons,
                   const Console& console) {
  constexpr size_t kShown = 10;
  for (size_t i = 0; i < std::min(reasons.size(), kShown); ++i) {
    console.Warning("left out: " + reasons[i]);
  }
  if (reasons.size() > kShown) {
    console.Warning(
        fmt::format("{} more samples are left out", reasons.size() - kShown));
  }
}

// The targets of the command line, or the default.
std::vector<std::string> TargetSpecs(const QuantizeCommand& options) {
  if (!options.output.targets.empty()) return options.output.targets;
  return {std::string(Target::kDefaultName)};
}

// What can be known to be wrong before the work begins. Fills in the targets.
Status CheckOptions(QuantizeCommand& options, const ModelFile& file,
                    const Console& console) {
  const ConvertOptions& convert = options.output.convert;
  const bool to_stdout = convert.output_path == "-";
  if (options.calibration.empty() && options.statistics.empty()) {
    return Fail(ErrorCode::kUsage,
                "give samples with --calibration, or statistics of them with "
                "--stats");
  }
  if (!options.labels.empty() && options.evaluation.empty()) {
    return Fail(ErrorCode::kUsage,
                "--labels are those of the samples that --eval names");
  }
  if (to_stdout && options.format == ReportFormat::kJson) {
    return Fail(ErrorCode::kUsage,
                "standard output takes the model: write the report to a file "
                "with --report");
  }
  std::vector<std::string> paths = {convert.output_path, options.report,
                                    options.save_statistics};
  std::erase(paths, "");
  std::ranges::sort(paths);
  const auto twice = std::ranges::adjacent_find(paths);
  if (twice != paths.end()) {
    return Fail(ErrorCode::kUsage, *twice + " is given as two outputs");
  }
  if (options.report == "-" || options.save_statistics == "-") {
    return Fail(ErrorCode::kUsage,
                "standard output has the report, as JSON with --format json: "
                "name a file");
  }
  auto targets =
      ParseTargets(TargetSpecs(options), options.output.nearest, console);
  if (!targets) return Fail(std::move(targets.error()));
  options.quantize.targets = std::move(*targets);
  // Names and forms do not depend on what is in the model.
  const auto rendered = RenderModel(file, convert);
  if (!rendered && rendered.error().code == ErrorCode::kUsage) {
    return Fail(rendered.error());
  }
  return {};
}

Result<Samples> Open(const std::string& path, const ModelFile& file,
                     const SampleOptions& samples, bool strict,
                     const Console& console) {
  const std::vector<SampleInput> inputs = SampleInputsOf(file.model);
  auto source = OpenSamples(path, inputs, samples);
  if (!source) return Fail(std::move(source.error()));
  for (const std::string& note : (*source)->Notes()) console.Note(note);
  return std::make_unique<WatchedSamples>(std::move(*source), strict);
}

Status ReadStatistics(const std::vector<std::string>& paths,
                      QuantizationOptions& quantize) {
  for (const std::string& path : paths) {
    const auto file = ReadFile(path);
    if (!file) return Fail(file.error());
    quantize.statistics.push_back(
        {path, std::string(file->bytes.begin(), file->bytes.end())});
  }
  return {};
}

// The samples to evaluate on, and their labels.
struct Evaluation {
  Samples samples;
  std::vector<int64_t> labels;
};

// Fails for a label that no element of the first output stands for.
Status CheckLabels(const QuantizeCommand& options, const ModelFile& file,
                   const std::vector<int64_t>& labels) {
  const Subgraph& graph = file.model.subgraphs[0];
  if (graph.outputs.empty()) return {};
  const Tensor& output = graph.tensors[graph.outputs.front()];
  const int64_t classes = ElementCount(output.shape).value_or(0);
  const auto beyond = std::ranges::find_if(
      labels, [&](int64_t label) { return label >= classes; });
  if (beyond == labels.end()) return {};
  return Fail(ErrorCode::kInvalid,
              fmt::format("{}: label {} is class {}, and output '{}' has {} "
                          "elements",
                          options.labels, beyond - labels.begin(), *beyond,
                          Printable(output.name), classes));
}

Result<Evaluation> OpenEvaluation(const QuantizeCommand& options,
                                  const ModelFile& file,
                                  const Console& console) {
  Evaluation evaluation;
  if (options.evaluation.empty()) return evaluation;
  SampleOptions samples = options.samples;
  samples.limit.reset();  // That is of calibration.
  auto opened =
      Open(options.evaluation, file, samples, options.quantize.strict, console);
  if (!opened) return Fail(std::move(opened.error()));
  evaluation.samples = std::move(*opened);
  if (options.labels.empty()) return evaluation;
  auto labels = ReadLabels(options.labels);
  if (!labels) return Fail(std::move(labels.error()));
  evaluation.labels = std::move(*labels);
  if (std::ssize(evaluation.labels) != evaluation.samples->Count()) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("{} has {}, and {} has {}", options.labels,
                            Counted(std::ssize(evaluation.labels), "label"),
                            options.evaluation,
                            Counted(evaluation.samples->Count(), "sample")));
  }
  if (const auto status = CheckLabels(options, file, evaluation.labels);
      !status) {
    return Fail(status.error());
  }
  return evaluation;
}

// The error of the library, about the model unless it is about samples or
// statistics.
Error Named(Error error, const ModelFile& file) {
  const bool of_input = error.code == ErrorCode::kInvalid ||
                        error.code == ErrorCode::kUnsupported;
  return of_input && error.subject.file.empty()
             ? InFile(file.name, std::move(error))
             : error;
}

std::vector<QuantizedArena> SizeArenas(const QuantizeCommand& options,
                                       const Model& before,
                                       const Model& after) {
  const std::vector<std::string> specs = TargetSpecs(options);
  std::vector<QuantizedArena> arenas;
  for (size_t i = 0; i < specs.size(); ++i) {
    const Target& target = options.quantize.targets[i];
    QuantizedArena& arena = arenas.emplace_back();
    arena.target = specs[i];
    arena.distribution_title = target.info().distribution_title;
    if (const auto report = SizeArena(before, target)) {
      arena.before_bytes = report->required_arena_bytes;
    }
    if (auto report = SizeArena(after, target)) {
      arena.after_bytes = report->required_arena_bytes;
      arena.hazards = std::move(report->hazards);
    }
  }
  return arenas;
}

Status Evaluate(const QuantizeCommand& options, const QuantizeResult& result,
                const Evaluation& evaluation, const Console& console,
                QuantizeDocument& document) {
  if (!evaluation.samples) return {};
  auto accuracy = CompareModels(
      result.float_model, result.model, *evaluation.samples, evaluation.labels,
      options.quantize.threads, [&console](int64_t done, int64_t of) {
        console.Progress("evaluating", done, of);
        return true;
      });
  console.EndProgress();
  if (!accuracy) return Fail(std::move(accuracy.error()));
  WarnOfLeftOut(evaluation.samples->LeftOut(), console);
  document.accuracy = std::move(*accuracy);
  document.evaluated_on = options.evaluation;
  return {};
}

Result<ExitCode> Quantize(QuantizeCommand options, const Console& console) {
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);
  if (Status checked = CheckOptions(options, *file, console); !checked) {
    return Fail(std::move(checked.error()));
  }
  if (Status read = ReadStatistics(options.statistics, options.quantize);
      !read) {
    return Fail(std::move(read.error()));
  }
  Samples samples;
  if (!options.calibration.empty()) {
    auto opened = Open(options.calibration, *file, options.samples,
                       options.quantize.strict, console);
    if (!opened) return Fail(std::move(opened.error()));
    samples = std::move(*opened);
  }
  const Result<Evaluation> evaluation = OpenEvaluation(options, *file, console);
  if (!evaluation) return Fail(evaluation.error());

  options.quantize.progress = [&console](std::string_view what, int64_t done,
                                         int64_t of) {
    console.Progress(what, done, of);
    return true;
  };
  auto result = QuantizeModel(file->model, samples.get(), options.quantize);
  console.EndProgress();
  if (!result) {
    return Fail(Named(std::move(result.error()), *file));
  }
  WarnOfLeftOut(result->report.left_out, console);
  Warn(console, result->report.warnings);

  Result<ModelFile> made = MakeModelFile(result->model, file->name);
  if (!made) return Fail(made.error());
  auto remedies = RemedyModel(*made, options.output, console);
  if (!remedies) return Fail(std::move(remedies.error()));
  auto rendered = RenderOutput(*made, options.output, console);
  if (!rendered) return Fail(std::move(rendered.error()));
  std::vector<OutputFile>* const files = &rendered->files;

  QuantizeDocument document =
      DescribeQuantization(*file, *made, std::move(result->report));
  document.quantized.path = options.output.convert.output_path;
  document.remedies = std::move(*remedies);
  document.arenas = SizeArenas(options, file->model, made->model);
  if (Status status =
          Evaluate(options, *result, *evaluation, console, document);
      !status) {
    return Fail(Named(std::move(status.error()), *file));
  }
  if (!options.report.empty()) {
    Result<std::string> text =
        FormatQuantization(document, ReportFormat::kJson);
    if (!text) return Fail(std::move(text.error()));
    files->push_back(TextFile(options.report, std::move(*text)));
  }
  if (!options.save_statistics.empty()) {
    files->push_back(
        TextFile(options.save_statistics, std::move(result->statistics)));
  }
  std::vector<TargetHazards> hazards;
  for (const QuantizedArena& arena : document.arenas) {
    hazards.push_back({arena.target, arena.hazards});
  }
  if (options.output.convert.output_path == "-") {
    ShowHazards(console, hazards);
  } else {
    ReportStyle style;
    style.per_operator = options.all_tensors;
    style.color = console.UsesColor(STDOUT_FILENO);
    Result<std::string> text =
        FormatQuantization(document, options.format, style);
    if (!text) return Fail(std::move(text.error()));
    files->push_back(TextFile("-", std::move(*text)));
  }
  if (Status written = WriteFiles(*files); !written) {
    return Fail(std::move(written.error()));
  }
  NoteOutput(*made, options.output, console);
  return options.strict && MeetsAny(hazards) ? ExitCode::kNo
                                             : ExitCode::kSuccess;
}

}  // namespace

void AddQuantizeCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<QuantizeCommand>();
  CLI::App* command = AddCommand(
      app, "quantize",
      "Turn a float model into one of integers, with samples of its input",
      "tinyml quantize keywords.onnx --calibration mfcc.npy -o src/model.cc\n"
      "tinyml quantize faces.tflite -c photos/ --samples 200 --preprocess "
      "scale=1/127.5,mean=1 -o faces_int8.tflite --report faces.json\n"
      "tinyml quantize keywords.tflite -c train.npy -o int8.tflite --eval "
      "test.npy --labels test_labels.npy");
  AddQuantizeOptions(command, *options);
  OnRun(command, context,
        [options, &context] { return Quantize(*options, context.console); });
}

}  // namespace tinyml::cli
