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
#include "apps/tinyml/watched_samples.h"
#include "base/file.h"
#include "base/text.h"
#include "tinyml/arena.h"
#include "tinyml/convert.h"
#include "tinyml/quantize_report.h"
#include "tinyml/samples.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct Options {
  ModelArgument model;
  ModelOutput output;
  QuantizeOptions quantize;
  SampleOptions samples;
  std::string calibration;
  std::string evaluation;
  std::string labels;
  std::vector<std::string> statistics;
  std::string save_statistics;
  std::string report;
  bool all_tensors = false;
  ReportFormat format = ReportFormat::kText;
};

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

// What can be known to be wrong before the work begins.
Status CheckOptions(const Options& options, const ModelFile& file) {
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
  const auto targets = ParseTargets(options.output.targets);
  if (!targets) return Fail(targets.error());
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
                      QuantizeOptions& quantize) {
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

Result<Evaluation> OpenEvaluation(const Options& options, const ModelFile& file,
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
  return evaluation;
}

// An error of the library that names the model, unless the samples or the
// statistics, which have names of their own, are what is wrong.
Error Named(Error error, const ModelFile& file, const Options& options,
            const WatchedSamples* samples) {
  const bool of_input = error.code == ErrorCode::kInvalid ||
                        error.code == ErrorCode::kUnsupported;
  const bool of_samples = samples != nullptr && samples->HasFailed();
  const bool of_statistics = std::ranges::any_of(
      options.statistics,
      [&](const std::string& path) { return error.message.starts_with(path); });
  if (of_input && !of_samples && !of_statistics) {
    error.message = file.name + ": " + error.message;
  }
  return error;
}

std::vector<QuantizedArena> SizeArenas(const Options& options,
                                       const Model& before,
                                       const Model& after) {
  std::vector<std::string> specs = options.output.targets;
  if (specs.empty()) specs.emplace_back(Target::kDefaultName);
  std::vector<QuantizedArena> arenas;
  for (const std::string& spec : specs) {
    const auto target = Target::Parse(spec);
    if (!target) continue;  // Checked before.
    const auto size = [&](const Model& model) -> std::optional<int64_t> {
      const auto report = SizeArena(model, *target);
      if (!report) return std::nullopt;
      return report->required_arena_bytes;
    };
    arenas.push_back({spec, size(before), size(after)});
  }
  return arenas;
}

Status Evaluate(const Options& options, const QuantizeResult& result,
                const Evaluation& evaluation, const Console& console,
                QuantizeDocument& document) {
  if (!evaluation.samples) return {};
  auto accuracy = CompareModels(
      result.float_model, result.model, *evaluation.samples, evaluation.labels,
      options.quantize.threads, [&console](int64_t done, int64_t of) {
        console.Progress("evaluating", done, of);
      });
  console.EndProgress();
  if (!accuracy) return Fail(std::move(accuracy.error()));
  WarnOfLeftOut(evaluation.samples->LeftOut(), console);
  document.accuracy = std::move(*accuracy);
  document.evaluated_on = options.evaluation;
  return {};
}

Result<ExitCode> Quantize(Options options, const Console& console) {
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);
  if (Status checked = CheckOptions(options, *file); !checked) {
    return Fail(std::move(checked.error()));
  }
  if (Status read = ReadStatistics(options.statistics, options.quantize);
      !read) {
    return Fail(std::move(read.error()));
  }
  Samples samples;
  if (!options.calibration.empty()) {
    auto opened =
        Open(options.calibration, *file, options.samples, false, console);
    if (!opened) return Fail(std::move(opened.error()));
    samples = std::move(*opened);
  }
  const Result<Evaluation> evaluation = OpenEvaluation(options, *file, console);
  if (!evaluation) return Fail(evaluation.error());

  options.quantize.progress = [&console](std::string_view what, int64_t done,
                                         int64_t of) {
    console.Progress(what, done, of);
  };
  auto result = QuantizeModel(file->model, samples.get(), options.quantize);
  console.EndProgress();
  if (!result) {
    return Fail(
        Named(std::move(result.error()), *file, options, samples.get()));
  }
  WarnOfLeftOut(result->report.left_out, console);
  Warn(console, result->report.warnings);

  const Result<ModelFile> made = MakeModelFile(result->model, file->name);
  if (!made) return Fail(made.error());
  auto files = RenderOutput(*made, options.output, console);
  if (!files) return Fail(std::move(files.error()));

  QuantizeDocument document =
      DescribeQuantization(*file, *made, std::move(result->report));
  document.quantized.path = options.output.convert.output_path;
  document.arenas = SizeArenas(options, file->model, made->model);
  if (Status status =
          Evaluate(options, *result, *evaluation, console, document);
      !status) {
    return Fail(Named(std::move(status.error()), *file, options,
                      evaluation->samples.get()));
  }
  if (!options.report.empty()) {
    files->push_back(TextFile(
        options.report, FormatQuantization(document, ReportFormat::kJson)));
  }
  if (!options.save_statistics.empty()) {
    files->push_back(
        TextFile(options.save_statistics, std::move(result->statistics)));
  }
  if (options.output.convert.output_path != "-") {
    ReportStyle style;
    style.per_operator = options.all_tensors;
    style.color = console.UsesColor(STDOUT_FILENO);
    files->push_back(
        TextFile("-", FormatQuantization(document, options.format, style)));
  }
  if (Status written = WriteFiles(*files); !written) {
    return Fail(std::move(written.error()));
  }
  NoteOutput(*made, options.output, *files, console);
  return ExitCode::kSuccess;
}

std::string PassTable() {
  std::string table;
  for (const QuantizePass& pass : ListQuantizePasses()) {
    table += fmt::format("{:<24} {}\n", pass.name, pass.description);
  }
  return table;
}

// An option that is given once for each of several names.
void AddNames(CLI::App* command, const std::string& name,
              std::vector<std::string>& names, const std::string& type_name,
              const std::string& description) {
  command->add_option(name, names, description + " (repeatable)")
      ->type_name(type_name)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddSampleOptions(CLI::App* command, Options& options) {
  constexpr const char* kGroup = "Samples";
  command
      ->add_option("-c,--calibration", options.calibration,
                   "Samples to choose ranges from: a .npy or .npz whose first "
                   "axis counts them, or a folder of those, of images or of "
                   "WAV files")
      ->type_name("DATA")
      ->group(kGroup);
  command
      ->add_option("--samples", options.samples.limit,
                   "Calibrate on N of them, evenly spread; default: all")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40).description(""))
      ->group(kGroup);
  command
      ->add_option("--preprocess", options.samples.preprocess,
                   "How numbers become values, (number * scale - mean) / std: "
                   "scale=1/255,mean=0.5,std=0.5 or by channel "
                   "mean=0.485:0.456:0.406; bgr; rate=16000, windows of WAV "
                   "files")
      ->type_name("HOW")
      ->group(kGroup);
  command
      ->add_flag("--strict", options.quantize.strict,
                 "Fail for a sample that cannot be read instead of leaving it "
                 "out")
      ->group(kGroup);
  command
      ->add_flag("--reset", options.quantize.reset,
                 "Forget variables and other state before every sample")
      ->group(kGroup);
  command
      ->add_option("--save-stats", options.save_statistics,
                   "Save what calibration saw")
      ->type_name("FILE")
      ->group(kGroup);
  command
      ->add_option("--stats", options.statistics,
                   "Take what --save-stats saved, beside --calibration or "
                   "instead of it (repeatable)")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(kGroup);
  command
      ->add_option("--eval", options.evaluation,
                   "Samples to compare the two models on")
      ->type_name("DATA")
      ->group(kGroup);
  command
      ->add_option("--labels", options.labels,
                   "The class of each of --eval's samples, integers: counts "
                   "how often the largest output is right")
      ->type_name("FILE.npy")
      ->group(kGroup);
}

void AddTypes(CLI::App* command, QuantizeOptions& quantize) {
  AddChoice<TensorType>(
      command, "--activations",
      {{"int8", TensorType::kInt8}, {"int16", TensorType::kInt16}},
      "int8|int16", "Type of activations; default: int8",
      [&quantize](TensorType type) { quantize.activations = type; });
  const std::map<std::string, TensorType> ports = {
      {"int8", TensorType::kInt8},
      {"int16", TensorType::kInt16},
      {"float32", TensorType::kFloat32}};
  AddChoice<TensorType>(
      command, "--input-type", ports, "int8|int16|float32",
      "Type of the model's inputs; default: that of activations",
      [&quantize](TensorType type) { quantize.input_type = type; });
  AddChoice<TensorType>(
      command, "--output-type", ports, "int8|int16|float32",
      "Type of the model's outputs; default: that of activations",
      [&quantize](TensorType type) { quantize.output_type = type; });
  command->add_flag("--per-tensor", quantize.per_tensor,
                    "One scale for all channels of weights");
  AddChoice<RangeMethod>(
      command, "--method",
      {{"auto", RangeMethod::kAuto},
       {"minmax", RangeMethod::kMinMax},
       {"percentile", RangeMethod::kPercentile},
       {"mse", RangeMethod::kMse},
       {"entropy", RangeMethod::kEntropy}},
      "auto|minmax|percentile|mse|entropy",
      "How ranges of activations are chosen; default: auto, what measures "
      "best",
      [&quantize](RangeMethod method) { quantize.method = method; });
  command->add_flag("--fast", quantize.fast,
                    "Leave out the recoveries that take time");
  AddNames(command, "--keep-float", quantize.keep_float, "NAME",
           "Compute the tensor of that name in float32");
  AddNames(command, "--int16", quantize.int16, "NAME",
           "Compute the tensor of that name in int16");
  AddNames(command, "--skip", quantize.skip, "PASS",
           "Leave out a rewriting or a recovery");
  command->add_flag_callback(
      "--list-passes", [] { throw CLI::CallForVersion(PassTable(), 0); },
      "List the rewritings and recoveries that --skip takes");
  command
      ->add_option("--threads", quantize.threads,
                   "How many to use; default: as many as there are cores")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

}  // namespace

void AddQuantizeCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(
      app, "quantize",
      "Turn a float model into one of integers, with samples of its input",
      "tinyml quantize keywords.onnx --calibration mfcc.npy -o src/model.cc\n"
      "tinyml quantize faces.tflite -c photos/ --samples 200 --preprocess "
      "scale=1/127.5,mean=1 -o faces_int8.tflite --report faces.json\n"
      "tinyml quantize keywords.tflite -c train.npy -o int8.tflite --eval "
      "test.npy --labels test_labels.npy");
  AddModelArgument(command, options->model);
  AddModelOutput(command, options->output);
  AddTypes(command, options->quantize);
  AddSampleOptions(command, *options);
  command
      ->add_option("--report", options->report,
                   "Also write the report as JSON, with every tensor")
      ->type_name("FILE.json");
  command->add_flag("--all-tensors", options->all_tensors,
                    "Show every tensor in text, not only the worst");
  AddFormatOption(command, {"text", "json"}, options->format);
  OnRun(command, context,
        [options, &context] { return Quantize(*options, context.console); });
}

}  // namespace tinyml::cli
