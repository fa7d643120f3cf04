// tinyml arena-size: what arena a model needs, on which target.
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/arena.h"
#include "tinyml/arena_diff.h"
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
  std::vector<std::string> diff;  // None, or two targets.
  std::string max_growth;
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

// How much the required arena may grow: bytes, or a share of what it was.
struct Growth {
  int64_t bytes = 0;
  std::optional<double> percent;

  bool Allows(int64_t before, int64_t change) const {
    if (!percent) return change <= bytes;
    return static_cast<double>(change) <=
           static_cast<double>(before) * *percent / 100;
  }
};

Result<Growth> ParseGrowth(const std::string& text) {
  Growth growth;
  if (text.empty()) return growth;
  if (text.back() == '%') {
    const std::string number = text.substr(0, text.size() - 1);
    if (!number.empty() && number.size() < 10 &&
        number.find_first_not_of("0123456789.") == std::string::npos &&
        std::count(number.begin(), number.end(), '.') <= 1 && number != ".") {
      growth.percent = std::stod(number);
      return growth;
    }
  } else if (const Result<int64_t> bytes = ParseSize(text)) {
    growth.bytes = *bytes;
    return growth;
  }
  return Fail(ErrorCode::kUsage,
              "--max-growth: \"" + text +
                  "\" is neither a size nor a percentage: write 0, 2K or 1.5%");
}

// Exit codes: 1 if the second target needs more than is allowed, or refuses
// what the first runs; an error if the first one refuses the model too.
Result<ExitCode> DiffTargets(const Options& options, const Console& console) {
  if (!options.targets.empty() || options.all_targets || options.per_operator ||
      options.budget_bytes) {
    return Fail(ErrorCode::kUsage,
                "--diff names both targets and lists the operators itself: it "
                "excludes --target, --all-targets, --per-op and --budget");
  }
  if (options.format == ReportFormat::kCsv) {
    return Fail(ErrorCode::kUsage, "--diff has no CSV format");
  }
  const Result<Growth> growth = ParseGrowth(options.max_growth);
  if (!growth) return Fail(growth.error());
  const Result<std::vector<Target>> targets = ParseTargets(options.diff);
  if (!targets) return Fail(targets.error());
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);

  const ArenaDiffDocument document = DiffOnTargets(
      *file, targets->front(), targets->back(), {options.resource_variables});
  if (!document.refused_before.empty() && !document.refused_after.empty()) {
    return Fail(
        ErrorCode::kUnsupported,
        file->name + ": neither target runs it: " + document.refused_after);
  }
  if (Status written = WriteResult(options.output,
                                   FormatArenaDiff(document, options.format));
      !written) {
    return Fail(std::move(written.error()));
  }
  if (!document.refused_after.empty()) return ExitCode::kNo;
  if (!document.refused_before.empty()) return ExitCode::kSuccess;
  const ArenaDiff& diff = document.diff;
  return growth->Allows(diff.before.required_arena_bytes, diff.RequiredChange())
             ? ExitCode::kSuccess
             : ExitCode::kNo;
}

Result<ExitCode> ArenaSize(const Options& options, const Console& console) {
  if (!options.diff.empty()) return DiffTargets(options, console);
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
      "--target esp32s3 --budget 96K\n"
      "tinyml arena-size person_detect.tflite --diff "
      "esp32s3:kernels.revision=1.1.2 esp32s3");
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
  CLI::Option* diff =
      command
          ->add_option("--diff", options->diff,
                       "Say what moves, operator by operator, from target A "
                       "to target B; exit with 1 if B needs a larger arena")
          ->option_text("A B")
          ->expected(2);
  command
      ->add_option("--max-growth", options->max_growth,
                   "With --diff: how much larger it may be, as a size or a "
                   "percentage; default: 0")
      ->option_text("SIZE|P%")
      ->needs(diff);
  AddOutputOption(command, options->output);
  OnRun(command, context,
        [options, &context] { return ArenaSize(*options, context.console); });
}

}  // namespace tinyml::cli
