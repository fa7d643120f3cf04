// tinyml arena-size: the arena that a model needs on each target.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
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
  std::string model;
  std::vector<std::string> targets;
  bool all_targets = false;
  std::string format = "text";
  bool per_operator = false;
  std::optional<int> resource_variables;
  std::optional<int64_t> budget_bytes;
  std::string output;
};

ReportedModel Describe(const ModelFile& file) {
  ReportedModel model;
  model.path = file.name;
  model.sha256 = Sha256(file.bytes);
  model.size_bytes = static_cast<int64_t>(file.bytes.size());
  for (const Subgraph& subgraph : file.model.subgraphs) {
    model.operators += static_cast<int64_t>(subgraph.operators.size());
    model.tensors += static_cast<int64_t>(subgraph.tensors.size());
  }
  return model;
}

// kInput if no target can run the model, kNo if one needs more than the budget.
ExitCode Verdict(const ArenaDocument& document) {
  bool any_sized = false;
  bool over_budget = false;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report.has_value()) continue;
    any_sized = true;
    over_budget |= document.budget_bytes.has_value() &&
                   answer.report->required_arena_bytes > *document.budget_bytes;
  }
  if (!any_sized) return ExitCode::kInput;
  return over_budget ? ExitCode::kNo : ExitCode::kSuccess;
}

Result<ExitCode> SizeTargets(const Options& options, const Console& console) {
  std::vector<std::string> specs =
      options.all_targets ? TargetNames() : options.targets;
  if (specs.empty()) specs.emplace_back(Target::kDefaultName);
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    Result<Target> target = Target::Parse(spec);
    if (!target) return Fail(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  const Result<ModelFile> file = ReadModelFile(options.model);
  if (!file) return Fail(file.error());
  Warn(console, file->warnings);

  ArenaDocument document;
  document.model = Describe(*file);
  document.budget_bytes = options.budget_bytes;
  const ArenaOptions arena_options = {.resource_variables =
                                          options.resource_variables};
  for (const Target& target : targets) {
    Result<ArenaReport> report = SizeArena(file->model, target, arena_options);
    if (!report) {
      console.Error(target.info().name + ": " + report.error().message);
    } else {
      Warn(console, report->warnings);
    }
    document.targets.push_back({target.info(), std::move(report)});
  }
  const bool to_terminal = options.output.empty() || options.output == "-";
  const ReportStyle style = {
      .per_operator = options.per_operator,
      .color = to_terminal && console.UsesColor(STDOUT_FILENO)};
  const Status written = WriteResult(
      options.output,
      FormatArena(document, *FindReportFormat(options.format), style));
  if (!written) return Fail(written.error());
  return Verdict(document);
}

}  // namespace

void AddArenaSizeCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(
      app, "arena-size", "Say what tensor arena a model needs, to the byte",
      "tinyml arena-size person_detect.tflite --target cortex-m4 --budget 96K");
  command
      ->add_option("MODEL", options->model,
                   "A .tflite file; - is standard input")
      ->required();
  command
      ->add_option("--target", options->targets,
                   "A core, a board or a profile (repeatable); default: " +
                       std::string(Target::kDefaultName))
      ->type_name("T")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--all-targets", options->all_targets,
                    "Every core and board that tinyml knows");
  command->add_option("--format", options->format, "How to print the result")
      ->check(
          CLI::IsMember({"text", "json", "markdown", "csv"}).description(""))
      ->type_name("text|json|markdown|csv");
  command->add_flag("--per-op", options->per_operator,
                    "Text: list every operator");
  command
      ->add_option_function<int>(
          "--resource-variables",
          [options](int count) { options->resource_variables = count; },
          "How many the application creates from the same allocator; default: "
          "as many as the model names")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  AddSizeOption(command, "--budget", options->budget_bytes,
                "Exit with 1 if a target needs more");
  AddOutputOption(command, options->output);
  OnRun(command, context,
        [options, &context] { return SizeTargets(*options, context.console); });
}

}  // namespace tinyml::cli
