#include "apps/tinyml/command.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <sstream>
#include <system_error>
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

CLI::Option* AddModelArgument(CLI::App* command, std::string& path) {
  return command
      ->add_option("MODEL", path, "A .tflite file; - is standard input")
      ->required();
}

CLI::Option* AddTargetsOption(CLI::App* command,
                              std::vector<std::string>& specs,
                              const std::string& description) {
  return command->add_option("-t,--target", specs, description)
      ->type_name("T")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* AddOutputOption(CLI::App* command, std::string& path) {
  return command
      ->add_option("-o,--output", path,
                   "Write the result to FILE; - is standard output")
      ->type_name("FILE");
}

CLI::Option* AddSizeOption(CLI::App* command, const std::string& name,
                           std::optional<int64_t>& bytes,
                           const std::string& description) {
  const auto parse = [name, &bytes](const std::string& text) {
    const Result<int64_t> size = ParseSize(text);
    if (!size) throw CLI::ValidationError(name, size.error().message);
    bytes = *size;
  };
  return command->add_option_function<std::string>(name, parse, description)
      ->type_name("SIZE");
}

CLI::Option* AddFormatOption(CLI::App* command,
                             const std::vector<std::string>& names,
                             ReportFormat& format) {
  std::string choices;
  for (const std::string& name : names) {
    if (!choices.empty()) choices += "|";
    choices += name;
  }
  return command
      ->add_option_function<std::string>(
          "-f,--format",
          [&format](const std::string& name) {
            format = FindReportFormat(name).value_or(format);
          },
          "How to show the result; default: text")
      ->check(CLI::IsMember(names).description(""))
      ->type_name(choices);
}

Result<int64_t> ParseSize(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  int shift = 0;
  bool well_formed =
      error == std::errc() && !text.empty() && text.front() != '-';
  if (well_formed && rest != end) {
    constexpr std::string_view kUnits = "KMG";
    const char unit =
        *rest >= 'a' ? static_cast<char>(*rest - 'a' + 'A') : *rest;
    const size_t power = kUnits.find(unit);
    well_formed = rest + 1 == end && power != std::string_view::npos;
    if (well_formed) shift = 10 * (static_cast<int>(power) + 1);
  }
  if (!well_formed || value > (INT64_MAX >> shift)) {
    return Fail(
        ErrorCode::kUsage,
        fmt::format("\"{}\" is not a size: write 262144, 256K or 1M", text));
  }
  return value << shift;
}

Result<std::vector<Target>> ParseTargets(
    const std::vector<std::string>& specs) {
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    Result<Target> target = Target::Parse(spec);
    if (!target) return Fail(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  return targets;
}

Status WriteResult(const std::string& path, std::string text) {
  const OutputFile file = TextFile(path.empty() ? "-" : path, std::move(text));
  return WriteFiles({&file, 1});
}

void Warn(const Console& console, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) console.Warning(warning);
}

}  // namespace tinyml::cli
