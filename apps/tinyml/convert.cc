// tinyml convert: a model in, the files of a firmware project out.
#include "tinyml/convert.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "apps/tinyml/model_output.h"
#include "apps/tinyml/remedied_model.h"
#include "tinyml/model_file.h"
#include "tinyml/output.h"
#include "tinyml/report.h"

namespace tinyml::cli {
namespace {

struct ConvertFlags {
  ModelArgument model;
  PrepareOptions prepare;
  ModelOutput output;
  bool explain_layout = false;
  bool strict = false;
};

// The operators of ONNX that can be converted, as a table of Markdown.
std::string OnnxOperatorTable() {
  std::string table =
      "| ONNX | becomes | restrictions |\n"
      "|--|--|--|\n";
  for (const OnnxOperatorInfo& op : ListOnnxOperators()) {
    table +=
        fmt::format("| {} | {} | {} |\n", op.name, op.becomes, op.restrictions);
  }
  return table;
}

// Says why each TRANSPOSE is there: on standard output, unless the result goes
// there.
Status ExplainLayout(const ModelFile& file, bool to_stdout,
                     const Console& console) {
  if (!file.from_onnx) {
    return Fail(ErrorCode::kUsage,
                file.name +
                    " is no ONNX model: --explain-layout does not "
                    "apply, its layout stays as it is");
  }
  std::vector<std::string> lines = file.transposes;
  if (lines.empty()) lines.emplace_back("no TRANSPOSE is needed");
  if (!to_stdout) {
    for (const std::string& line : lines) console.Note(line);
    return {};
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return WriteResult("-", std::move(text));
}

Result<ExitCode> Convert(ConvertFlags options, const Console& console) {
  Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(std::move(file.error()));
  if (options.explain_layout) {
    const bool is_free = options.output.convert.output_path != "-";
    if (Status said = ExplainLayout(*file, is_free, console); !said) {
      return Fail(std::move(said.error()));
    }
  }
  if (file->from_onnx) {
    ShowWarnings(console, *file);
    file->warnings.clear();  // They are said; what follows warns of more.
  }
  const size_t input_bytes = file->bytes.size();
  const auto remedied = RemedyModel(*file, options.output, console);
  if (!remedied) return Fail(remedied.error());
  const Result<ModelFile> prepared =
      PrepareModel(std::move(*file), options.prepare);
  if (!prepared) return Fail(prepared.error());
  Warn(console, prepared->warnings);

  const auto rendered = RenderOutput(*prepared, options.output, console);
  if (!rendered) return Fail(rendered.error());
  ShowHazards(console, rendered->hazards);
  if (Status written = WriteFiles(rendered->files); !written) {
    return Fail(std::move(written.error()));
  }

  if (options.prepare.strip) {
    console.Note(
        fmt::format("stripped to {} of {} bytes",
                    FormatBytes(static_cast<int64_t>(prepared->bytes.size())),
                    FormatBytes(static_cast<int64_t>(input_bytes))));
  }
  NoteOutput(*prepared, options.output, console);
  return options.strict && MeetsAny(rendered->hazards) ? ExitCode::kNo
                                                       : ExitCode::kSuccess;
}

}  // namespace

void AddConvertCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ConvertFlags>();
  CLI::App* command = AddCommand(
      app, "convert", "Turn a model into sources to compile into firmware",
      "tinyml convert person_detect.tflite -o src/model.cc --resolver "
      "--target cortex-m4\n"
      "tinyml convert gestures.onnx -o gestures.tflite --input-shape "
      "samples=1,3,128");
  AddModelArgument(command, options->model);
  AddModelOutput(command, options->output);
  AddStrictOption(command, options->strict);
  command
      ->add_flag("--explain-layout", options->explain_layout,
                 "Say why the result has each TRANSPOSE that it has")
      ->group("Of ONNX models");
  command
      ->add_flag_callback(
          "--list-onnx-ops",
          [] { throw CLI::CallForVersion(OnnxOperatorTable(), 0); },
          "List the operators of ONNX that can be converted, and what they "
          "become")
      ->group("Of ONNX models");
  command->add_flag("--strip", options->prepare.strip,
                    "Leave out what the runtime never reads");
  OnRun(command, context,
        [options, &context] { return Convert(*options, context.console); });
}

}  // namespace tinyml::cli
