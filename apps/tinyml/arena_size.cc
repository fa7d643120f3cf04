// tinyml arena-size: what arena a model needs, on which target.
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct Options {
  ModelArgument model;
  std::vector<std::string> targets;
  bool all_targets = false;
  ReportFormat format = ReportFormat::kText;
  bool per_operator = false;
  std::optional<int> resource_variables;
  std::optional<int64_t> budget_bytes;
  std::string output = "-";
};

std::vector<std::string> TargetSpecs(const Options& options) {
  std::vector<std::string> specs = options.targets;
  if (options.all_targets) {
    for (std::string& name : TargetNames()) specs.push_back(std::move(name));
  }
  if (specs.empty()) specs.emplace_back(Target::kDefaultName);
  return specs;
}

// Warnings of the runtime that the format has no place for.
void ShowRuntimeWarnings(const ArenaDocument& document, ReportFormat format,
                         const Console& console) {
  if (format == ReportFormat::kText || format == ReportFormat::kJson) return;
  std::set<std::string> shown;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    for (const std::string& warning : answer.report->warnings) {
      if (shown.insert(warning).second) console.Warning(warning);
    }
  }
}

Result<ExitCode> ArenaSize(const Options& options, const Console& console) {
  const Result<std::vector<Target>> targets =
      ParseTargets(TargetSpecs(options));
  if (!targets) return Fail(targets.error());
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);

  const ArenaDocument document = SizeOnTargets(
      *file, *targets, {options.resource_variables}, options.budget_bytes);
  ShowRuntimeWarnings(document, options.format, console);
  ReportStyle style;
  style.per_operator = options.per_operator;
  style.color = options.output == "-" && console.UsesColor(STDOUT_FILENO);
  if (Status written = WriteResult(
          options.output, FormatArena(document, options.format, style));
      !written) {
    return Fail(std::move(written.error()));
  }

  bool any = false;
  bool over = false;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    any = true;
    over |= options.budget_bytes &&
            answer.report->required_arena_bytes > *options.budget_bytes;
  }
  if (!any) {
    const Error& error = document.targets.front().report.error();
    if (error.code == ErrorCode::kInternal) return Fail(error);
    console.Error(document.targets.size() == 1
                      ? file->name + ": " + error.message
                      : file->name + ": no target runs it: " + error.message);
    return ExitCode::kInput;
  }
  return over ? ExitCode::kNo : ExitCode::kSuccess;
}

}  // namespace

void AddArenaSizeCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(
      app, "arena-size",
      "Say what arena a model needs, to the byte, on each target",
      "tinyml arena-size person_detect.tflite --target nano-33-ble-sense "
      "--per-op\n"
      "tinyml arena-size person_detect.tflite --target cortex-m4+reference "
      "--target esp32s3 --budget 96K");
  AddModelArgument(command, options->model);
  AddTargetsOption(command, options->targets,
                   "A core, a board or the path of a profile, with +KERNELS "
                   "and :KEY=VALUE,... if wanted (repeatable; default: " +
                       std::string(Target::kDefaultName) + ")");
  command->add_flag("--all-targets", options->all_targets,
                    "Every core and board that tinyml knows");
  AddFormatOption(command, {"text", "json", "markdown", "csv"},
                  options->format);
  command->add_flag("--per-op", options->per_operator,
                    "List persistent and scratch bytes of every operator");
  command
      ->add_option("--resource-variables", options->resource_variables,
                   "How many resource variables the application creates; "
                   "default: as many as the model names")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20).description(""));
  AddSizeOption(command, "--budget", options->budget_bytes,
                "Exit with 1 if a target needs a larger arena");
  AddOutputOption(command, options->output);
  OnRun(command, context,
        [options, &context] { return ArenaSize(*options, context.console); });
}

}  // namespace tinyml::cli
