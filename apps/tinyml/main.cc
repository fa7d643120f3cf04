// The program: understands the command line, runs one subcommand, and turns its
// result into messages and an exit code.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "base/log.h"
#include "base/text.h"
#include "tinyml/version.h"

namespace tinyml::cli {
namespace {

constexpr const char* kDescription =
    "Prepares models for TensorFlow Lite for Microcontrollers and sizes their "
    "memory.";

std::string VersionText() {
  std::string text = fmt::format("tinyml {}\n", TINYML_VERSION_STRING);
  for (const UpstreamRevision& upstream : ModelledRevisions()) {
    text += fmt::format("{} {}\n", upstream.project, upstream.revision);
  }
  return text;
}

void AddGlobalOptions(CLI::App& app, Context& context) {
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", VersionText,
                       "Show the version, and the revisions of the runtime and "
                       "the kernel libraries that it models");
  app.add_flag_callback(
      "-q,--quiet",
      [&context] { context.console.set_verbosity(Verbosity::kQuiet); },
      "Show errors only");
  app.add_flag_function(
      "-v,--verbose",
      [&context](int64_t count) {
        context.console.set_verbosity(count > 1 ? Verbosity::kDebug
                                                : Verbosity::kVerbose);
      },
      "Show what is done and how long it takes; -vv shows more");
  app.add_option_function<std::string>(
         "--log-file",
         [&context](const std::string& path) {
           context.console.set_log_file(path);
         },
         "Also write all messages to FILE, with the time, as -vv shows them")
      ->type_name("FILE");
  static const std::map<std::string, ColorMode> kModes = {
      {"auto", ColorMode::kAuto},
      {"always", ColorMode::kAlways},
      {"never", ColorMode::kNever}};
  app.add_option_function<std::string>(
         "--color",
         [&context](const std::string& mode) {
           context.console.set_color(kModes.at(mode));
         },
         "Colour the output; auto heeds NO_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
      ->type_name("auto|always|never");
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

std::string Suggestion(std::string_view word,
                       const std::vector<std::string>& candidates) {
  const std::string_view closest = ClosestTo(word, candidates);
  if (closest.empty()) return "";
  return fmt::format("; did you mean \"{}\"?", closest);
}

// One sentence for what is wrong with the command line.
std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> given = app.get_subcommands();
  const std::vector<std::string> remaining = app.remaining(true);
  if (given.empty()) {
    const auto word = std::ranges::find_if(
        remaining, [](const std::string& s) { return !s.starts_with('-'); });
    if (word != remaining.end()) {
      const std::string suggestion = Suggestion(*word, CommandNames(app));
      return fmt::format(
          "there is no command \"{}\"{}", *word,
          suggestion.empty() ? "; see tinyml --help" : suggestion);
    }
  }
  const std::string help = fmt::format(
      "; see tinyml {}--help",
      given.empty() ? std::string() : given.back()->get_name() + " ");
  if (!remaining.empty()) {
    std::string suggestion;
    if (remaining.front().starts_with("--")) {
      const CLI::App& command = given.empty() ? app : *given.back();
      const std::string word =
          remaining.front().substr(0, remaining.front().find('='));
      suggestion = Suggestion(word, OptionNames(command));
    }
    return fmt::format("unexpected argument \"{}\"{}", remaining.front(),
                       suggestion.empty() ? help : suggestion);
  }
  if (given.empty() && dynamic_cast<const CLI::RequiredError*>(&error)) {
    return "a command is missing" + help;
  }
  return error.what() + help;
}

int Finish(const Context& context, const Result<ExitCode>& result) {
  context.console.EndProgress();
  if (result.has_value()) return static_cast<int>(*result);
  context.console.Error(result.error().message);
  return static_cast<int>(ExitCodeOf(result.error().code));
}

// Prints what --help, --version and options that list something asked for.
Result<ExitCode> Show(std::string text) {
  if (Status written = WriteResult("-", std::move(text)); !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

struct CommandEntry {
  std::string_view name;
  void (*add)(CLI::App&, Context&);
};

constexpr CommandEntry kCommands[] = {
    {"convert", AddConvertCommand},       {"arena-size", AddArenaSizeCommand},
    {"check", AddCheckCommand},           {"inspect", AddInspectCommand},
    {"quantize", AddQuantizeCommand},     {"run", AddRunCommand},
    {"targets", AddTargetsCommand},       {"explain", AddExplainCommand},
    {"completion", AddCompletionCommand}, {"man", AddManCommand},
};

// Which commands a command line is understood with. To declare the options of
// one takes longer than many a command runs.
enum class Declared : uint8_t {
  kMentioned,  // Those whose names are among its words.
  kAll,
};

bool IsMentioned(std::string_view name, std::span<const char* const> words) {
  return std::ranges::find(words, name) != words.end();
}

void AddCommands(CLI::App& app, Context& context, Declared declared,
                 std::span<const char* const> words) {
  // These two write about all of them.
  if (IsMentioned("completion", words) || IsMentioned("man", words)) {
    declared = Declared::kAll;
  }
  for (const CommandEntry& command : kCommands) {
    if (declared == Declared::kAll || IsMentioned(command.name, words)) {
      command.add(app, context);
    }
  }
}

// Nothing if all commands are needed to say what is wrong, or for help.
std::optional<int> RunWith(Declared declared, int argc, const char* const* argv,
                           Context& context) {
  CLI::App app(kDescription, "tinyml");
  app.require_subcommand(1);
  app.footer(
      "Each command has its own help: tinyml convert --help\n"
      "\n"
      "Exit codes: 0 success; 1 the answer is \"no\"; 2 wrong usage; 3 invalid "
      "or\nunsupported input; 4 cannot read or write; 5 internal error.");
  AddGlobalOptions(app, context);
  AddCommands(app, context, declared, {argv, static_cast<size_t>(argc)});
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& request) {
    return Finish(context, Show(request.what()));
  } catch (const CLI::ParseError& error) {
    if (declared != Declared::kAll) return std::nullopt;
    if (dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr) {
      return Finish(context, Show(app.help()));
    }
    return Finish(context, Fail(ErrorCode::kUsage, UsageMessage(app, error)));
  }
  if (Status started = context.console.Start(); !started) {
    return Finish(context, Fail(std::move(started.error())));
  }
  Log(LogLevel::kDebug, "tinyml {}: {}", TINYML_VERSION_STRING,
      fmt::join(argv + 1, argv + argc, " "));
  const Stopwatch stopwatch;
  const int code = Finish(context, context.action());
  Log(LogLevel::kDebug, "exit code {} {}", code, stopwatch.Text());
  return code;
}

int Run(int argc, const char* const* argv, Context& context) {
  const auto code = RunWith(Declared::kMentioned, argc, argv, context);
  return code.has_value() ? *code
                          : *RunWith(Declared::kAll, argc, argv, context);
}

}  // namespace
}  // namespace tinyml::cli

int main(int argc, char** argv) {
  using tinyml::cli::ExitCode;
  tinyml::cli::Context context;
  try {
    return tinyml::cli::Run(argc, argv, context);
  } catch (const std::bad_alloc&) {
    context.console.Error("out of memory");
  } catch (const std::exception& exception) {
    context.console.Error(std::string("internal error: ") + exception.what());
  } catch (...) {
    context.console.Error("internal error");
  }
  return static_cast<int>(ExitCode::kInternal);
}
