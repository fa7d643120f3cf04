// What the subcommands share: how they join the program, and how they write
// results and messages. The options that several of them have are in options.h.
//
// A subcommand lives in a file of its own. Its Add function declares its
// options and says what to run:
//
//   void AddInspectCommand(CLI::App& app, Context& context) {
//     struct Options { ModelArgument model; };
//     auto options = std::make_shared<Options>();
//     CLI::App* command = AddCommand(app, "inspect", "Says what is in a model",
//                                    "tinyml inspect model.tflite");
//     AddModelArgument(command, options->model);
//     OnRun(command, context, [options, &context]() -> Result<ExitCode> {
//       ...
//     });
//   }
#ifndef TINYML_APPS_COMMAND_H_
#define TINYML_APPS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/tinyml/console.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/status.h"

namespace tinyml::cli {

enum class ExitCode : uint8_t {
  kSuccess = 0,
  kNo = 1,  // The answer is "no": over budget, a difference, a failed check.
  kUsage = 2,
  kInput = 3,
  kIo = 4,
  kInternal = 5,
};

// Returns the exit code for an error of the library.
ExitCode ExitCodeOf(ErrorCode code);

// What runs once the command line is understood.
using Action = std::function<Result<ExitCode>()>;

struct Context {
  Console console;
  Action action;  // Of the subcommand that was given.
};

// Adds a subcommand whose help ends with `example`, one command a line.
CLI::App* AddCommand(CLI::App& app, const std::string& name,
                     const std::string& description,
                     const std::string& example);

// Makes `action` what runs if `command` is given. `context` must outlive it.
void OnRun(CLI::App* command, Context& context, Action action);

// Writes `text` to `path`, "-" being standard output; all of it or nothing.
Status WriteResult(const std::string& path, Result<std::string> text);

// Shows each of `warnings`.
void Warn(const Console& console, const std::vector<std::string>& warnings);

// Shows each hazard as a line on standard error.
void ShowHazards(const Console& console,
                 const std::vector<TargetHazards>& targets);

// Whether a model meets a hazard on any of `targets`.
bool MeetsAny(const std::vector<TargetHazards>& targets);

// Shows the warnings about a model that was read; those of an ONNX model are
// notes on how it was imported.
void ShowWarnings(const Console& console, const ModelFile& file);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_COMMAND_H_
