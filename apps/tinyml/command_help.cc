#include "apps/tinyml/command_help.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tinyml::cli {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (at <= text.size()) {
    const size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "SIZE" is a kind of value; "int8", "S" or "cc" is the value itself.
bool IsPlaceholder(const std::string& word) {
  return word.empty() || word.find('%') != std::string::npos ||
         (word.size() > 1 && std::ranges::none_of(word, [](char c) {
            return c >= 'a' && c <= 'z';
          }));
}

void FindKind(OptionHelp& option) {
  const std::string& name =
      option.argument.empty() ? option.value_name : option.argument;
  if (name.empty()) return;
  option.kind = ValueKind::kOther;
  constexpr std::array<std::string_view, 3> kFiles = {"MODEL", "DATA",
                                                      "PROJECT"};
  if (name == "T" || name == "A B") {
    option.kind = ValueKind::kTarget;
  } else if (std::ranges::find(kFiles, name) != kFiles.end() ||
             name.find("FILE") != std::string::npos) {
    option.kind = ValueKind::kFile;
  } else if (option.value_name.find('|') != std::string::npos) {
    std::vector<std::string> choices = Split(option.value_name, '|');
    if (std::ranges::none_of(choices, IsPlaceholder)) {
      option.kind = ValueKind::kChoice;
      option.choices = std::move(choices);
    }
  }
}

CommandHelp DescribeCommand(const CLI::App& app, const std::string& name) {
  CommandHelp command;
  command.name = name;
  command.description = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    OptionHelp help;
    for (const std::string& letter : option->get_snames()) {
      help.names.push_back("-" + letter);
    }
    for (const std::string& word : option->get_lnames()) {
      help.names.push_back("--" + word);
    }
    help.description = option->get_description();
    help.group = option->get_group();
    help.required = option->get_required();
    const bool is_argument = help.names.empty();
    if (is_argument) help.argument = option->get_name();
    if (option->get_items_expected_max() > 0) {
      help.value_name = option->get_option_text().empty()
                            ? option->get_type_name()
                            : option->get_option_text();
    }
    FindKind(help);
    (is_argument ? command.arguments : command.options)
        .push_back(std::move(help));
  }
  return command;
}

}  // namespace

std::vector<CommandHelp> HelpOf(const CLI::App& app) {
  std::vector<CommandHelp> commands = {DescribeCommand(app, "")};
  for (const CLI::App* command : app.get_subcommands({})) {
    commands.push_back(DescribeCommand(*command, command->get_name()));
  }
  return commands;
}

}  // namespace tinyml::cli
