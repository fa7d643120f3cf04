// tinyml inspect: what is in a model, and whether the runtime runs it.
#include "tinyml/inspect.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct InspectFlags {
  ModelArgument model;
  std::vector<std::string> targets;
  bool nearest = false;
  ReportFormat format = ReportFormat::kText;
  bool per_operator = false;
  bool strict = false;
  std::string output = "-";
};

Result<ExitCode> InspectModel(const InspectFlags& options,
                              const Console& console) {
  const Result<std::vector<Target>> targets =
      ParseTargets(options.targets.empty() ? CoreNames() : options.targets,
                   options.nearest, console);
  if (!targets) return Fail(targets.error());
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());

  Inspection inspection = Inspect(file->model, *targets);
  inspection.size_bytes = static_cast<int64_t>(file->bytes.size());
  ReportStyle style;
  style.per_operator = options.per_operator;
  style.color = options.output == "-" && console.UsesColor(STDOUT_FILENO);
  Result<std::string> text =
      FormatInspection({file->name, Sha256(file->bytes), file->warnings},
                       inspection, options.format, style);
  if (Status written = WriteResult(options.output, std::move(text)); !written) {
    return Fail(std::move(written.error()));
  }
  const bool hazardous = std::ranges::any_of(
      inspection.targets,
      [](const TargetVerdict& verdict) { return !verdict.hazards.empty(); });
  return options.strict && hazardous ? ExitCode::kNo : ExitCode::kSuccess;
}

}  // namespace

void AddInspectCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<InspectFlags>();
  CLI::App* command = AddCommand(
      app, "inspect",
      "Say what is in a model, and on which targets the runtime runs it",
      "tinyml inspect person_detect.tflite --per-op");
  AddModelArgument(command, options->model);
  AddTargetsOption(command, options->targets, options->nearest,
                   "default: every core");
  AddOutputOption(command, options->output);
  AddFormatOption(command, {"text", "json"}, options->format);
  AddPerOperatorOption(command, options->per_operator, "and every tensor");
  AddStrictOption(command, options->strict);
  OnRun(command, context, [options, &context] {
    return InspectModel(*options, context.console);
  });
}

}  // namespace tinyml::cli
