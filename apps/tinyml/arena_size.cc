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
#include "base/size.h"
#include "tinyml/arena.h"
#include "tinyml/arena_diff.h"
#include "tinyml/growth.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct ArenaSizeFlags {
  ModelArgument model;
  std::vector<std::string> targets;
  bool nearest = false;
  bool all_targets = false;
  ReportFormat format = ReportFormat::kText;
  bool per_operator = false;
  std::optional<int> resource_variables;
  std::optional<int64_t> budget_bytes;
  std::vector<std::string> diff;  // None, or two targets.
  std::string baseline;
  std::string max_growth;
  bool strict = false;
  std::string output = "-";
};

std::vector<std::string> TargetSpecs(const ArenaSizeFlags& options) {
  std::vector<std::string> specs = options.targets;
  if (options.all_targets) {
    for (std::string& name : TargetNames()) specs.push_back(std::move(name));
  }
  if (specs.empty()) specs.emplace_back(Target::kDefaultName);
  return specs;
}

std::vector<TargetHazards> HazardsOf(const ArenaDocument& document) {
  std::vector<TargetHazards> targets;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    targets.push_back({answer.target.name, answer.report->hazards});
  }
  return targets;
}

// Warnings and hazards that the format has no place for.
void ShowRuntimeWarnings(const ArenaDocument& document, ReportFormat format,
                         const Console& console) {
  if (format == ReportFormat::kText || format == ReportFormat::kJson ||
      format == ReportFormat::kHtml) {
    return;
  }
  if (format == ReportFormat::kCsv || format == ReportFormat::kSvg) {
    ShowHazards(console, HazardsOf(document));
  }
  std::set<std::string> shown;
  for (const TargetAnswer& answer : document.targets) {
    if (!answer.report) continue;
    for (const std::string& warning : answer.report->warnings) {
      // The parsing of targets has warned of that.
      if (warning == answer.target.nearest_note) continue;
      if (shown.insert(warning).second) console.Warning(warning);
    }
  }
}

Result<GrowthLimit> ParseGrowth(const std::string& text) {
  GrowthLimit growth;
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
Result<ExitCode> DiffTargets(const ArenaSizeFlags& options,
                             const Console& console) {
  if (!options.targets.empty() || options.all_targets || options.per_operator ||
      options.budget_bytes || !options.baseline.empty()) {
    return Fail(ErrorCode::kUsage,
                "--diff names both targets and lists the operators itself: it "
                "excludes --target, --all-targets, --per-op, --budget and "
                "--baseline");
  }
  if (options.format != ReportFormat::kText &&
      options.format != ReportFormat::kJson &&
      options.format != ReportFormat::kMarkdown) {
    return Fail(ErrorCode::kUsage,
                "--diff is shown as text, json or markdown only");
  }
  const Result<GrowthLimit> growth = ParseGrowth(options.max_growth);
  if (!growth) return Fail(growth.error());
  const Result<std::vector<Target>> targets =
      ParseTargets(options.diff, options.nearest, console);
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
  if (options.strict && !diff.after.hazards.empty()) return ExitCode::kNo;
  return growth->Allows(diff.before.required_arena_bytes, diff.RequiredChange())
             ? ExitCode::kSuccess
             : ExitCode::kNo;
}

// Compares with the report that was asked for, if one was.
Status CompareWithBaseline(const ArenaSizeFlags& options,
                           const Console& console, ArenaDocument* document) {
  if (options.baseline.empty()) return {};
  std::optional<GrowthLimit> limit;
  if (!options.max_growth.empty()) {
    Result<GrowthLimit> parsed = ParseGrowth(options.max_growth);
    if (!parsed) return Fail(std::move(parsed.error()));
    limit = *parsed;
  }
  const Result<ArenaDocument> baseline = ReadArenaReport(options.baseline);
  if (!baseline) return Fail(baseline.error());
  document->growth = CompareArenas(*baseline, *document, limit);
  document->growth->baseline_path = options.baseline;
  document->growth->limit = options.max_growth;
  std::string unknown;
  for (size_t i = 0; i < document->targets.size(); ++i) {
    if (document->growth->targets[i].kind != TargetGrowth::Kind::kNew) continue;
    if (!unknown.empty()) unknown += ", ";
    unknown += document->targets[i].target.name;
  }
  if (!unknown.empty()) {
    console.Warning(options.baseline + " has no figures for " + unknown);
  }
  return {};
}

// Whether a target needs more than it may, or the model meets a hazard that it
// must not meet.
bool IsOver(const ArenaSizeFlags& options, const ArenaDocument& document) {
  bool over = options.strict && MeetsAny(HazardsOf(document));
  for (const TargetAnswer& answer : document.targets) {
    over |= options.budget_bytes && answer.report &&
            answer.report->DeclareBytes() > *options.budget_bytes;
  }
  if (document.growth) {
    for (const TargetGrowth& growth : document.growth->targets) {
      over |= !growth.allowed;
    }
  }
  return over;
}

Result<ExitCode> ArenaSize(const ArenaSizeFlags& options,
                           const Console& console) {
  if (!options.diff.empty()) return DiffTargets(options, console);
  if (!options.max_growth.empty() && options.baseline.empty()) {
    return Fail(ErrorCode::kUsage,
                "--max-growth needs --baseline or --diff to say what grows");
  }
  const Result<std::vector<Target>> targets =
      ParseTargets(TargetSpecs(options), options.nearest, console);
  if (!targets) return Fail(targets.error());
  if (options.format == ReportFormat::kSvg && targets->size() != 1) {
    return Fail(ErrorCode::kUsage,
                "--format svg draws one target: name one, or take html");
  }
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);

  const bool with_graph = !options.baseline.empty() ||
                          options.format == ReportFormat::kJson ||
                          options.format == ReportFormat::kHtml ||
                          options.format == ReportFormat::kSvg;
  ArenaDocument document =
      SizeOnTargets(*file, *targets, {options.resource_variables},
                    options.budget_bytes, with_graph);
  if (Status compared = CompareWithBaseline(options, console, &document);
      !compared) {
    return Fail(std::move(compared.error()));
  }
  document.strict = options.strict;
  ShowRuntimeWarnings(document, options.format, console);
  ReportStyle style;
  style.per_operator = options.per_operator;
  style.color = options.output == "-" && console.UsesColor(STDOUT_FILENO);
  if (Status written = WriteResult(
          options.output, FormatArena(document, options.format, style));
      !written) {
    return Fail(std::move(written.error()));
  }

  const bool any = std::any_of(
      document.targets.begin(), document.targets.end(),
      [](const TargetAnswer& answer) { return answer.report.has_value(); });
  if (!any) {
    const Error& error = document.targets.front().report.error();
    if (error.code == ErrorCode::kInternal) return Fail(error);
    console.Error(document.targets.size() == 1
                      ? file->name + ": " + error.message
                      : file->name + ": no target runs it: " + error.message);
    return ExitCode::kInput;
  }
  return IsOver(options, document) ? ExitCode::kNo : ExitCode::kSuccess;
}

}  // namespace

void AddArenaSizeCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ArenaSizeFlags>();
  CLI::App* command = AddCommand(
      app, "arena-size",
      "Say what arena a model needs, to the byte, on each target",
      "tinyml arena-size person_detect.tflite --target nano-33-ble-sense "
      "--per-op\n"
      "tinyml arena-size person_detect.tflite --target cortex-m4+reference "
      "--target esp32s3 --budget 96K\n"
      "tinyml arena-size person_detect.tflite --diff "
      "esp32s3:kernels.revision=1.1.2 esp32s3\n"
      "tinyml arena-size person_detect.tflite --all-targets --format html "
      "-o arena.html\n"
      "tinyml arena-size person_detect.tflite --baseline main.json "
      "--max-growth 2% --format markdown");
  AddModelArgument(command, options->model);
  AddTargetsOption(command, options->targets, options->nearest,
                   "default: " + std::string(Target::kDefaultName));
  command->add_flag("--all-targets", options->all_targets,
                    "Every core and board that tinyml knows");
  AddOutputOption(command, options->output);
  AddFormatOption(command,
                  {"text", "json", "markdown", "csv", "html", "svg", "junit"},
                  options->format);
  AddPerOperatorOption(command, options->per_operator,
                       "with its persistent and scratch bytes");
  AddResourceVariablesOption(command, options->resource_variables);
  AddStrictOption(command, options->strict);
  AddSizeOption(command, "--budget", options->budget_bytes,
                "Exit with 1 if a target needs a larger arena");
  command
      ->add_option("--diff", options->diff,
                   "Say what changes, operator by operator, from target A to "
                   "target B; exit with 1 if B needs a larger arena")
      ->option_text("A B")
      ->expected(2);
  command
      ->add_option("--baseline", options->baseline,
                   "An earlier report (--format json): say what grew since, by "
                   "how much, and because of which operators")
      ->type_name("OLD.json");
  command
      ->add_option("--max-growth", options->max_growth,
                   "How much larger the arena may be, as a size or a "
                   "percentage; exit with 1 beyond it (default: 0 with --diff, "
                   "no limit with --baseline)")
      ->option_text("SIZE|P%");
  OnRun(command, context,
        [options, &context] { return ArenaSize(*options, context.console); });
}

}  // namespace tinyml::cli
