// tinyml explain: what the runtime's messages in a log mean.
#include "tinyml/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/tinyml/commands.h"
#include "base/file.h"
#include "tinyml/arena.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct ExplainFlags {
  std::string message;
  ModelArgument model;
  std::vector<std::string> targets;
  bool nearest = false;
  std::string output = "-";
};

constexpr int64_t kMaxLogBytes = int64_t{256} << 20;

// Breaks `text` into lines that start with `indent`.
std::string Wrapped(const std::string& text, const std::string& indent) {
  constexpr size_t kColumns = 78;
  std::string wrapped;
  std::string line = indent;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (line.size() > indent.size() && line.size() + word.size() > kColumns) {
      wrapped += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
    at = end + 1;
  }
  return wrapped + line + "\n";
}

Result<std::string> Log(const ExplainFlags& options) {
  if (!options.message.empty() && options.message != "-") {
    return options.message;
  }
  auto file = ReadFile("-", kMaxLogBytes);
  if (!file) return Fail(std::move(file.error()));
  return std::string(reinterpret_cast<const char*>(file->bytes.data()),
                     file->bytes.size());
}

// The arena that the model needs, where the user names it.
Result<std::string> Sizes(const ExplainFlags& options, const Console& console) {
  const auto targets = ParseTargets(
      options.targets.empty()
          ? std::vector<std::string>{std::string(Target::kDefaultName)}
          : options.targets,
      options.nearest, console);
  if (!targets) return Fail(targets.error());
  const Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(file.error());
  std::string text;
  for (const Target& target : *targets) {
    const Result<ArenaReport> report = SizeArena(file->model, target);
    text += report ? fmt::format("{} needs an arena of {} bytes on {}\n",
                                 file->name, report->DeclareBytes(),
                                 target.info().name)
                   : fmt::format("{} does not run on {}: {}\n", file->name,
                                 target.info().name, report.error().message);
  }
  return text;
}

// Whether the runtime of each target that the user names has the operator.
Result<std::string> OperatorText(const ExplainFlags& options,
                                 const Explanation& item,
                                 const Console& console) {
  if (item.missing_operator.empty()) return std::string();
  const auto targets = ParseTargets(options.targets, options.nearest, console);
  if (!targets) return Fail(targets.error());
  std::string text;
  for (const Target& target : *targets) {
    text += Wrapped(
        fmt::format("{}: {}.", target.info().name,
                    ExplainMissingOperator(target, item.missing_operator)),
        "  ");
  }
  return text;
}

Result<ExitCode> Explain(const ExplainFlags& options, const Console& console) {
  if (const auto hazard = FindKnownHazard(options.message)) {
    const Status written = WriteResult(
        options.output, FormatHazards({&*hazard, 1}, ReportFormat::kText));
    if (!written) return Fail(written.error());
    return ExitCode::kSuccess;
  }
  const Result<std::string> log = Log(options);
  if (!log) return Fail(log.error());
  const std::vector<Explanation> explanations = ExplainLog(*log);
  if (options.model.path.empty() && !options.targets.empty() &&
      std::ranges::all_of(explanations, [](const Explanation& item) {
        return item.missing_operator.empty();
      })) {
    return Fail(ErrorCode::kUsage, "--target is the target of --model");
  }
  if (explanations.empty()) {
    console.Error("no message of the runtime that tinyml knows is in there");
    return ExitCode::kNo;
  }
  std::string text;
  for (const Explanation& item : explanations) {
    const std::string often =
        item.count > 1 ? fmt::format(" ({} times)", item.count) : "";
    text += fmt::format("{}line {}{}: {}\n", text.empty() ? "" : "\n",
                        item.line, often, item.message);
    text += Wrapped(item.what, "  ");
    text += Wrapped(item.is_cause ? item.set : "It follows from what is above.",
                    "  ");
    const Result<std::string> operators = OperatorText(options, item, console);
    if (!operators) return Fail(operators.error());
    text += *operators;
  }
  if (!options.model.path.empty()) {
    const Result<std::string> sizes = Sizes(options, console);
    if (!sizes) return Fail(sizes.error());
    text += "\n" + *sizes;
  }
  if (Status written = WriteResult(options.output, std::move(text)); !written) {
    return Fail(std::move(written.error()));
  }
  return ExitCode::kSuccess;
}

}  // namespace

void AddExplainCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExplainFlags>();
  CLI::App* command = AddCommand(
      app, "explain",
      "Say what an error message of the runtime means, and what to set",
      "tinyml explain \"Failed to allocate tail memory. Requested: 2088, "
      "available 1552\"\n"
      "tinyml explain --model keywords.tflite --target cortex-m4 < serial.log\n"
      "tinyml explain \"Didn't find op for builtin opcode 'REVERSE_V2'\" "
      "--target nano-33-ble-sense\n"
      "tinyml explain esp-nn-softmax-scratch");
  command->add_option("MESSAGE", options->message,
                      "A line of the device's log, or the id of a hazard; "
                      "without it, or with -, the "
                      "whole log is read from standard input");
  AddTargetsOption(
      command, options->targets, options->nearest,
      "with --model, or for an operator that is missing; default: " +
          std::string(Target::kDefaultName));
  AddOutputOption(command, options->output);
  command
      ->add_option("--model", options->model.path,
                   "Also say what arena this model needs")
      ->type_name("MODEL");
  AddOnnxOptions(command, options->model.onnx);
  OnRun(command, context,
        [options, &context] { return Explain(*options, context.console); });
}

}  // namespace tinyml::cli
