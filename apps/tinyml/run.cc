// tinyml run: executes a model on the host as the microcontroller would.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/allocation_counter.h"
#include "apps/tinyml/commands.h"
#include "base/error.h"
#include "exec/run_record.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/run.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct RunFlags {
  ModelArgument model;
  std::string target = std::string(Target::kDefaultName);
  bool nearest = false;
  std::vector<std::string> inputs;
  std::optional<uint32_t> seed;
  bool batch = false;
  bool reset = false;
  int invokes = 1;
  std::string output;
  std::string dump;
  bool profile = false;
  bool verify = false;
  bool plain_kernels = false;
  std::optional<int> resource_variables;
  ReportFormat format = ReportFormat::kText;
  bool strict = false;
};

// "FILE.npy" or "NAME=FILE.npy"; a path with "=" in it is taken for a path.
Result<RunInput> ReadInput(const std::string& text) {
  RunInput input;
  std::string path = text;
  const size_t equals = text.find('=');
  if (equals != std::string::npos && !std::filesystem::exists(text)) {
    input.name = text.substr(0, equals);
    path = text.substr(equals + 1);
  }
  Result<NpyArray> array = ReadNpy(path);
  // A file of values that is missing is bad input of the run.
  if (!array && !std::filesystem::exists(path) && path != "-") {
    return Fail(ErrorCode::kInvalid, array.error().message);
  }
  if (!array) return Fail(std::move(array.error()));
  input.array = std::move(*array);
  return input;
}

// Makes the folder of files that go to `path`.
Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return Fail(ErrorCode::kIo,
                path + ": cannot make the folder: " + error.message());
  }
  return {};
}

Status WriteArrays(const RunFlags& options, const RunResult& result) {
  if (!options.output.empty()) {
    auto files = OutputArrays(result, options.output);
    if (!files) return Fail(std::move(files.error()));
    if (!options.output.ends_with(".npy")) {
      if (Status made = MakeFolder(options.output); !made) return made;
    }
    if (Status written = WriteFiles(*files); !written) return written;
  }
  if (!options.dump.empty()) {
    if (Status made = MakeFolder(options.dump); !made) return made;
    return WriteFiles(TensorArrays(result, options.dump));
  }
  return {};
}

Result<ExitCode> Run(const RunFlags& options, const Console& console) {
  Result<Target> target = ParseTarget(options.target, options.nearest, console);
  if (!target) return Fail(std::move(target.error()));
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);

  RunOptions run;
  for (const std::string& text : options.inputs) {
    Result<RunInput> input = ReadInput(text);
    if (!input) return Fail(std::move(input.error()));
    run.inputs.push_back(std::move(*input));
  }
  run.random_seed = options.seed;
  run.batch = options.batch;
  run.reset = options.reset;
  run.invokes = options.invokes;
  run.plain_kernels = options.plain_kernels;
  run.profile = options.profile;
  run.verify = options.verify;
  run.keep_tensors = !options.dump.empty();
  run.resource_variables = options.resource_variables;
  if (options.batch) {
    run.progress = [&console](int64_t done, int64_t of) {
      console.Progress("running", done, of);
      return true;
    };
  }
  Result<RunResult> result =
      exec::RunAndRecord(file->model, *target, run, CountAllocations);
  console.EndProgress();
  if (!result) {
    Error error = std::move(result.error());
    if (error.code == ErrorCode::kUnsupported) {
      error = InFile(file->name, std::move(error));
    }
    return Fail(std::move(error));
  }
  for (const std::string& note : result->notes) console.Note(note);
  Warn(console, result->warnings);
  if (Status written = WriteArrays(options, *result); !written) {
    return Fail(std::move(written.error()));
  }
  RunDocument document = {file->name, Sha256(file->bytes), target->info(),
                          options.verify, std::move(*result)};
  const std::string fault = document.result.verify_fault;
  const bool hazardous = !document.result.hazards.empty();
  // Said on standard error.
  if (options.format == ReportFormat::kText) document.result.warnings.clear();
  ReportStyle style;
  style.color = console.UsesColor(STDOUT_FILENO);
  if (Status written =
          WriteResult("-", FormatRun(document, options.format, style));
      !written) {
    return Fail(std::move(written.error()));
  }
  if (fault.empty())
    return options.strict && hazardous ? ExitCode::kNo : ExitCode::kSuccess;
  console.Error(file->name + ": " + fault);
  return ExitCode::kNo;
}

}  // namespace

void AddRunCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<RunFlags>();
  CLI::App* command = AddCommand(
      app, "run",
      "Run a model on the host, bit for bit as the microcontroller would",
      "tinyml run person_detect.tflite --input person.npy --target cortex-m4\n"
      "tinyml run keywords.tflite --input mfcc.npy --batch --output "
      "scores.npy\n"
      "tinyml run model.tflite --random-input 1 --verify --profile");
  AddModelArgument(command, options->model);
  AddTargetOption(command, options->target, options->nearest);
  AddOutputOption(command, options->output,
                  "a .npy file for one output, otherwise a folder that gets "
                  "00_<name>.npy and so on");
  AddFormatOption(command, {"text", "json"}, options->format);
  CLI::Option* input =
      AddRepeatable(command, "-i,--input", options->inputs, "[NAME=]FILE",
                    "Values of an input: FILE.npy in the order of the "
                    "inputs, or NAME=FILE.npy (repeatable)");
  command
      ->add_option("--random-input", options->seed,
                   "Random inputs from a generator that starts at SEED")
      ->type_name("SEED")
      ->excludes(input);
  command
      ->add_flag("--batch", options->batch,
                 "The first axis of every input file counts samples: run them "
                 "one by one and stack the outputs")
      ->needs(input);
  AddResourceVariablesOption(command, options->resource_variables);
  AddStrictOption(command, options->strict);
  AddResetOption(command, options->reset);
  command
      ->add_option(
          "-n,--invokes", options->invokes,
          "How many times to invoke the model on each sample (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000'000).description(""));
  command
      ->add_option("--dump-tensors", options->dump,
                   "Write what every operator computed in the last invocation "
                   "into a folder, as .npy")
      ->type_name("DIR");
  command->add_flag("--profile", options->profile,
                    "Time, multiply-accumulates and bytes of every operator");
  command->add_flag("--verify", options->verify,
                    "Also run with dead memory overwritten and watched; exit "
                    "with 1 if that makes a difference");
  command->add_flag("--plain-kernels", options->plain_kernels,
                    "Use the kernels that follow the formulas instead of the "
                    "fast ones, which give the same integers");
  OnRun(command, context,
        [options, &context] { return Run(*options, context.console); });
}

}  // namespace tinyml::cli
