// tinyml targets: the profiles of cores and boards.
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct TargetsFlags {
  std::string name;
  std::vector<std::string> targets;
  bool nearest = false;
  bool revisions = false;
  ReportFormat format = ReportFormat::kText;
  std::string output = "-";
};

Result<ExitCode> ShowTargets(const TargetsFlags& options,
                             const Console& console) {
  std::vector<std::string> specs = options.targets;
  if (!options.name.empty()) specs.insert(specs.begin(), options.name);
  if (options.revisions) {
    if (!specs.empty()) {
      return Fail(ErrorCode::kUsage,
                  "--revisions lists all revisions; it takes no target");
    }
    if (Status written = WriteResult(
            options.output, FormatRevisions(KnownRevisions(), options.format));
        !written) {
      return Fail(std::move(written.error()));
    }
    return ExitCode::kSuccess;
  }
  const Result<std::vector<Target>> parsed = ParseTargets(
      specs.empty() ? TargetNames() : specs, options.nearest, console);
  if (!parsed) return Fail(parsed.error());
  std::vector<TargetInfo> targets;
  for (const Target& target : *parsed) targets.push_back(target.info());
  ReportStyle style;
  style.color = options.output == "-" && console.UsesColor(STDOUT_FILENO);
  if (Status written = WriteResult(
          options.output, FormatTargets(targets, options.format, style));
      !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

}  // namespace

void AddTargetsCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<TargetsFlags>();
  CLI::App* command = AddCommand(
      app, "targets", "List the cores and boards, or show one profile",
      "tinyml targets\n"
      "tinyml targets nano-33-ble-sense\n"
      "tinyml targets --revisions");
  command->add_option("NAME", options->name, "The same as --target NAME");
  AddTargetsOption(command, options->targets, options->nearest, "default: all");
  AddOutputOption(command, options->output);
  AddFormatOption(command, {"text", "json"}, options->format);
  command->add_flag(
      "--revisions", options->revisions,
      "List the known revisions of runtimes and kernel libraries, "
      "what carries them and what changed in each");
  OnRun(command, context,
        [options, &context] { return ShowTargets(*options, context.console); });
}

}  // namespace tinyml::cli
