// What the program's commands are, as data: made of what CLI11 was told, so
// that completions and manual pages say what --help says.
#ifndef TINYML_APPS_COMMAND_HELP_H_
#define TINYML_APPS_COMMAND_HELP_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tinyml::cli {

// What the value of an option or argument is, as far as a shell can help.
enum class ValueKind { kNone, kChoice, kTarget, kFile, kOther };

struct OptionHelp {
  std::vector<std::string> names;  // "-t", "--target"; none of an argument.
  std::string argument;            // Name of an argument: "MODEL".
  std::string value_name;          // "T", "text|json"; "" of a flag.
  std::string description;
  std::string group;
  bool required = false;
  ValueKind kind = ValueKind::kNone;
  std::vector<std::string> choices;
};

struct CommandHelp {
  std::string name;  // "" of the program itself.
  std::string description;
  std::string footer;  // Examples, or exit codes.
  std::vector<OptionHelp> options;
  std::vector<OptionHelp> arguments;
};

// The program first, then its commands.
std::vector<CommandHelp> HelpOf(const CLI::App& app);

// "tinyml", or "tinyml-check".
std::string FullName(const CommandHelp& command);

// Scripts that complete the program's commands in a shell.
std::string BashCompletion(const std::vector<CommandHelp>& commands);
std::string ZshCompletion(const std::vector<CommandHelp>& commands);
std::string FishCompletion(const std::vector<CommandHelp>& commands);

// The manual page of `command`, in roff for man(1).
std::string ManualPage(const CommandHelp& command,
                       const std::vector<CommandHelp>& commands);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_COMMAND_HELP_H_
