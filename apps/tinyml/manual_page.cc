// Manual pages in roff, with the macros of man(7).
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tinyml/command_help.h"
#include "tinyml/version.h"

namespace tinyml::cli {
namespace {

// `text` as roff prints it, whatever characters it has.
std::string Roff(std::string_view text) {
  std::string roff;
  bool line_start = true;
  for (const char c : text) {
    // A control line starts with one of these.
    if (line_start && (c == '.' || c == '\'')) roff += "\\&";
    if (c == '\\') {
      roff += "\\e";
    } else if (c == '-') {
      roff += "\\-";
    } else if (c == '"') {
      roff += "\\(dq";
    } else if (c == '\'') {
      roff += "\\(aq";
    } else if (c == '^') {
      roff += "\\(ha";
    } else if (c == '~') {
      roff += "\\(ti";
    } else {
      roff += c;
    }
    line_start = c == '\n';
  }
  return roff;
}

std::string Upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string Item(const OptionHelp& option) {
  std::string names;
  for (const std::string& name : option.names) {
    if (!names.empty()) names += ", ";
    names += "\\fB" + Roff(name) + "\\fP";
  }
  if (!option.argument.empty()) {
    names = "\\fI" + Roff(option.argument) + "\\fP";
  } else if (!option.value_name.empty()) {
    names += " \\fI" + Roff(option.value_name) + "\\fP";
  }
  return fmt::format(".TP\n{}\n{}{}\n", names, Roff(option.description),
                     option.required ? " (required)" : "");
}

std::string Synopsis(const CommandHelp& command) {
  std::string line = "\\fBtinyml\\fP";
  if (command.name.empty()) return line + " [options] \\fIcommand\\fP ...\n";
  line += " \\fB" + Roff(command.name) + "\\fP [options]";
  for (const OptionHelp& argument : command.arguments) {
    const std::string name = "\\fI" + Roff(argument.argument) + "\\fP";
    line += argument.required ? " " + name : " [" + name + "]";
  }
  return line + "\n";
}

}  // namespace

std::string FullName(const CommandHelp& command) {
  return command.name.empty() ? "tinyml" : "tinyml-" + command.name;
}

std::string ManualPage(const CommandHelp& command,
                       const std::vector<CommandHelp>& commands) {
  const std::string name = FullName(command);
  std::string text = fmt::format(
      ".\\\" Made by tinyml from its own help.\n"
      ".TH {} 1 \"\" \"tinyml {}\" \"tinyml\"\n"
      ".SH NAME\n{} \\- {}\n"
      ".SH SYNOPSIS\n{}",
      Roff(Upper(name)), TINYML_VERSION_STRING, Roff(name),
      Roff(command.description), Synopsis(command));
  if (command.name.empty()) {
    text += ".SH COMMANDS\n";
    for (size_t i = 1; i < commands.size(); ++i) {
      text += fmt::format(".TP\n\\fB{}\\fP\n{}\n", Roff(commands[i].name),
                          Roff(commands[i].description));
    }
  }
  if (!command.arguments.empty()) {
    text += ".SH ARGUMENTS\n";
    for (const OptionHelp& argument : command.arguments) text += Item(argument);
  }
  // A section for each group, the general one first.
  std::vector<std::string> groups = {"Options"};
  for (const OptionHelp& option : command.options) {
    if (std::set<std::string>(groups.begin(), groups.end())
            .insert(option.group)
            .second) {
      groups.push_back(option.group);
    }
  }
  for (const std::string& group : groups) {
    text += ".SH " + Roff(Upper(group)) + "\n";
    for (const OptionHelp& option : command.options) {
      if (option.group == group) text += Item(option);
    }
  }
  if (command.name.empty()) {
    text += ".SH NOTES\n.nf\n" + Roff(command.footer) + "\n.fi\n";
  } else {
    // The footer is "Example:" and a line for each.
    std::istringstream lines(command.footer);
    std::string line;
    std::getline(lines, line);
    text += ".SH EXAMPLES\n.nf\n";
    while (std::getline(lines, line)) {
      text += Roff(line.substr(std::min<size_t>(2, line.size()))) + "\n";
    }
    text +=
        ".fi\n.SH \"EXIT STATUS\"\n0 success; 1 the answer is \\(dqno\\(dq; 2 "
        "wrong usage; 3 invalid or unsupported input; 4 cannot read or write; "
        "5 internal error.\n";
  }
  text += ".SH \"SEE ALSO\"\n";
  std::string others;
  for (const CommandHelp& other : commands) {
    if (other.name == command.name) continue;
    if (!others.empty()) others += ",\n";
    others += "\\fB" + Roff(FullName(other)) + "\\fP(1)";
  }
  return text + others + "\n";
}

}  // namespace tinyml::cli
