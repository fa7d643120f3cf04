// What the subcommands share: how they join the program, and how they read
// options and write results.
//
// A subcommand lives in a file of its own. Its Add function declares its
// options and says what to run:
//
//   void AddInspectCommand(CLI::App& app, Context& context) {
//     struct Options { std::string model; };
//     auto options = std::make_shared<Options>();
//     CLI::App* command = AddCommand(app, "inspect", "Says what is in a model",
//                                    "tinyml inspect model.tflite");
//     command->add_option("MODEL", options->model, "...")->required();
//     OnRun(command, context, [options, &context]() -> Result<ExitCode> {
//       ...
//     });
//   }
#ifndef TINYML_APPS_COMMAND_H_
#define TINYML_APPS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tinyml/console.h"
#include "base/size.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

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

// The model that a command reads, and how, if it is an ONNX model.
struct ModelArgument {
  std::string path;
  OnnxOptions onnx;
};

// Adds "MODEL", the file to read, with "--io-layout" and "--input-shape".
void AddModelArgument(CLI::App* command, ModelArgument& model);

// Reads it. Fails with kUsage for options of ONNX models where it is none.
Result<ModelFile> ReadModel(const ModelArgument& model);

// Adds "-t,--target", which may be given several times.
CLI::Option* AddTargetsOption(CLI::App* command,
                              std::vector<std::string>& specs,
                              const std::string& description);

// Adds "-o,--output", where a result goes; standard output by default.
CLI::Option* AddOutputOption(CLI::App* command, std::string& path);

// Adds an option that takes a size such as 262144, 256K or 1M.
CLI::Option* AddSizeOption(CLI::App* command, const std::string& name,
                           std::optional<int64_t>& bytes,
                           const std::string& description);

// Adds "-f,--format", one of `names`, which are report formats; text by
// default.
CLI::Option* AddFormatOption(CLI::App* command,
                             const std::vector<std::string>& names,
                             ReportFormat& format);

// Adds an option whose values are the names in `values`; `set` is called with
// what was chosen.
template <typename Enum, typename Set>
CLI::Option* AddChoice(CLI::App* command, const std::string& name,
                       const std::map<std::string, Enum>& values,
                       const std::string& type_name,
                       const std::string& description, Set set) {
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const auto& [value_name, value] : values) names.push_back(value_name);
  return command
      ->add_option_function<std::string>(
          name,
          [values, set](const std::string& value) { set(values.at(value)); },
          description)
      ->check(CLI::IsMember(names).description(""))
      ->type_name(type_name);
}

// Parses each of `specs`.
Result<std::vector<Target>> ParseTargets(const std::vector<std::string>& specs);

// Writes `text` to `path`, "-" being standard output; all of it or nothing.
Status WriteResult(const std::string& path, Result<std::string> text);

// Returns the input and its shape that "NAME=1,3,96,96" means. Fails with
// kUsage.
Result<OnnxOptions::InputShape> ParseInputShape(std::string_view text);

// Shows each of `warnings`.
void Warn(const Console& console, const std::vector<std::string>& warnings);

// Shows what is to be known about a model that was read; of an ONNX model that
// is how it was taken, which warns of nothing.
void ShowWarnings(const Console& console, const ModelFile& file);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_COMMAND_H_
