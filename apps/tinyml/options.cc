#include "apps/tinyml/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "base/size.h"
#include "runtime/targets/applications.h"
#include "runtime/targets/profile.h"

namespace tinyml::cli {
namespace {

constexpr const char* kOnnxGroup = "Of ONNX models";
constexpr const char* kTarget =
    "The target: a core, a board or the path of a profile, with +KERNELS and "
    ":KEY=VALUE,... if wanted; :runtime=NAME is a distribution or a release "
    "('tinyml targets BOARD' lists them)";

}  // namespace

void AddModelArgument(CLI::App* command, ModelArgument& model) {
  command
      ->add_option("MODEL", model.path,
                   "A .tflite or .onnx file (- is standard input)")
      ->required();
  AddOnnxOptions(command, model.onnx);
}

void AddOnnxOptions(CLI::App* command, OnnxOptions& onnx) {
  AddChoice<IoLayout>(
      command, "--io-layout",
      {{"nhwc", IoLayout::kChannelsLast}, {"original", IoLayout::kOriginal}},
      "nhwc|original",
      "Order of the axes of inputs and outputs: channels last, as sensors give "
      "them, or as in the ONNX model (default: nhwc)",
      [&onnx](IoLayout layout) { onnx.io_layout = layout; })
      ->group(kOnnxGroup);
  command
      ->add_option_function<std::vector<std::string>>(
          "--input-shape",
          [&onnx](const std::vector<std::string>& texts) {
            onnx.input_shapes.clear();
            for (const std::string& text : texts) {
              auto shape = ParseInputShape(text);
              if (!shape) {
                throw CLI::ValidationError("--input-shape",
                                           shape.error().message);
              }
              onnx.input_shapes.push_back(std::move(*shape));
            }
          },
          "Shape of an input whose dimensions the model leaves open, in the "
          "order of the ONNX model: image=1,3,96,96 (repeatable)")
      ->type_name("NAME=N,N,...")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(kOnnxGroup);
}

Result<ModelFile> ReadModel(const ModelArgument& model) {
  Result<ModelFile> file = ReadModelFile(model.path, model.onnx);
  if (file && !file->from_onnx && !model.onnx.input_shapes.empty()) {
    return Fail(ErrorCode::kUsage,
                file->name +
                    " is no ONNX model: its shapes are fixed, so that "
                    "--input-shape does not apply");
  }
  return file;
}

namespace {

// Adds "--application", which becomes part of each spec that `target` sets.
void AddApplicationOption(CLI::App* command, CLI::Option* target,
                          const std::function<void(const std::string&)>& set) {
  command
      ->add_option_function<std::string>(
          "--application", set,
          fmt::format("The application that the target runs, where that "
                      "decides its arena: {}; the same as "
                      ":application=NAME after the target",
                      fmt::join(runtime::ApplicationNames(), ", ")))
      ->type_name("NAME")
      ->needs(target);
}

}  // namespace

CLI::Option* AddTargetsOption(CLI::App* command,
                              std::vector<std::string>& specs, bool& nearest,
                              const std::string& otherwise) {
  CLI::Option* option =
      AddRepeatable(command, "-t,--target", specs, "T",
                    fmt::format("{} (repeatable; {})", kTarget, otherwise));
  AddApplicationOption(command, option, [&specs](const std::string& name) {
    const std::string application = "application=" + name;
    for (std::string& spec : specs) {
      spec = runtime::WithOverride(spec, application);
    }
  });
  AddNearestOption(command, nearest);
  return option;
}

CLI::Option* AddTargetOption(CLI::App* command, std::string& spec,
                             bool& nearest) {
  CLI::Option* option =
      command
          ->add_option(
              "-t,--target", spec,
              fmt::format("{} (default: {})", kTarget, Target::kDefaultName))
          ->type_name("T");
  AddApplicationOption(command, option, [&spec](const std::string& name) {
    spec = runtime::WithOverride(spec, "application=" + name);
  });
  AddNearestOption(command, nearest);
  return option;
}

CLI::Option* AddNearestOption(CLI::App* command, bool& nearest) {
  return command->add_flag(
      "--nearest", nearest,
      "Take the nearest known revision for one that is not known, and warn of "
      "it (or write nearest=true behind a target)");
}

Result<Target> ParseTarget(const std::string& spec, bool nearest,
                           const Console& console) {
  Result<Target> target =
      nearest ? Target::ParseNearest(spec) : Target::Parse(spec);
  if (target && !target->info().nearest_note.empty()) {
    console.Warning(target->info().nearest_note);
  }
  return target;
}

Result<std::vector<Target>> ParseTargets(const std::vector<std::string>& specs,
                                         bool nearest, const Console& console) {
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    Result<Target> target = ParseTarget(spec, nearest, console);
    if (!target) return Fail(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  return targets;
}

CLI::Option* AddOutputOption(CLI::App* command, std::string& path,
                             const std::string& how) {
  return command
      ->add_option("-o,--output", path,
                   fmt::format("Write the result to FILE ({})", how))
      ->type_name("FILE");
}

CLI::Option* AddFormatOption(
    CLI::App* command, const std::vector<std::string>& names,
    const std::function<void(const std::string&)>& set) {
  return command
      ->add_option_function<std::string>(
          "-f,--format", set,
          fmt::format("How to show the result (default: {})", names.front()))
      ->check(CLI::IsMember(names).description(""))
      ->type_name(fmt::format("{}", fmt::join(names, "|")));
}

CLI::Option* AddFormatOption(CLI::App* command,
                             const std::vector<std::string>& names,
                             ReportFormat& format) {
  return AddFormatOption(command, names, [&format](const std::string& name) {
    format = FindReportFormat(name).value_or(format);
  });
}

CLI::Option* AddPerOperatorOption(CLI::App* command, bool& per_operator,
                                  const std::string& what) {
  return command->add_flag("--per-op", per_operator,
                           fmt::format("List every operator ({})", what));
}

CLI::Option* AddStrictOption(CLI::App* command, bool& strict) {
  return command->add_flag(
      "--strict", strict,
      "Exit with 1 if the model meets a known defect of a target's runtime or "
      "kernel library (a hazard)");
}

CLI::Option* AddResourceVariablesOption(CLI::App* command,
                                        std::optional<int>& count) {
  return command
      ->add_option("--resource-variables", count,
                   "How many resource variables the application creates "
                   "(default: as many as the model names)")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20).description(""));
}

CLI::Option* AddResetOption(CLI::App* command, bool& reset) {
  return command->add_flag(
      "--reset", reset, "Forget variables and other state before every sample");
}

CLI::Option* AddThreadsOption(CLI::App* command, int& threads) {
  return command
      ->add_option("--threads", threads,
                   "How many threads to use (default: one for each core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

CLI::Option* AddSizeOption(CLI::App* command, const std::string& name,
                           std::optional<int64_t>& bytes,
                           const std::string& description) {
  const auto parse = [name, &bytes](const std::string& text) {
    const Result<int64_t> size = ParseSize(text);
    if (!size) throw CLI::ValidationError(name, size.error().message);
    bytes = *size;
  };
  return command->add_option_function<std::string>(name, parse, description)
      ->type_name("SIZE");
}

CLI::Option* AddRepeatable(CLI::App* command, const std::string& name,
                           std::vector<std::string>& values,
                           const std::string& type_name,
                           const std::string& description) {
  return command->add_option(name, values, description)
      ->type_name(type_name)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Result<OnnxOptions::InputShape> ParseInputShape(std::string_view text) {
  OnnxOptions::InputShape result;
  // Names have been seen with "=" in them, shapes have not.
  const size_t equals = text.rfind('=');
  bool well_formed = equals != std::string_view::npos && equals > 0;
  if (well_formed) {
    result.name = text.substr(0, equals);
    std::string_view rest = text.substr(equals + 1);
    while (well_formed) {
      const size_t comma = std::min(rest.find(','), rest.size());
      int32_t dim = 0;
      const char* const end = rest.data() + comma;
      const auto [stop, error] = std::from_chars(rest.data(), end, dim);
      well_formed = error == std::errc() && stop == end && dim > 0;
      result.shape.push_back(dim);
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
  }
  // More than any operator takes.
  constexpr size_t kMaxRank = 32;
  if (!well_formed || result.shape.size() > kMaxRank) {
    return Fail(ErrorCode::kUsage,
                fmt::format("\"{}\" is not the shape of an input: write "
                            "NAME=1,3,96,96",
                            text));
  }
  return result;
}

}  // namespace tinyml::cli
