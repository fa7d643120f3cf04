#include "apps/tinyml/command.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "tinyml/output.h"

namespace tinyml::cli {

ExitCode ExitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return ExitCode::kUsage;
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
      return ExitCode::kInput;
    case ErrorCode::kIo:
      return ExitCode::kIo;
    case ErrorCode::kCancelled:  // No command cancels.
    case ErrorCode::kInternal:
      break;
  }
  return ExitCode::kInternal;
}

CLI::App* AddCommand(CLI::App& app, const std::string& name,
                     const std::string& description,
                     const std::string& example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->fallthrough();
  std::string footer = "Example:";
  std::istringstream lines(example);
  for (std::string line; std::getline(lines, line);) {
    footer += "\n  " + line;
  }
  command->footer(footer);
  return command;
}

void OnRun(CLI::App* command, Context& context, Action action) {
  command->callback(
      [&context, action = std::move(action)] { context.action = action; });
}

Status WriteResult(const std::string& path, Result<std::string> text) {
  if (!text) return Fail(std::move(text.error()));
  const OutputFile file = TextFile(path.empty() ? "-" : path, std::move(*text));
  return WriteFiles({&file, 1});
}

void Warn(const Console& console, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) console.Warning(warning);
}

void ShowHazards(const Console& console,
                 const std::vector<TargetHazards>& targets) {
  for (const HazardNote& note : DescribeHazards(targets)) {
    console.Hazard(note.title + " (" + note.advice + ")");
  }
}

bool MeetsAny(const std::vector<TargetHazards>& targets) {
  return std::ranges::any_of(targets, [](const TargetHazards& target) {
    return !target.hazards.empty();
  });
}

void ShowWarnings(const Console& console, const ModelFile& file) {
  for (const std::string& warning : file.warnings) {
    if (file.from_onnx) {
      console.Note(warning);
    } else {
      console.Warning(warning);
    }
  }
}

}  // namespace tinyml::cli
