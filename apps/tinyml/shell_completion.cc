// Completions for bash, zsh and fish.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tinyml/command_help.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

std::string Joined(const std::vector<std::string>& words,
                   std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::vector<std::string> CommandNames(
    const std::vector<CommandHelp>& commands) {
  std::vector<std::string> names;
  for (size_t i = 1; i < commands.size(); ++i) {
    names.push_back(commands[i].name);
  }
  return names;
}

// `text` between single quotes of a shell.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// The words that a value may be; none where any file or text may stand.
std::vector<std::string> Words(const OptionHelp& option) {
  if (option.kind == ValueKind::kTarget) return TargetNames();
  return option.choices;
}

// The argument of "targets" is a target, too.
bool TakesTarget(const CommandHelp& command) {
  return command.name == "targets";
}

// What bash does for the value of `option`.
std::string BashValue(const OptionHelp& option) {
  if (option.kind == ValueKind::kFile) return "compopt -o default";
  const std::vector<std::string> words = Words(option);
  if (words.empty()) return ":";
  return fmt::format("mapfile -t COMPREPLY < <(compgen -W {} -- \"$cur\")",
                     Quoted(Joined(words, " ")));
}

// An argument's help in zsh, in which brackets and colons have a meaning.
std::string ZshText(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string ZshAction(const OptionHelp& option) {
  if (option.kind == ValueKind::kFile) return "_files";
  const std::vector<std::string> words = Words(option);
  return words.empty() ? "" : "(" + Joined(words, " ") + ")";
}

void AddZshArguments(const CommandHelp& command, std::string& text) {
  for (const OptionHelp& option : command.options) {
    for (const std::string& name : option.names) {
      std::string spec = "*" + name;
      if (!option.value_name.empty() && name.starts_with("--")) spec += "=";
      spec += "[" + ZshText(option.description) + "]";
      if (!option.value_name.empty()) {
        spec += ":" + ZshText(option.value_name) + ":" + ZshAction(option);
      }
      text += fmt::format("        {} \\\n", Quoted(spec));
    }
  }
}

}  // namespace

std::string BashCompletion(const std::vector<CommandHelp>& commands) {
  std::string values;
  std::string words;
  for (const CommandHelp& command : commands) {
    std::vector<std::string> names;
    for (const OptionHelp& option : command.options) {
      names.insert(names.end(), option.names.begin(), option.names.end());
      if (option.value_name.empty()) continue;
      std::vector<std::string> cases;
      for (const std::string& name : option.names) {
        // The program's own options may come after a command.
        cases.push_back((command.name.empty() ? "*" : command.name) + ":" +
                        name);
      }
      values += fmt::format("    {}) {}; return ;;\n", Joined(cases, "|"),
                            BashValue(option));
    }
    if (!command.name.empty()) {
      const std::vector<OptionHelp>& own = commands.front().options;
      for (const OptionHelp& option : own) {
        names.insert(names.end(), option.names.begin(), option.names.end());
      }
      std::ranges::sort(names);
      names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    words += fmt::format("      {}) words={} ;;\n",
                         command.name.empty() ? "''" : command.name,
                         Quoted(Joined(names, " ")));
  }
  std::string arguments;
  for (const CommandHelp& command : commands) {
    if (command.arguments.empty()) continue;
    OptionHelp argument = command.arguments.front();
    if (TakesTarget(command)) argument.kind = ValueKind::kTarget;
    arguments +=
        fmt::format("    {}) {} ;;\n", command.name, BashValue(argument));
  }
  const std::vector<std::string> names = CommandNames(commands);
  return fmt::format(
      R"(# Completion of tinyml for bash, written by "tinyml completion bash".
_tinyml() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command='' words='' i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      {0}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  COMPREPLY=()
  case $command:$prev in
{1}  esac
  if [[ $cur == -* ]]; then
    case $command in
{2}    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    return
  fi
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W '{3}' -- "$cur") ;;
{4}  esac
}}
complete -F _tinyml tinyml
)",
      Joined(names, "|"), values, words, Joined(names, " "), arguments);
}

std::string ZshCompletion(const std::vector<CommandHelp>& commands) {
  std::string text =
      "#compdef tinyml\n"
      "# Completion of tinyml for zsh, written by \"tinyml completion zsh\".\n"
      "_tinyml() {\n"
      "  local context state state_descr line\n"
      "  typeset -A opt_args\n"
      "  _arguments -C \\\n";
  AddZshArguments(commands.front(), text);
  text +=
      "        '1:command:->command' \\\n"
      "        '*::argument:->argument' && return\n"
      "  case $state in\n"
      "    command)\n"
      "      local -a commands=(\n";
  for (size_t i = 1; i < commands.size(); ++i) {
    text += fmt::format(
        "        {}\n",
        Quoted(commands[i].name + ":" + ZshText(commands[i].description)));
  }
  text +=
      "      )\n"
      "      _describe command commands\n"
      "      ;;\n"
      "    argument)\n"
      "      case $line[1] in\n";
  for (size_t i = 1; i < commands.size(); ++i) {
    const CommandHelp& command = commands[i];
    text += fmt::format("      {})\n        _arguments \\\n", command.name);
    AddZshArguments(command, text);
    if (command.arguments.empty()) {
      text += "        && return\n";
    } else {
      OptionHelp argument = command.arguments.front();
      if (TakesTarget(command)) argument.kind = ValueKind::kTarget;
      text += fmt::format("        {} && return\n",
                          Quoted("*:" + ZshText(argument.argument) + ":" +
                                 ZshAction(argument)));
    }
    text += "        ;;\n";
  }
  text +=
      "      esac\n"
      "      ;;\n"
      "  esac\n"
      "}\n"
      // Works sourced as well as found in $fpath.
      "if [[ $funcstack[1] == _tinyml ]]; then _tinyml \"$@\"; else compdef "
      "_tinyml tinyml; fi\n";
  return text;
}

std::string FishCompletion(const std::vector<CommandHelp>& commands) {
  std::string text =
      "# Completion of tinyml for fish, written by \"tinyml completion "
      "fish\".\n"
      "complete -c tinyml -f\n";
  for (const CommandHelp& command : commands) {
    std::string when;
    if (!command.name.empty()) {
      text += fmt::format(
          "complete -c tinyml -n __fish_use_subcommand -a {} -d {}\n",
          command.name, Quoted(command.description));
      when = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
    }
    for (const OptionHelp& option : command.options) {
      text += "complete -c tinyml" + when;
      for (const std::string& name : option.names) {
        text += name.starts_with("--") ? " -l " + name.substr(2)
                                       : " -s " + name.substr(1);
      }
      if (!option.value_name.empty()) {
        const std::vector<std::string> words = Words(option);
        text += option.kind == ValueKind::kFile ? " -r -F" : " -x";
        if (!words.empty()) text += " -a " + Quoted(Joined(words, " "));
      }
      text += " -d " + Quoted(option.description) + "\n";
    }
    if (command.arguments.empty()) continue;
    OptionHelp argument = command.arguments.front();
    if (TakesTarget(command)) argument.kind = ValueKind::kTarget;
    const std::vector<std::string> words = Words(argument);
    if (argument.kind == ValueKind::kFile) {
      text += fmt::format("complete -c tinyml{} -F\n", when);
    } else if (!words.empty()) {
      text += fmt::format("complete -c tinyml{} -a {}\n", when,
                          Quoted(Joined(words, " ")));
    }
  }
  return text;
}

}  // namespace tinyml::cli
