// Writing a model as a .tflite file or as sources: what `convert` and
// `quantize` have in common.
#ifndef TINYML_APPS_MODEL_OUTPUT_H_
#define TINYML_APPS_MODEL_OUTPUT_H_

#include <string>
#include <vector>

#include "apps/tinyml/command.h"
#include "apps/tinyml/options.h"
#include "tinyml/convert.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/output.h"

namespace tinyml::cli {

struct ModelOutput {
  std::vector<std::string> targets;
  bool nearest = false;
  ConvertOptions convert;
  bool keep_hazards = false;  // Apply no remedies for the targets.
};

// Adds "-t", "-o" and how to write: "--name", "--style", "--resolver",
// "--array", "--as", "--keep-hazards". `output` must outlive the parsing.
void AddModelOutput(CLI::App* command, ModelOutput& output);

struct RenderedOutput {
  std::vector<OutputFile> files;
  std::vector<TargetHazards> hazards;  // Of ModelOutput::targets.
};

// Returns the files of `prepared`, with its arena on each target.
Result<RenderedOutput> RenderOutput(const ModelFile& prepared,
                                    const ModelOutput& output,
                                    const Console& console);

// Says what is left to do for the resolver.
void NoteOutput(const ModelFile& prepared, const ModelOutput& output,
                const Console& console);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_MODEL_OUTPUT_H_
