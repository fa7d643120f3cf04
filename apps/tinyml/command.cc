#include "apps/tinyml/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <sstream>
#include <system_error>
#include <utility>

#include "tinyml/output.h"

namespace tinyml::cli {

ExitCode ExitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return ExitCode::kUsage;
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
      return ExitCode::kInput;
    case ErrorCode::kIo:
      return ExitCode::kIo;
    case ErrorCode::kCancelled:  // No command cancels.
    case ErrorCode::kInternal:
      break;
  }
  return ExitCode::kInternal;
}

CLI::App* AddCommand(CLI::App& app, const std::string& name,
                     const std::string& description,
                     const std::string& example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->fallthrough();
  std::string footer = "Example:";
  std::istringstream lines(example);
  for (std::string line; std::getline(lines, line);) {
    footer += "\n  " + line;
  }
  command->footer(footer);
  return command;
}

void OnRun(CLI::App* command, Context& context, Action action) {
  command->callback(
      [&context, action = std::move(action)] { context.action = action; });
}

void AddModelArgument(CLI::App* command, ModelArgument& model) {
  command
      ->add_option("MODEL", model.path,
                   "A .tflite or .onnx file; - is standard input")
      ->required();
  constexpr const char* kGroup = "Of ONNX models";
  command
      ->add_option_function<std::string>(
          "--io-layout",
          [&model](const std::string& name) {
            model.onnx.io_layout =
                name == "nhwc" ? IoLayout::kChannelsLast : IoLayout::kOriginal;
          },
          "Order of the axes of inputs and outputs: as convolutions on the "
          "device want images (default), or as in the ONNX model")
      ->check(CLI::IsMember({"nhwc", "original"}).description(""))
      ->type_name("nhwc|original")
      ->group(kGroup);
  command
      ->add_option_function<std::vector<std::string>>(
          "--input-shape",
          [&model](const std::vector<std::string>& texts) {
            model.onnx.input_shapes.clear();
            for (const std::string& text : texts) {
              auto shape = ParseInputShape(text);
              if (!shape) {
                throw CLI::ValidationError("--input-shape",
                                           shape.error().message);
              }
              model.onnx.input_shapes.push_back(std::move(*shape));
            }
          },
          "Shape of an input that leaves dimensions open, in the order of the "
          "ONNX model: image=1,3,96,96 (repeatable)")
      ->type_name("NAME=N,N,...")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(kGroup);
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

CLI::Option* AddTargetsOption(CLI::App* command,
                              std::vector<std::string>& specs,
                              const std::string& description) {
  return command->add_option("-t,--target", specs, description)
      ->type_name("T")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* AddOutputOption(CLI::App* command, std::string& path) {
  return command
      ->add_option("-o,--output", path,
                   "Write the result to FILE; - is standard output")
      ->type_name("FILE");
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

CLI::Option* AddFormatOption(CLI::App* command,
                             const std::vector<std::string>& names,
                             ReportFormat& format) {
  std::string choices;
  for (const std::string& name : names) {
    if (!choices.empty()) choices += "|";
    choices += name;
  }
  return command
      ->add_option_function<std::string>(
          "-f,--format",
          [&format](const std::string& name) {
            format = FindReportFormat(name).value_or(format);
          },
          "How to show the result; default: text")
      ->check(CLI::IsMember(names).description(""))
      ->type_name(choices);
}

Result<std::vector<Target>> ParseTargets(
    const std::vector<std::string>& specs) {
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    Result<Target> target = Target::Parse(spec);
    if (!target) return Fail(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  return targets;
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

Status WriteResult(const std::string& path, Result<std::string> text) {
  if (!text) return Fail(std::move(text.error()));
  const OutputFile file = TextFile(path.empty() ? "-" : path, std::move(*text));
  return WriteFiles({&file, 1});
}

void Warn(const Console& console, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) console.Warning(warning);
}

void ShowWarnings(const Console& console, const ModelFile& file) {
  for (const std::string& warning : file.warnings) {
    if (file.from_onnx) {
      console.Note(warning);
    } else {
      console.Warning(warning);
    }
  }
}

}  // namespace tinyml::cli
