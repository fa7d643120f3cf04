// tinyml convert: a model in, the files of a firmware project out.
#include "tinyml/convert.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"
#include "tinyml/output.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct Options {
  ModelArgument model;
  std::vector<std::string> targets;
  PrepareOptions prepare;
  ConvertOptions convert;
  bool explain_layout = false;
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

// Adds an option whose values are the names in `values`.
template <typename Enum, typename Set>
void AddChoice(CLI::App* command, const std::string& name,
               const std::map<std::string, Enum>& values,
               const std::string& type_name, const std::string& description,
               Set set) {
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const auto& [value_name, value] : values) names.push_back(value_name);
  command
      ->add_option_function<std::string>(
          name,
          [values, set](const std::string& value) { set(values.at(value)); },
          description)
      ->check(CLI::IsMember(names).description(""))
      ->type_name(type_name);
}

// The arena of the model on each target.
Result<std::vector<ArenaConstant>> SizeArenas(
    const ModelFile& file, const std::vector<std::string>& targets,
    const Console& console) {
  std::vector<ArenaConstant> arenas;
  for (const std::string& spec : targets) {
    const Result<Target> target = Target::Parse(spec);
    if (!target) return Fail(target.error());
    const Result<ArenaReport> report = SizeArena(file.model, *target);
    if (!report) return Fail(report.error());
    Warn(console, report->warnings);
    const TargetInfo& info = target->info();
    arenas.push_back({.target = spec,
                      .required_arena_bytes = report->required_arena_bytes,
                      .runtime_name = info.runtime_name,
                      .runtime_revision = info.runtime_revision,
                      .kernels_name = info.kernels_name,
                      .kernels_revision = info.kernels_revision});
  }
  return arenas;
}

Result<ExitCode> Convert(Options options, const Console& console) {
  Result<ModelFile> file = ReadModel(options.model);
  if (!file) return Fail(std::move(file.error()));
  if (options.explain_layout) {
    const bool is_free = options.convert.output_path != "-";
    if (Status said = ExplainLayout(*file, is_free, console); !said) {
      return Fail(std::move(said.error()));
    }
  }
  if (file->from_onnx) {
    ShowWarnings(console, *file);
    file->warnings.clear();  // They are said; what follows warns of more.
  }
  const size_t input_bytes = file->bytes.size();
  const Result<ModelFile> prepared =
      PrepareModel(std::move(*file), options.prepare);
  if (!prepared) return Fail(prepared.error());
  Warn(console, prepared->warnings);

  auto arenas = SizeArenas(*prepared, options.targets, console);
  if (!arenas) return Fail(std::move(arenas.error()));
  options.convert.arenas = std::move(*arenas);

  const Result<std::vector<OutputFile>> files =
      RenderModel(*prepared, options.convert);
  if (!files) return Fail(files.error());
  if (Status written = WriteFiles(*files); !written) {
    return Fail(std::move(written.error()));
  }

  if (options.prepare.strip) {
    console.Note(
        fmt::format("stripped to {} of {} bytes",
                    FormatBytes(static_cast<int64_t>(prepared->bytes.size())),
                    FormatBytes(static_cast<int64_t>(input_bytes))));
  }
  if (options.convert.resolver) {
    for (const std::string& name : ApplicationOperators(prepared->model)) {
      console.Warning(fmt::format(
          "the custom operator \"{}\" is not part of the runtime: define the "
          "function that the resolver's header declares for it",
          name));
    }
  }
  for (const OutputFile& output : *files) {
    console.Detail("wrote " + output.path);
  }
  return ExitCode::kSuccess;
}

}  // namespace

void AddConvertCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = AddCommand(
      app, "convert", "Turn a model into sources to compile into firmware",
      "tinyml convert person_detect.tflite -o src/model.cc --resolver "
      "--target cortex-m4\n"
      "tinyml convert gestures.onnx -o gestures.tflite --input-shape "
      "samples=1,3,128");
  AddModelArgument(command, options->model);
  command
      ->add_option("-o,--output", options->convert.output_path,
                   "What to write, by extension: .cc .cpp .c .h .S .tflite; "
                   "- is standard output, with --as h or --as tflite")
      ->type_name("OUT")
      ->required();
  command
      ->add_option("--name", options->convert.symbol,
                   "Name of the array; default: g_model")
      ->type_name("NAME");
  AddChoice<SymbolStyle>(
      command, "--style",
      {{"default", SymbolStyle::kDefault}, {"tflm", SymbolStyle::kTflm}},
      "default|tflm",
      "Names: g_model and g_model_len, or g_<base>_model_data and "
      "g_<base>_model_data_size as TFLM's own generator has them",
      [options](SymbolStyle style) { options->convert.style = style; });
  command
      ->add_option("--target", options->targets,
                   "Put the arena's size on this core or board into the header "
                   "(repeatable)")
      ->type_name("T")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--resolver", options->convert.resolver,
                    "Also write a function that registers the operators that "
                    "the model uses");
  command
      ->add_flag("--explain-layout", options->explain_layout,
                 "Say why each TRANSPOSE of the result is there")
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
  AddChoice<ArrayStyle>(
      command, "--array",
      {{"string", ArrayStyle::kString}, {"numbers", ArrayStyle::kNumbers}},
      "string|numbers",
      "Spell the array as a string literal, which compiles some twenty times "
      "faster (default), or as numbers",
      [options](ArrayStyle style) { options->convert.array_style = style; });
  AddChoice<OutputForm>(
      command, "--as",
      {{"cc", OutputForm::kCpp},
       {"c", OutputForm::kC},
       {"h", OutputForm::kHeader},
       {"S", OutputForm::kAssembler},
       {"tflite", OutputForm::kTflite}},
      "cc|c|h|S|tflite", "What to write, whatever OUT's extension is",
      [options](OutputForm form) { options->convert.form = form; });
  OnRun(command, context,
        [options, &context] { return Convert(*options, context.console); });
}

}  // namespace tinyml::cli
