// tinyml completion, tinyml man: what the shell and man(1) want of the program.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/command_help.h"
#include "apps/tinyml/commands.h"
#include "tinyml/output.h"

namespace tinyml::cli {
namespace {

struct CompletionFlags {
  std::string what;
  std::string all;  // A folder for all manual pages.
  std::string output = "-";
};

Result<ExitCode> Write(const std::string& path, std::string text) {
  if (Status written = WriteResult(path, std::move(text)); !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

Result<ExitCode> Complete(const CompletionFlags& options, const CLI::App& app) {
  const std::vector<CommandHelp> commands = HelpOf(app);
  if (options.what == "bash") {
    return Write(options.output, BashCompletion(commands));
  }
  if (options.what == "zsh") {
    return Write(options.output, ZshCompletion(commands));
  }
  return Write(options.output, FishCompletion(commands));
}

Result<ExitCode> Manual(const CompletionFlags& options, const CLI::App& app) {
  const std::vector<CommandHelp> commands = HelpOf(app);
  if (!options.all.empty()) {
    std::vector<OutputFile> files;
    for (const CommandHelp& command : commands) {
      files.push_back(TextFile(options.all + "/" + FullName(command) + ".1",
                               ManualPage(command, commands)));
    }
    if (Status written = WriteFiles(files); !written) {
      return Fail(std::move(written.error()));
    }
    return ExitCode::kSuccess;
  }
  for (const CommandHelp& command : commands) {
    if (command.name == options.what) {
      return Write(options.output, ManualPage(command, commands));
    }
  }
  return Fail(ErrorCode::kUsage, "there is no command \"" + options.what +
                                     "\"; see tinyml --help");
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<CompletionFlags>();
  CLI::App* command = AddCommand(
      app, "completion", "Write the completion script of a shell",
      "source <(tinyml completion bash)\n"
      "tinyml completion zsh -o ~/.zfunc/_tinyml\n"
      "tinyml completion fish -o ~/.config/fish/completions/tinyml.fish");
  command->add_option("SHELL", options->what, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->type_name("bash|zsh|fish");
  AddOutputOption(command, options->output);
  OnRun(command, context, [options, &app] { return Complete(*options, app); });
}

void AddManCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<CompletionFlags>();
  CLI::App* command =
      AddCommand(app, "man", "Write the manual page of a command",
                 "tinyml man check | man -l -\n"
                 "tinyml man --all share/man/man1");
  command->add_option("COMMAND", options->what,
                      "Which one (default: the program itself)");
  command
      ->add_option("--all", options->all,
                   "Write all pages into a folder, each to a file of its own")
      ->type_name("DIR");
  AddOutputOption(command, options->output);
  OnRun(command, context, [options, &app] { return Manual(*options, app); });
}

}  // namespace tinyml::cli
