#include "apps/tinyml/model_output.h"

#include <fmt/format.h>

#include <utility>

#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

// The arena of the model on each target.
Result<std::vector<ArenaConstant>> SizeArenas(
    const ModelFile& file, const ModelOutput& output, const Console& console,
    std::vector<TargetHazards>& hazards) {
  std::vector<ArenaConstant> arenas;
  for (const std::string& spec : output.targets) {
    const Result<Target> target = ParseTarget(spec, output.nearest, console);
    if (!target) return Fail(target.error());
    const Result<ArenaReport> report = SizeArena(file.model, *target);
    if (!report) return Fail(report.error());
    hazards.push_back({spec, report->hazards});
    const TargetInfo& info = target->info();
    for (const std::string& warning : report->warnings) {
      if (warning != info.nearest_note) console.Warning(warning);
    }
    arenas.push_back({.target = spec,
                      .required_arena_bytes = report->DeclareBytes(),
                      .runtime_name = info.runtime_name,
                      .runtime_revision = info.runtime_revision,
                      .distribution_title = info.distribution_title,
                      .kernels_name = info.kernels_name,
                      .kernels_revision = info.kernels_revision});
  }
  return arenas;
}

}  // namespace

void AddModelOutput(CLI::App* command, ModelOutput& output) {
  ConvertOptions& convert = output.convert;
  AddTargetsOption(command, output.targets, output.nearest,
                   "puts the size of its arena into the header");
  AddOutputOption(command, convert.output_path,
                  "by extension: .cc .cpp .c .h .S .tflite; - is standard "
                  "output, with --as h or --as tflite")
      ->required();
  command
      ->add_option("--name", convert.symbol,
                   "Name of the array (default: g_model)")
      ->type_name("NAME");
  AddChoice<SymbolStyle>(
      command, "--style",
      {{"default", SymbolStyle::kDefault}, {"tflm", SymbolStyle::kTflm}},
      "default|tflm",
      "Names: g_model and g_model_len, or g_<base>_model_data and "
      "g_<base>_model_data_size as TFLM's own generator writes them",
      [&convert](SymbolStyle style) { convert.style = style; });
  command->add_flag("--keep-hazards", output.keep_hazards,
                    "Leave the model alone where it meets a known defect of a "
                    "target, instead of rewriting it");
  command->add_flag("--resolver", convert.resolver,
                    "Also write a function that registers the operators that "
                    "the model uses");
  AddChoice<ArrayStyle>(
      command, "--array",
      {{"string", ArrayStyle::kString}, {"numbers", ArrayStyle::kNumbers}},
      "string|numbers",
      "How to write the array: as a string literal, which compiles some twenty "
      "times faster, or as numbers (default: string)",
      [&convert](ArrayStyle style) { convert.array_style = style; });
  AddChoice<OutputForm>(command, "--as",
                        {{"cc", OutputForm::kCpp},
                         {"c", OutputForm::kC},
                         {"h", OutputForm::kHeader},
                         {"S", OutputForm::kAssembler},
                         {"tflite", OutputForm::kTflite}},
                        "cc|c|h|S|tflite",
                        "What to write, whatever the extension of FILE",
                        [&convert](OutputForm form) { convert.form = form; });
}

Result<RenderedOutput> RenderOutput(const ModelFile& prepared,
                                    const ModelOutput& output,
                                    const Console& console) {
  RenderedOutput rendered;
  auto arenas = SizeArenas(prepared, output, console, rendered.hazards);
  if (!arenas) return Fail(std::move(arenas.error()));
  ConvertOptions convert = output.convert;
  convert.arenas = std::move(*arenas);
  auto files = RenderModel(prepared, convert);
  if (!files) return Fail(std::move(files.error()));
  rendered.files = std::move(*files);
  return rendered;
}

void NoteOutput(const ModelFile& prepared, const ModelOutput& output,
                const Console& console) {
  if (output.convert.resolver) {
    for (const std::string& name : ApplicationOperators(prepared.model)) {
      console.Warning(fmt::format(
          "the custom operator \"{}\" is not part of the runtime: define the "
          "function that the resolver's header declares for it",
          name));
    }
  }
}

}  // namespace tinyml::cli
