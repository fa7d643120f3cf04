// Options that several commands have: each with one name, one meaning and one
// sentence of help. What is particular to a command stands in parentheses after
// that sentence. Commands add them in the order in which they stand here.
#ifndef TINYML_APPS_OPTIONS_H_
#define TINYML_APPS_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tinyml/console.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::cli {

// The model that a command reads, and how, if it is an ONNX model.
struct ModelArgument {
  std::string path;
  OnnxOptions onnx;
};

// Adds "MODEL", the file to read, and the options of ONNX models.
void AddModelArgument(CLI::App* command, ModelArgument& model);

// Adds "--io-layout" and "--input-shape".
void AddOnnxOptions(CLI::App* command, OnnxOptions& onnx);

// Reads it. Fails with kUsage for options of ONNX models where it is none.
Result<ModelFile> ReadModel(const ModelArgument& model);

// Adds "-t,--target", which may be given several times, and "--nearest";
// `otherwise` says what happens without it: "default: cortex-m4".
CLI::Option* AddTargetsOption(CLI::App* command,
                              std::vector<std::string>& specs, bool& nearest,
                              const std::string& otherwise);

// The same for a command that takes one target.
CLI::Option* AddTargetOption(CLI::App* command, std::string& spec,
                             bool& nearest);

// Adds "--nearest".
CLI::Option* AddNearestOption(CLI::App* command, bool& nearest);

// Parses `spec`, with the nearest known revisions for unknown ones if
// `nearest`, and then warns of each.
Result<Target> ParseTarget(const std::string& spec, bool nearest,
                           const Console& console);

// Parses each of `specs`.
Result<std::vector<Target>> ParseTargets(const std::vector<std::string>& specs,
                                         bool nearest, const Console& console);

// Adds "-o,--output", where the result goes; `how` is what to know about it.
CLI::Option* AddOutputOption(CLI::App* command, std::string& path,
                             const std::string& how = "- is standard output");

// Adds "-f,--format", one of `names`, the first by default; `set` is called
// with what was chosen.
CLI::Option* AddFormatOption(
    CLI::App* command, const std::vector<std::string>& names,
    const std::function<void(const std::string&)>& set);

// The same for names of report formats.
CLI::Option* AddFormatOption(CLI::App* command,
                             const std::vector<std::string>& names,
                             ReportFormat& format);

// Adds "--per-op"; `what` is said of each operator.
CLI::Option* AddPerOperatorOption(CLI::App* command, bool& per_operator,
                                  const std::string& what);

// Adds "--resource-variables".
CLI::Option* AddResourceVariablesOption(CLI::App* command,
                                        std::optional<int>& count);

// Adds "--strict".
CLI::Option* AddStrictOption(CLI::App* command, bool& strict);

// Adds "--reset".
CLI::Option* AddResetOption(CLI::App* command, bool& reset);

// Adds "--threads"; 0 is as many as there are cores.
CLI::Option* AddThreadsOption(CLI::App* command, int& threads);

// --- Building blocks ---------------------------------------------------------

// Adds an option that takes a size such as 262144, 256K or 1M.
CLI::Option* AddSizeOption(CLI::App* command, const std::string& name,
                           std::optional<int64_t>& bytes,
                           const std::string& description);

// Adds an option that is given once for each of several values.
CLI::Option* AddRepeatable(CLI::App* command, const std::string& name,
                           std::vector<std::string>& values,
                           const std::string& type_name,
                           const std::string& description);

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

// Returns the input and its shape that "NAME=1,3,96,96" means. Fails with
// kUsage.
Result<OnnxOptions::InputShape> ParseInputShape(std::string_view text);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_OPTIONS_H_
