// tinyml targets: the profiles of cores and boards.
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/distributions.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct TargetsFlags {
  std::string name;
  std::vector<std::string> targets;
  ModelArgument model;
  bool nearest = false;
  bool revisions = false;
  bool hazards = false;
  ReportFormat format = ReportFormat::kText;
  std::string output = "-";
};

// What the model that the user names, or a typical one, needs with each
// runtime that `target` may have.
Result<RuntimeComparison> CompareWith(const TargetsFlags& options,
                                      const Target& target,
                                      const Console& console) {
  if (options.model.path.empty()) return CompareRuntimes(target, nullptr);
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  ShowWarnings(console, *file);
  return CompareRuntimes(target, &*file);
}

// Every known hazard, or those that a target has.
Result<ExitCode> ShowKnownHazards(const TargetsFlags& options,
                                  const std::vector<std::string>& specs) {
  if (specs.size() > 1) {
    return Fail(ErrorCode::kUsage, "--hazards takes one target at most");
  }
  std::vector<KnownHazard> hazards;
  if (specs.empty()) {
    hazards = KnownHazards();
  } else {
    const Result<Target> target = Target::Parse(specs.front());
    if (!target) return Fail(target.error());
    hazards = KnownHazards(*target);
  }
  if (Status written =
          WriteResult(options.output, FormatHazards(hazards, options.format));
      !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

Result<ExitCode> ShowTargets(const TargetsFlags& options,
                             const Console& console) {
  std::vector<std::string> specs = options.targets;
  if (!options.name.empty()) specs.insert(specs.begin(), options.name);
  if (options.revisions) {
    if (!specs.empty() || !options.model.path.empty()) {
      return Fail(ErrorCode::kUsage,
                  "--revisions lists all revisions; it takes no target");
    }
    if (Status written =
            WriteResult(options.output,
                        FormatRevisions(KnownRevisions(), KnownDistributions(),
                                        options.format));
        !written) {
      return Fail(std::move(written.error()));
    }
    return ExitCode::kSuccess;
  }
  if (options.hazards) return ShowKnownHazards(options, specs);
  if (options.format == ReportFormat::kMarkdown) {
    return Fail(ErrorCode::kUsage, "--format markdown is for --hazards");
  }
  const Result<std::vector<Target>> parsed = ParseTargets(
      specs.empty() ? TargetNames() : specs, options.nearest, console);
  if (!parsed) return Fail(parsed.error());
  std::vector<TargetInfo> targets;
  for (const Target& target : *parsed) targets.push_back(target.info());
  std::optional<RuntimeComparison> runtimes;
  if (parsed->size() == 1) {
    auto compared = CompareWith(options, parsed->front(), console);
    if (!compared) return Fail(std::move(compared.error()));
    runtimes = std::move(*compared);
  } else if (!options.model.path.empty()) {
    return Fail(ErrorCode::kUsage,
                "--model compares the runtimes of one target: name it");
  }
  ReportStyle style;
  style.color = options.output == "-" && console.UsesColor(STDOUT_FILENO);
  if (Status written = WriteResult(
          options.output, FormatTargets(targets, options.format, style,
                                        runtimes ? &*runtimes : nullptr));
      !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

}  // namespace

void AddTargetsCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<TargetsFlags>();
  CLI::App* command = AddCommand(
      app, "targets",
      "List the cores and boards, or show one profile and the runtimes that "
      "may be chosen for it",
      "tinyml targets\n"
      "tinyml targets nano-33-ble-sense\n"
      "tinyml targets nano-33-ble-sense --model keywords.tflite\n"
      "tinyml targets --revisions\n"
      "tinyml targets esp32s3 --hazards");
  command->add_option("NAME", options->name, "The same as --target NAME");
  AddTargetsOption(command, options->targets, options->nearest, "default: all");
  AddOutputOption(command, options->output);
  AddFormatOption(command, {"text", "json", "markdown"}, options->format);
  command->add_flag(
      "--revisions", options->revisions,
      "List the known distributions, and the known revisions of runtimes and "
      "kernel libraries with what carries them and what changed in each");
  command
      ->add_option("--model", options->model.path,
                   "Also say what arena this model needs")
      ->type_name("MODEL");
  AddOnnxOptions(command, options->model.onnx);
  command->add_flag("--hazards", options->hazards,
                    "List the known defects of runtimes and kernel libraries, "
                    "or those of one target (also as markdown)");
  OnRun(command, context,
        [options, &context] { return ShowTargets(*options, context.console); });
}

}  // namespace tinyml::cli
